"""Do the same networks score the same in old and in current software?"""

from collections.abc import Iterator, Mapping

import pandas as pd

from bench.exports.trial_rows import ARRAYS, OLD, SUITE
from bench.reporting.document import Block, Heading, Prose
from bench.reporting.inline import literal
from bench.reporting.names import dataset_name
from bench.reporting.view import View
from bench.reporting.wording import in_rows, joined


def drift(view: View) -> list[Block]:
    """Return the comparison of the samples; nothing where the old software was not run."""
    if view.drift.empty:
        return []
    by_trainer = view.results.drift.groupby("arm")["software"]
    releases = {str(arm): literal(joined(names.unique())) for arm, names in by_trainer}
    return [
        Heading("Old and current software"),
        Prose(SAMPLES.format(old=releases[OLD], now=releases[ARRAYS])),
        Prose(conclusion(view.drift, view.test_rows)),
        Prose(WARNING),
    ]


SAMPLES = """
The same networks, trained from further seeds by `fit` on arrays in old software ({old}) and in
current ({now}). A seed gives other random numbers in other software, so whole samples are compared,
by test accuracy on these test rows, with a permutation test. *No difference shown* does
not mean equal: `tables/drift.csv` has the intervals."""
WARNING = """
**If you seed Keras:** seeded `fit` on arrays repeats one batch order in every epoch. Pass a dataset
that reshuffles instead."""


def conclusion(drift: pd.DataFrame, rows: Mapping[str, int]) -> str:
    """Return which samples differ from the old software, and a likely cause.

    Args:
        drift: As ``analysis.drift.compare``.
        rows: Test rows by data set.
    """
    suite = _told("this suite", SUITE, drift, rows)
    arrays = _told("current seeded `fit` on arrays", ARRAYS, drift, rows)
    return " ".join([*suite, *arrays, _apart(drift)]).strip()


def _told(name: str, by: str, drift: pd.DataFrame, rows: Mapping[str, int]) -> Iterator[str]:
    """Yield a sentence for each verdict on one sample; none where it was not compared."""
    mine = drift[drift["arm"] == by]
    for verdict, phrase in PHRASES.items():
        gaps = mine[mine["verdict"] == verdict].set_index("dataset")["gap"]
        named = [
            f"{dataset_name(dataset)} ({in_rows(gap, rows[str(dataset)])} on average)"
            if verdict == "differs"
            else dataset_name(dataset)
            for dataset, gap in gaps.items()
        ]
        if named:
            yield phrase.format(name=name, sets=joined(named))


PHRASES = {
    "differs": "Compared with the old software, {name} differs on {sets}.",
    "no difference shown": "No difference is shown between the old software and {name} on {sets}.",
    "undecided": "The trials are too few to compare the old software and {name} on {sets}.",
}


def _apart(drift: pd.DataFrame) -> str:
    """Return where only `fit` on arrays differs from the old software; empty where none does."""
    verdicts = drift.pivot(index="dataset", columns="arm", values="verdict")
    if not {ARRAYS, SUITE} <= set(verdicts):
        return ""
    only = verdicts[(verdicts[ARRAYS] == "differs") & (verdicts[SUITE] == "no difference shown")]
    sets = joined(dataset_name(name) for name in drift["dataset"].unique() if name in only.index)
    return sets and (
        f"A likely cause on {sets} is that seeded `fit` on arrays repeats one batch order: this "
        "suite uses the same current release, draws a new order for every epoch, and scores like "
        "the old software."
    )
