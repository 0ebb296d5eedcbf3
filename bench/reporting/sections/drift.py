"""Do the same networks score the same in old software and in today's?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.exports.layout import ARRAYS, SUITE
from bench.reporting.columns import DATASET, IN_ROWS, P_HOLM, VERDICT, Column
from bench.reporting.document import Block, Heading, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import dataset_name
from bench.reporting.wording import in_rows, joined, number, signed_spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View


def drift(view: View) -> list[Block]:
    """The comparison of the samples; nothing where the old software was not run."""
    if view.drift.empty:
        return []
    by_arm = view.results.drift.groupby("arm")["software"]
    releases = {str(arm): joined(names.unique()) for arm, names in by_arm}
    return [
        Heading("Old software and today's"),
        Prose(SAMPLES),
        drift_table(view.drift, releases, view.test_rows),
        Prose(conclusion(view.drift, view.test_rows)),
        Prose(WARNING),
    ]


SAMPLES = """
The same networks from further seeds. Seeds mean other random streams in other software, so that no
run has a counterpart: the samples are compared as wholes, by test accuracy, on these rows. The
intervals are Welch's, the test permutes the runs between old and new. Within chance does not mean
equal: the interval says what these runs leave open."""
WARNING = """
**A warning to all who seed Keras:** its seeded `fit` on arrays repeats one batch order in every
epoch. Feed it a dataset that reshuffles instead."""


def drift_table(drift: pd.DataFrame, releases: Mapping[str, str], rows: Mapping[str, int]) -> Table:
    """Test accuracy of every arm, and how far today's arms lie from the old software.

    Args:
        drift: As ``analysis.drift.compare``.
        releases: Of ``OLD`` and ``ARRAYS``, in words.
        rows: Test rows by data set.
    """
    frame = drift.assign(
        trained_by=[arm_title(arm, releases) for arm in drift["arm"]],
        rows=drift["gap"] * drift["dataset"].map(rows),
    )
    return Table(frame, COLUMNS)


COLUMNS = (
    DATASET,
    Column("trained by", ("trained_by",), words=True, marked=True),
    Column("runs", ("n",)),
    Column("mean", ("mean",), number),
    Column("median", ("median",), number),
    Column("lowest", ("minimum",), number),
    Column("highest", ("maximum",), number),
    Column("mean minus the old [95 %]", ("gap", "low", "high"), signed_spread),
    IN_ROWS,
    P_HOLM,
    VERDICT,
)


def arm_title(arm: str, releases: Mapping[str, str]) -> str:
    """What trained the runs of an arm."""
    return "this suite" if arm == SUITE else f"`fit` on arrays, {literal(releases[arm])}"


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
            f"{dataset_name(row['dataset'])} ({in_rows(row['gap'], rows[row['dataset']])} on "
            "average)"
            for _, row in differs.iterrows()
        )
        text.append(
            f"Between the old software and {name} there is more than chance on {joined(gaps)}."
        )
    for verdict, phrase in _PHRASES.items():
        sets = [dataset_name(name) for name in mine.loc[mine["verdict"] == verdict, "dataset"]]
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
    sets = joined(dataset_name(name) for name in drift["dataset"].unique() if name in only.index)
    return (
        f"On {sets} that fits the one batch order that seeded `fit` on arrays repeats: both arms "
        "run on today's release, and the one that draws a new order every epoch scores as of old."
    )
