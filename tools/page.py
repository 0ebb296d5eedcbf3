"""Render the rates as the Markdown tables of docs/calibration-table.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tools.rates import LEAST_COVERAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPARISON = ("rows, classes", "splits × seeds", "comparison")
COVERAGE = (
    *("tables", "true gap", "estimator", "coverage [95 %]", "too low", "too high"),
    *("variance ratio [95 %]", "below 93 %"),
)
POWER = (
    *("estimator", "half width", "excludes 0", "false equivalence", "margin"),
    *("power at 1 margin", "at 2 margins"),
)
SIMULATED = {
    "claim_rejected": "published value",
    "median_covers": "median",
    "mean_covers": "mean",
    "test_rows_reject": "test rows",
}


def coverage(found: pd.DataFrame) -> str:
    """Return the table of coverage, tails and variances.

    Args:
        found: The columns of ``rates.rates``; ``rows, classes, size, method, reference,
            estimator``.
    """
    return _markdown(found, COVERAGE)


def power(found: pd.DataFrame) -> str:
    """Return the table of widths, false equivalence and power; ``found`` as for ``coverage``."""
    return _markdown(found, POWER)


def simulated(table: pd.DataFrame) -> str:
    """Return the table of the simulated worlds.

    Args:
        table: As ``simulated_worlds.simulate`` returns it.
    """
    shares = table[list(SIMULATED)].map(lambda share: f"{100 * share:.1f}")
    printed = table[["world", "seeds"]].join(shares).rename(columns=SIMULATED)
    return printed.to_markdown(index=False, stralign="right", disable_numparse=True)


def _markdown(found: pd.DataFrame, columns: tuple[str, ...]) -> str:
    table = pd.DataFrame([_cells(row) for row in found.to_dict("records")])
    printed = table[[*COMPARISON, *columns]]
    return printed.to_markdown(index=False, stralign="left", disable_numparse=True)


def _cells(row: Mapping[Any, Any]) -> dict[str, str]:
    """Return the cells of both tables."""

    def percent(name: str) -> str:
        return "–" if pd.isna(row[name]) else f"{100 * row[name]:.1f}"

    limits = f"{row['variance_ratio_low']:.2f}, {row['variance_ratio_high']:.2f}"
    missed = row["coverage"] < LEAST_COVERAGE
    chance = row["coverage_high"] >= LEAST_COVERAGE
    return {
        "rows, classes": f"{row['rows']}, {row['classes']}",
        "splits × seeds": row["size"],
        "comparison": f"{row['method']} − {row['reference']}",
        "tables": f"{row['tables']:.0f}",
        "true gap": f"{row['gap']:+.4f} ± {row['gap_error']:.4f}".replace("-", "−"),
        "estimator": row["estimator"],
        "coverage [95 %]": (
            f"{percent('coverage')} [{percent('coverage_low')}, {percent('coverage_high')}]"
        ),
        "too low": percent("too_low"),
        "too high": percent("too_high"),
        "variance ratio [95 %]": f"{row['variance_ratio']:.2f} [{limits}]",
        "below 93 %": ("within chance" if chance else "**yes**") if missed else "no",
        "half width": f"{row['half_width']:.4f}",
        "excludes 0": percent("excludes_zero"),
        "false equivalence": percent("false_equivalence"),
        "margin": f"{row['margin']:.4f}",
        "power at 1 margin": percent("power_1"),
        "at 2 margins": percent("power_2"),
    }
