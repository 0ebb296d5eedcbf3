"""Render the rates as the Markdown tables of docs/calibration-table.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tools.rates import LEAST_COVERAGE, REPORT, missed
from tools.simulation import in_percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tools.mnist_tables import Family

    Row = Mapping[Any, Any]

GAP = "–"


def named(family: Family) -> dict[str, object]:
    """Return what a row says of its family."""
    return {
        "rows": family.rows,
        "classes": len(family.digits),
        "size": f"{family.splits} × {family.seeds}",
    }


def coverage(found: pd.DataFrame) -> str:
    """Return the table of coverage, tails and variances.

    Args:
        found: The columns of ``named`` and of ``rates.rates``; ``method, reference, estimator``.
    """
    return _markdown(
        {
            **_who(row),
            "tables": f"{row['tables']:.0f}",
            "true gap": f"{_signed(row['gap'])} ± {row['gap_error']:.4f}",
            "estimator": row["estimator"],
            "coverage [95 %]": (
                f"{_percent(row['coverage'])} "
                f"[{_percent(row['coverage_low'])}, {_percent(row['coverage_high'])}]"
            ),
            "too low": _percent(row["too_low"]),
            "too high": _percent(row["too_high"]),
            "variance ratio [95 %]": (
                f"{row['variance_ratio']:.2f} "
                f"[{row['variance_ratio_low']:.2f}, {row['variance_ratio_high']:.2f}]"
            ),
            "below 93 %": _word(row),
        }
        for row in found.to_dict("records")
    )


def power(found: pd.DataFrame) -> str:
    """Return the table of widths, false equivalence and power; ``found`` as for ``coverage``."""
    return _markdown(
        {
            **_who(row),
            "estimator": row["estimator"],
            "half width": f"{row['half_width']:.4f}",
            "excludes 0": _percent(row["excludes_zero"]),
            "false equivalence": _percent(row["false_equivalence"]),
            "margin": f"{row['margin']:.4f}",
            "power at 1 margin": _percent(row["power_1"]),
            "at 2 margins": _percent(row["power_2"]),
        }
        for row in found.to_dict("records")
    )


def simulated(table: pd.DataFrame) -> str:
    """Return the table of the simulated worlds."""
    return in_percent(table).to_markdown(index=False, stralign="right", disable_numparse=True)


def misses(found: pd.DataFrame) -> str:
    """Return one line: which families the report's estimator covers too seldom beyond chance."""
    own = found[found["estimator"] == REPORT]
    wrong = [row for row in own.to_dict("records") if missed(row)]
    if not wrong:
        return f"No family is below {LEAST_COVERAGE:.0%} beyond chance."
    return f"Below {LEAST_COVERAGE:.0%} beyond chance: " + "; ".join(
        ", ".join(map(str, _who(row).values())) for row in wrong
    )


def _who(row: Row) -> dict[str, object]:
    return {
        "rows, classes": f"{row['rows']}, {row['classes']}",
        "splits × seeds": row["size"],
        "comparison": f"{row['method']} − {row['reference']}",
    }


def _word(row: Row) -> str:
    if missed(row):
        return "**yes**"
    return "within chance" if row["coverage"] < LEAST_COVERAGE else "no"


def _percent(share: float) -> str:
    return GAP if pd.isna(share) else f"{100 * share:.1f}"


def _signed(value: float) -> str:
    return f"{value:+.4f}".replace("-", "−")


def _markdown(rows: Iterable[dict[str, object]]) -> str:
    table = pd.DataFrame(list(rows))
    return table.to_markdown(index=False, stralign="left", disable_numparse=True)
