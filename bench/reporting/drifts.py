"""The same networks in old software and in today's: table and sentences.

Each function turns rows into text and decides nothing that the rows don't say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.data import title
from bench.exports.layout import ARRAYS, SUITE
from bench.reporting.tables import markdown
from bench.reporting.wording import (
    GAP,
    in_rows,
    joined,
    number,
    probability,
    signed,
    signed_spread,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.reporting.view import View


def section(view: View) -> dict[str, object]:
    """What the report's template needs of the drift study; all empty where there was none."""
    if view.drift.empty:
        return {"drift_table": "", "drift_conclusion": ""}
    by_arm = view.results.drift.groupby("arm")["software"]
    releases = {str(arm): joined(names.unique()) for arm, names in by_arm}
    return {
        "drift_table": drift_table(view.drift, releases, view.test_rows),
        "drift_conclusion": conclusion(view.drift, view.test_rows),
    }


def drift_table(drift: pd.DataFrame, releases: Mapping[str, str], rows: Mapping[str, int]) -> str:
    """Test accuracy of every arm, and how far today's arms lie from the old software.

    Args:
        drift: As ``analysis.drift.compare``.
        releases: Of ``OLD`` and ``ARRAYS``, in words.
        rows: Test rows by data set.
    """
    gaps = zip(drift["gap"], drift["low"], drift["high"], strict=True)
    in_test_rows = drift["gap"] * drift["dataset"].map(rows)
    table = pd.DataFrame(
        {
            "data set": [title(name) for name in drift["dataset"]],
            "trained by": [arm_title(arm, releases) for arm in drift["arm"]],
            "runs": [str(n) for n in drift["n"]],
            "mean": [number(value) for value in drift["mean"]],
            "median": [number(value) for value in drift["median"]],
            "lowest": [number(value) for value in drift["minimum"]],
            "highest": [number(value) for value in drift["maximum"]],
            "mean minus the old [95 %]": [signed_spread(*gap) for gap in gaps],
            "in test rows": [signed(value, 1) for value in in_test_rows],
            "p (Holm)": [probability(p) for p in drift["p_holm"]],
            "verdict": [f"**{verdict}**" if verdict else GAP for verdict in drift["verdict"]],
        }
    )
    return markdown(table, ["data set", "trained by", "verdict"])


def arm_title(arm: str, releases: Mapping[str, str]) -> str:
    """What trained the runs of an arm."""
    return "this suite" if arm == SUITE else f"`fit` on arrays, {releases[arm]}"


def conclusion(drift: pd.DataFrame, rows: Mapping[str, int]) -> str:
    """What is left between the old software and today's, by arm, and what that means.

    Args:
        drift: As ``analysis.drift.compare``.
        rows: Test rows by data set.
    """
    suite = _told("this suite's trainer", SUITE, drift, rows)
    arrays = _told("today's seeded `fit` on arrays", ARRAYS, drift, rows)
    return " ".join(filter(None, (suite, arrays, _apart(drift))))


def _told(name: str, arm: str, drift: pd.DataFrame, rows: Mapping[str, int]) -> str:
    """One sentence or more on one arm, verdict by verdict; empty where it was not compared."""
    mine = drift[drift["arm"] == arm]
    text = []
    differs = mine[mine["verdict"] == "differs"]
    if len(differs):
        gaps = (
            f"{title(row['dataset'])} ({in_rows(row['gap'], rows[row['dataset']])} on average)"
            for _, row in differs.iterrows()
        )
        text.append(
            f"Between the old software and {name} there is more than chance on {joined(gaps)}."
        )
    for verdict, phrase in _PHRASES.items():
        sets = [title(name) for name in mine.loc[mine["verdict"] == verdict, "dataset"]]
        if sets:
            text.append(phrase.format(name=name, sets=joined(sets)))
    return " ".join(text)


_PHRASES = {
    "within chance": "What lies between the old software and {name} on {sets} is within chance.",
    "cannot tell": "Too few runs tell the old software from {name} on {sets}.",
}


def _apart(drift: pd.DataFrame) -> str:
    """Where only `fit` on arrays differs from the old software; empty where there is no such."""
    verdicts = drift.pivot(index="dataset", columns="arm", values="verdict")
    if not {ARRAYS, SUITE} <= set(verdicts):
        return ""
    only = verdicts[(verdicts[ARRAYS] == "differs") & (verdicts[SUITE] == "within chance")]
    if only.empty:
        return ""
    sets = joined(title(name) for name in drift["dataset"].unique() if name in only.index)
    return (
        f"On {sets} that fits the one batch order that seeded `fit` on arrays repeats: both arms "
        "run on today's release, and the one that draws a new order every epoch scores as of old."
    )
