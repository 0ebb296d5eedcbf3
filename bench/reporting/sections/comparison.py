"""Is Adaact better than the fixed activations? Or all others than the one that was named?"""

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from baselines import CLASSICAL
from bench.analysis.judging import REPEATS
from bench.analysis.verdicts import measured
from bench.reporting import columns
from bench.reporting.columns import TableColumn, cap_note, dagger
from bench.reporting.document import Block, Bullets, Heading, Picture, Prose, Table, folded
from bench.reporting.forest import forest
from bench.reporting.inline import literal
from bench.reporting.names import (
    ADAACT,
    activation_name,
    activation_title,
    compared_title,
    dataset_name,
    is_loss,
)
from bench.reporting.sections.looks import looks_taken
from bench.reporting.view import View
from bench.reporting.wording import DAGGER, count, number, rounded, tally

QUESTION = "Is Adaact better than a fixed activation?"


def comparison_answer(view: View) -> list[Block]:
    """The verdicts in a sentence, and the forest plot."""
    if view.foreign or not (view.of_adaact or view.against):
        return []
    question = f"Is any better than {activation_name(view.against)}?" if view.against else QUESTION
    shown = measured(view.headline)
    if shown.empty:
        return [Prose(NO_TRIALS if view.held_out else NOT_HELD_OUT, question)]
    if view.tuned:
        again = measured(view.tuned.view.headline)
        shown = pd.concat([shown.assign(tuned=False), again.assign(tuned=True)])
    told = verdict_sentence(view.headline, view.against)
    return [Prose(told, question), picture(shown, higher=view.higher)]


CAPTION = """
Mean gap in {metric} with its 95 % interval{side}; the verdicts correct for the number of
comparisons. {band}Hollow: undecided."""
BAND = (
    "Grey band: gaps too small to matter. *Worse*: the gap is below zero; it may lie in the band. "
)

DIAMONDS = "Circles: all at the default learning rate. Diamonds: each activation at its own."


def picture(
    shown: pd.DataFrame, by: str = "dataset", *, side: str = "", higher: bool = True
) -> Picture:
    """The forest plot of the comparisons that were measured, tuned ones too.

    Args:
        shown: As ``forest`` takes it; so are ``by`` and ``higher``.
        by: See above.
        side: What is subtracted from what, for the caption.
        higher: See above.
    """
    metric = literal(compared_title(str(shown["metric"].iloc[0])))
    band = BAND if (shown["margin"] > 0).any() else ""
    caption = CAPTION.format(metric=metric, side=side, band=band)
    return Picture(
        "forest.png",
        f"Gap of every comparison with its 95 % interval, margin and verdict "
        f"({count(len(shown), 'comparison')})",
        f"{caption} {DIAMONDS}" if "tuned" in shown else caption,
        partial(forest, shown, by, higher=higher),
    )


def comparison(view: View) -> list[Block]:
    """The tested family: numbers, what would decide the open ones."""
    if not view.held_out or not (view.of_adaact or view.against or _claimed(view)):
        return []
    undecided = view.headline[view.headline["verdict"] == "undecided"].to_dict("records")
    open_ones = [] if view.many_activations else undecided
    return [
        Heading("The comparison"),
        Prose(family(view.headline)),
        Prose(POPULATIONS if not view.own else NEW_TABLES),
        folded("Every comparison", headline_table(view.headline)),
        Prose(cap_note(view.headline)),
        Prose(looks_taken(view.results.looks, view.headline)),
        Bullets([would_decide(row) for row in open_ones]),
    ]


def _claimed(view: View) -> bool:
    """Return whether another paper's claims compare Adaact, which was trained."""
    claimed = (view.verdicts["kind"] == "comparison") & (view.verdicts["activation"] == ADAACT)
    return bool(claimed.any()) and ADAACT in view.study["activations"]


NOT_HELD_OUT = "Not measured yet: the held-out protocol was not asked for."
NO_TRIALS = "Not measured: no held-out trial with a score is there."


def verdict_sentence(headline: pd.DataFrame, against: str = "") -> str:
    """Return the answer in one word, and the verdicts behind it.

    Args:
        headline: As ``analysis.headline`` has it, with a measured row.
        against: The one that all others are compared with; empty: Adaact is compared with them.
    """
    who, word, pair, subject = "reference", in_a_word(headline), "", "Adaact"
    if against:
        verdicts = set(headline["verdict"])
        word = "Undecided." if "undecided" in verdicts else "No."
        word = "Yes." if "better" in verdicts else word
        who, pair, subject = "method", f"with {activation_name(against)} ", "the other one"

    def named(row: Mapping[Hashable, Any]) -> str:
        return f"{activation_name(row[who])}{DAGGER if row['capped'] else ''}"

    compared = f"In {count(len(headline), 'comparison')} {pair}on held-out data {subject} is"
    found = tally(headline, OUTCOMES, named)
    return f"**{word}** {compared} {found}. {cap_note(headline)}".rstrip()


OUTCOMES = {
    "better": "better",
    "worse": "worse",
    "equivalent": "equivalent (the gap is too small to matter)",
    "undecided": "undecided",
    "not measured": "not measured",
}


def in_a_word(headline: pd.DataFrame) -> str:
    """Return the answer in a word or two; models of scikit-learn are no activations."""
    activations = headline[~headline["reference"].isin(CLASSICAL)]
    found = set(activations["verdict"]) - {"not measured"}
    if {"better", "worse"} <= found:
        return "It depends."
    if "better" in found:
        return "Yes." if found == {"better"} else "In part."
    if "worse" in found or found == {"equivalent"}:
        return "No."
    return "Undecided."


def family(headline: pd.DataFrame) -> str:
    """Return what the table shows and what its verdicts mean."""
    first = headline.iloc[0]
    metric = literal(compared_title(first["metric"]))
    sides = f"{activation_name(first['method'])}'s mean {metric}", "the other activation's"
    if headline["method"].nunique() > 1:
        sides = f"each one's mean {metric}", f"{activation_name(first['reference'])}'s"
    gap = f"The gap is {sides[0]} minus {sides[1]}."
    if is_loss(first["metric"]):
        gap = f"{gap[:-1]}, with the sign turned round: a positive gap is better."
    return (
        f"The {count(len(headline), 'comparison')} are one family, fixed before the study was "
        f"analysed. {gap} {TESTS}"
    )


TESTS = (
    "*Better* and *worse*: the gap differs from zero. *Equivalent*: it lies within the margin; the "
    "side is named if it also differs from zero. Each of the two tests is corrected by Holm's "
    "method, so that each family-wise error rate is at most 5 %."
)
NEW_TABLES = "The verdicts are about new tables of this size."
POPULATIONS = """
The verdicts on Bank Note and Iris are about new tables of that size; on MNIST, about new test rows
and seeds with the same training rows."""


def headline_table(headline: pd.DataFrame) -> Table:
    """Each comparison on every data set."""
    return Table(headline, [columns.DATASET, _pair(headline), *COLUMNS])


def _pair(headline: pd.DataFrame) -> TableColumn:
    """Return the column of the reference, where one method is compared; else of the method."""
    method, reference = (
        activation_name(str(headline[who].iloc[0])) for who in ("method", "reference")
    )
    between = "against" if is_loss(headline["metric"].iloc[0]) else "minus"
    if headline["method"].nunique() == 1 or headline["reference"].nunique() > 1:
        return TableColumn(f"{method} {between}", ("reference",), activation_title, words=True)
    return TableColumn(f"{between} {reference}", ("method",), activation_title, words=True)


def size(splits: float, seeds: float, design: str = "") -> str:
    """Return splits × seeds; of repeats, which have no splits, the trials."""
    return f"{splits:,.0f}" if design == REPEATS else f"{splits:.0f} × {seeds:.0f}"


COLUMNS = (
    TableColumn("splits × seeds", ("splits", "seeds"), size),
    *columns.GAP_AND_P,
    TableColumn("margin", ("margin",), partial(number, decimals=3)),
    columns.MARKED_VERDICT,
)


def would_decide(row: Mapping[Hashable, Any]) -> str:
    """Return why a comparison is undecided, what it excludes, and what would decide it.

    Args:
        row: Of a family as ``analysis.headline`` or ``analysis.judging`` has it.
    """
    who, pair = activation_name(row["method"]), activation_name(row["reference"])
    if row["method"] != ADAACT:
        pair = f"{who} against {pair}"
    name = f"{dataset_name(row['dataset'])}, {pair}: undecided{dagger(row['capped'])}"
    if row["reason"]:
        return f"{name}: {row['reason']}."
    if row["excluded"]:
        name += f"; that {who} is {row['excluded']} by more than the margin is excluded"
    splits, rows = rounded(row["splits_needed"]), rounded(row["rows_needed"])
    if splits:
        what = "trials" if row["design"] == REPEATS else "splits"
        return f"{name}. About {splits} {what} would decide it, {AS_IT_IS}."
    of_seeds = row.get("seed_part", 0.0) > row["table_part"]  # seeds that several splits share
    text = (
        f"{name}. More splits{'' if of_seeds else ' or seeds'} can't decide it: the interval would "
        f"keep a half width of {number(row['limit_half_width'])}."
    )
    if rows:
        low, high = rounded(row["rows_needed_low"]), rounded(row["rows_needed_high"])
        text += f" A table of about {rows} rows ({low} to {high}) would decide it, {AS_IT_IS}."
    return f"{text} More seeds could." if of_seeds else text


AS_IT_IS = "if gap and spread stay as they are"
