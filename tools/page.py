"""Render the rates as the Markdown tables of docs/calibration-table.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tools.rates import LEAST_COVERAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tools.mnist_tables import Family

    Row = Mapping[Any, Any]

GAP = "–"
HEADS = {
    "claim_rejected": "published value",
    "median_covers": "median",
    "mean_covers": "mean",
    "test_rows_reject": "test rows",
}


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
    """Return the table of the simulated worlds.

    Args:
        table: As ``simulation.simulate`` returns it.
    """
    shares = table[list(HEADS)].map(lambda share: f"{100 * share:.1f}")
    printed = table[["world", "seeds"]].join(shares).rename(columns=HEADS)
    return printed.to_markdown(index=False, stralign="right", disable_numparse=True)


def _who(row: Row) -> dict[str, object]:
    return {
        "rows, classes": f"{row['rows']}, {row['classes']}",
        "splits × seeds": row["size"],
        "comparison": f"{row['method']} − {row['reference']}",
    }


def _word(row: Row) -> str:
    if row["coverage_high"] < LEAST_COVERAGE:  # beyond chance
        return "**yes**"
    return "within chance" if row["coverage"] < LEAST_COVERAGE else "no"


def _percent(share: float) -> str:
    return GAP if pd.isna(share) else f"{100 * share:.1f}"


def _signed(value: float) -> str:
    return f"{value:+.4f}".replace("-", "−")


def _markdown(rows: Iterable[dict[str, object]]) -> str:
    table = pd.DataFrame(list(rows))
    return table.to_markdown(index=False, stralign="left", disable_numparse=True)
