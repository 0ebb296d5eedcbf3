"""Does the answer survive when each activation has its own learning rate?"""

from dataclasses import replace
from functools import partial

import pandas as pd

from bench.analysis.verdicts import measured
from bench.data import title
from bench.rate_choice import RATES, TUNING_SEEDS
from bench.records import LEARNING_RATE
from bench.reporting import columns
from bench.reporting.columns import ACTIVATION, DATASET, TableColumn, or_dash
from bench.reporting.document import Block, Heading, Picture, Prose, Table
from bench.reporting.names import ADAACT, activation_name, activation_title, dataset_name
from bench.reporting.rates import accuracy_by_rate
from bench.reporting.sections.comparison import in_a_word
from bench.reporting.tuned import Tuned
from bench.reporting.view import View
from bench.reporting.wording import count, joined, listed, seconds, signed_spread, tally

QUESTION = "Does that hold when each activation has its own learning rate?"


def tuning_answer(view: View) -> list[Block]:
    """Whether the verdicts survive, in a sentence or two."""
    if view.foreign or view.tuned is None:
        return []
    compared = headline_pairs(view.tuned) if view.of_adaact else best_pairs(view.tuned)
    return [Prose(survival(compared), QUESTION)] if len(compared) else []


def tuning(view: View) -> list[Block]:
    """The tuned families beside the untuned ones, the chosen rates, and what the search took."""
    if view.foreign or view.tuned is None:
        return []
    tuned = view.tuned
    families = ((headline_pairs(tuned), COMPARED), (best_pairs(tuned), BEST))
    shown = [Table(pairs, columns) for pairs, columns in families if len(pairs)]
    capped = (table.frame[["capped", "capped_tuned"]].any(axis=None) for table in shown)
    summary = tuned.summary
    return [
        Heading("A learning rate for each activation"),
        Prose(EXPLAINED),
        *shown,
        Prose(columns.CAPPED if any(capped) else ""),
        Prose(fewer_splits(shown[0].frame) if shown else ""),
        picture(tuned),
        Prose(CHOSEN),
        Table(summary, chosen_columns(summary)),
        Prose(f"{ends(summary)} {failures(summary)} {effort(summary)}"),
    ]


EXPLAINED = f"""
*Untuned*: all activations train at the default rate, {LEARNING_RATE}. *Tuned*: in each split (with
an official test set, once) each activation tries the same {len(RATES)} rates with {TUNING_SEEDS}
tuning trials each, and gets the rate with the lowest mean validation loss. New trials, with other
random numbers, are trained at that rate and tested. The tuned comparisons are corrected for
multiple testing by themselves. Two different verdicts do not show that a gap changed: the last
column has the change, with an interval that is not corrected."""

CAPTION = """
Above: mean validation accuracy of the tuning trials by rate; band: two standard errors over splits;
hollow: more than a margin below that activation's best rate. Below: validation accuracy of the best
of m rates, averaged over all choices of m."""

CHOSEN = """
Number of splits in which each rate was chosen (with an official test set: one choice for all
splits). Gain: test accuracy at the chosen rate minus that at the default rate."""
AT_END = "§"


def headline_pairs(tuned: Tuned) -> pd.DataFrame:
    """Return the headline untuned and tuned, with the change; no row without Adaact."""
    if ADAACT not in tuned.untuned.study["activations"]:
        return tuned.untuned.headline[:0]
    pairs = _paired(tuned.untuned.headline, tuned.view.headline, "reference")
    changes = tuned.changes[tuned.changes["method"] == ADAACT]
    changes = changes.set_index(["dataset", "reference"])[["estimate", "low", "high"]]
    return pairs.join(changes.add_prefix("change_"), on=["dataset", "reference"])


def best_pairs(tuned: Tuned) -> pd.DataFrame:
    """Return the comparisons with the best fixed activation, untuned and tuned."""
    return _paired(tuned.untuned.best_fixed, tuned.view.best_fixed, "method")


def _paired(untuned: pd.DataFrame, tuned: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the comparisons that were measured both times, in one row each."""
    sides = measured(untuned), measured(tuned)
    return pd.merge(*sides, on=["dataset", name], suffixes=("", "_tuned"))


def survival(pairs: pd.DataFrame) -> str:
    """Return how many verdicts stay the same under tuning, and which become others.

    Args:
        pairs: As ``headline_pairs`` or ``best_pairs`` returns them; at least one row.
    """
    subject = "reference" if "change_low" in pairs else "method"
    changed = pairs[pairs["verdict"] != pairs["verdict_tuned"]]
    same = len(pairs) - len(changed)
    stay = "stays" if 1 in (same, len(pairs)) else "stay"
    before, after = (
        in_a_word(pairs.assign(reference=pairs[subject], verdict=pairs[name]))
        for name in ("verdict", "verdict_tuned")
    )
    word = "Yes, the answer is the same." if before == after else "No, the answer changes."
    counts = pairs["verdict_tuned"].value_counts(sort=False)
    found = joined(f"{verdict} in {n}" for verdict, n in counts.items())
    who = f"{activation_name(ADAACT)} is {found}; " if subject == "reference" else ""
    text = (
        f"**{word}** When each activation gets the learning rate with the lowest validation loss, "
        f"{who}{same} of {count(len(pairs), 'verdict')} {stay} the same"
    )
    became = changed.assign(verdict=changed["verdict"] + " becomes " + changed["verdict_tuned"])
    words = {word: word for word in became["verdict"].unique()}
    told = tally(became, words, lambda row: activation_name(row[subject]))
    return f"{text}; {told}." if told else f"{text}."


def fewer_splits(pairs: pd.DataFrame) -> str:
    """Return where the tuned comparisons have fewer splits than the untuned ones.

    Args:
        pairs: As ``headline_pairs`` or ``best_pairs`` returns them.
    """
    rows = pairs[pairs["splits_tuned"] < pairs["splits"]].drop_duplicates("dataset")
    return " ".join(
        f"On {dataset_name(row['dataset'])} the tuned comparisons have {row['splits_tuned']:.0f} "
        f"of the {row['splits']:.0f} splits; so has the change."
        for row in rows.to_dict("records")
    )


UNTUNED = replace(columns.MARKED_VERDICT, heading="untuned", pinned=False)
TUNED = (
    TableColumn("gap, tuned [95 %]", ("estimate_tuned", "low_tuned", "high_tuned"), signed_spread),
    replace(UNTUNED, heading="tuned", sources=("verdict_tuned", "sign_tuned", "capped_tuned")),
)
COMPARED = (
    DATASET,
    TableColumn("Adaact minus", ("reference",), activation_title, words=True),
    UNTUNED,  # the gap stands in the comparison's own table
    *TUNED,
    TableColumn(
        "tuned − untuned [95 %]", ("change_estimate", "change_low", "change_high"), signed_spread
    ),
)
BEST_TUNED = TableColumn("best fixed, tuned", ("best_fixed_tuned",), or_dash, words=True)
BEST = (DATASET, columns.TESTED, columns.BEST_FIXED, BEST_TUNED, UNTUNED, *TUNED)


def picture(tuned: Tuned) -> Picture:
    """The figure of validation accuracy against learning rate."""
    sets = joined(title(str(name)) for name in tuned.rates["dataset"].unique())
    return Picture(
        "rates.png",
        f"Validation accuracy by activation, learning rate and number of rates tried: {sets}",
        CAPTION,
        partial(accuracy_by_rate, tuned.rates, tuned.expected, tuned.margins),
    )


def chosen_columns(summary: pd.DataFrame) -> list[TableColumn]:
    """Return the columns of the chosen rates, with one for each rate of the grid."""
    rates = [name for name in map(str, summary) if name.startswith("chose ")]
    marks = ["" if name in rates[1:-1] else f" {AT_END}" for name in rates]
    chosen = [
        TableColumn(name.removeprefix("chose "), (name,), partial(_splits, mark=mark))
        for name, mark in zip(rates, marks, strict=True)
    ]
    gain = TableColumn("gain [95 %]", ("gain", "gain_low", "gain_high"), signed_spread)
    return [DATASET, ACTIVATION, *chosen, gain]


def _splits(splits: int, *, mark: str) -> str:
    return f"{splits}{mark}" if splits else ""


def ends(summary: pd.DataFrame) -> str:
    """Return how often an end of the grid was chosen; empty where it never was."""
    sums = summary.groupby("dataset", sort=False)[["at_end", "choices"]].sum()
    told = [
        f"{dataset_name(name)} {row['at_end']:,} of {count(row['choices'], 'choice')}"
        for name, row in sums[sums["at_end"] > 0].iterrows()
    ]
    return listed(f"{AT_END}: an end of the grid; a better rate may lie beyond.", told)


def failures(summary: pd.DataFrame) -> str:
    """Return where training fails at the chosen rates, or failed at the default."""
    rows = summary[summary[["failed_untuned", "failed_tuned"]].gt(0).any(axis=1)]
    told = [
        f"{dataset_name(row['dataset'])} {activation_name(row['activation'])} "
        f"{row['failed_untuned']:.1%}, {row['failed_tuned']:.1%}"
        for row in rows.to_dict("records")
    ]
    return listed("Failed training at the default and at the chosen rate:", told)


def effort(summary: pd.DataFrame) -> str:
    """Return the tuning trials of each activation, which are as many for all, and their epochs."""
    told = []
    for dataset, rows in summary.groupby("dataset", sort=False):
        epochs = rows["epochs"]
        told.append(
            f"{dataset_name(dataset)} {count(int(rows['trials'].max()), 'trial')}, "
            f"{epochs.min():,} to {epochs.max():,} epochs, {seconds(rows['seconds'].min())} to "
            f"{seconds(rows['seconds'].max())}"
        )
    return f"Each activation was tuned with: {'; '.join(told)} (final trials included in the time)."
