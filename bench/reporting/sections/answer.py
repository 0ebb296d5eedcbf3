"""First screen: which trials were made, and a short answer to every question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from baselines import FIXED
from bench.data import title
from bench.reporting.document import Block, Heading, Prose
from bench.reporting.gaps import gap_pictures
from bench.reporting.inline import literal
from bench.reporting.names import activation_name, dataset_name, protocol_title, trainer_title
from bench.reporting.sections.best_fixed import best_fixed_answer
from bench.reporting.sections.claims import claims
from bench.reporting.sections.collapse import collapse_answer
from bench.reporting.sections.comparison import comparison_answer
from bench.reporting.sections.highest import highest_answer
from bench.reporting.sections.own_table import own_table
from bench.reporting.sections.selection_bias import selection_bias_answer
from bench.reporting.wording import count, joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.analysis.claims import Paper
    from bench.reporting.view import View

TITLE = "Is a learned activation better? Adaact against fixed activations"
MOST_NAMED = 5  # activations in a title; more are counted


def answer(view: View) -> list[Block]:
    """Return title, trials and answers; their tables are in the other sections."""
    return [
        Heading(subject(view), 1),
        Prose(paper_link(view.foreign) if view.foreign else ""),
        Prose(produced(view.study, view.trials)),
        Prose(not_measured(view.results.provenance["not_measured"])),
        *gap_pictures(view.headline if view.of_adaact and view.held_out else view.headline[:0]),
        *claims(view),
        *own_table(view),
        *comparison_answer(view),
        *best_fixed_answer(view),
        *highest_answer(view),
        *selection_bias_answer(view),
        *collapse_answer(view),
    ]


def subject(view: View) -> str:
    """Return the title: the paper, Adaact, or else the activations that the report is about."""
    if view.foreign:
        return f"Are the claims of {paper_name(view.foreign)} reproduced?"
    if view.of_adaact:
        return TITLE
    asked = view.study["activations"]
    learned = [name for name in asked if name not in FIXED]
    where = joined(map(dataset_name, view.study["datasets"]))
    if learned and len(learned) < len(asked):
        verb = "Is" if len(learned) == 1 else "Are"
        return f"{verb} {_named(learned)} better than fixed activations on {where}?"
    verb = "How does" if len(asked) == 1 else "How do"
    return f"{verb} {_named(asked)} score on {where}?"


def _named(activations: Sequence[str]) -> str:
    if len(activations) > MOST_NAMED:
        return count(len(activations), "activation")
    return joined(map(activation_name, activations))


def paper_name(paper: Paper) -> str:
    """Return a paper's title and author for a sentence."""
    name = f"“{literal(paper.title)}”" if paper.title else "another paper"
    return f"{name} by {literal(paper.author)}" if paper.author else name


def paper_link(paper: Paper) -> str:
    """Return where the paper is to be found; empty where that is not known."""
    return f"The paper: [{paper_name(paper)}]({paper.url})." if paper.url else ""


def produced(study: Mapping[str, Any], trials: pd.DataFrame) -> str:
    """Return what was trained, under how many seeds, by which trainer, and what is missing.

    Args:
        study: The ``study`` of provenance.json.
        trials: trials.csv.
    """
    sets = joined(
        f"{dataset_name(name)} ({count(len(study['seeds'][name]), 'seed')})"
        for name in study["datasets"]
    )
    protocols = joined(literal(protocol_title(name)) for name in study["protocols"])
    return (
        f"{joined(map(activation_name, study['activations']))} on {sets}; "
        f"{protocols} protocol{'s' if len(study['protocols']) > 1 else ''}; "
        f"trained by {trainer_title(study['trainer'])}. {completeness(study['asked'], trials)}"
    )


def completeness(asked: int, trials: pd.DataFrame) -> str:
    """Return how many of the requested trials finished, and how many have no score."""
    finished = (
        f"All {count(asked, 'requested trial')} finished"
        if len(trials) == asked
        else f"{len(trials):,} of {count(asked, 'requested trial')} finished, others are missing"
    )
    states = trials["status"].value_counts()
    wrong = [f"{states[name]:,} {name}" for name in ("diverged", "failed") if states.get(name, 0)]
    if not wrong:
        return f"{finished}; each has a score."
    return f"{finished}; {joined(wrong)} without a score: counted in n of N, but in no median."


def not_measured(reasons: Mapping[str, str]) -> str:
    """Return which data sets are missing, and why; empty where none is."""
    return " ".join(
        f"**{dataset_name(name)} is not measured:** {literal(why.removeprefix(f'{title(name)}: '))}"
        for name, why in reasons.items()
    )
