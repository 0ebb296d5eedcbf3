"""The first screen: a short answer to every question that a reader comes with."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from baselines import FIXED
from bench.claims_file import Paper
from bench.data import title
from bench.reporting.document import Block, Bullets, Heading, Prose
from bench.reporting.inline import literal
from bench.reporting.names import activation_name, dataset_name, protocol_title, trainer_title
from bench.reporting.sections.adaact import adaact_answer
from bench.reporting.sections.best_fixed import best_fixed_answer
from bench.reporting.sections.comparison import comparison_answer
from bench.reporting.sections.own_table import own_table
from bench.reporting.sections.published import published_answer
from bench.reporting.sections.tuning import tuning_answer
from bench.reporting.view import View, in_panel
from bench.reporting.wording import count, joined, named, number

TITLE = "Is Adaact, a learned activation, better than a fixed one?"
ADAACT_IS = """
Adaact is the activation g(z) = k0 + k1 z with k0 and k1 learned, from Deep Dutta's paper *Learning
Activations in Neural Network*."""
TRAINED = "What was trained?"


def answer(view: View) -> list[Block]:
    """Title, answers, and what they rest on; the evidence follows in the other sections."""
    facts = view.results.provenance
    return [
        Heading(subject(view), 1),
        Prose(introduction(view)),
        Prose(not_measured(facts["not_measured"])),
        *comparison_answer(view),
        *best_fixed_answer(view),
        *tuning_answer(view),
        *highest_answer(view),
        *published_answer(view),
        *adaact_answer(view),
        *own_table(view),
        Prose(produced(facts["study"], view.results.trials, view.results.tuning), TRAINED),
    ]


def subject(view: View) -> str:
    """Return the title: the paper, Adaact, or else the activations that the report is about."""
    if view.foreign:
        return f"Are the claims of {paper_name(view.foreign)} typical?"
    if view.of_adaact:
        return TITLE
    asked, where = view.study["activations"], joined(map(dataset_name, view.study["datasets"]))
    learned = [name for name in asked if name not in FIXED]
    if view.against:
        who = [name for name in asked if name != view.against]
        than = activation_name(view.against)
    elif learned and len(learned) < len(asked):
        who, than = learned, "fixed activations"
    else:
        verb = "How does" if len(asked) == 1 else "How do"
        return f"{verb} {named(asked, 'activation')} score on {where}?"
    verb = "Is" if len(who) == 1 else "Are"
    return f"{verb} {named(who, 'activation')} better than {than} on {where}?"


def paper_name(paper: Paper) -> str:
    """Return a paper's title and author for a sentence."""
    name = f"“{literal(paper.title)}”" if paper.title else "another paper"
    return f"{name} by {literal(paper.author)}" if paper.author else name


def introduction(view: View) -> str:
    """Return which paper the report is about, and what it proposes; empty on one's own table."""
    if view.foreign:
        url = view.foreign.url
        return f"The paper: [{paper_name(view.foreign)}]({url})." if url else ""
    return ADAACT_IS if view.of_adaact and not view.own else ""


def produced(study: Mapping[str, Any], *trials: pd.DataFrame) -> str:
    """Return what was trained, how often, by what, and how much of it is there.

    Args:
        study: The ``study`` of provenance.json.
        trials: trials.csv and tuning.csv.gz.
    """
    sets = joined(map(dataset_name, study["datasets"]))
    protocols = joined(literal(protocol_title(name)) for name in study["protocols"])
    protocols += " protocols" if len(study["protocols"]) > 1 else " protocol"
    return (
        f"{joined(map(activation_name, study['activations']))} on {sets}, under the {protocols}, "
        f"by {trainer_title(study['trainer'])}. {completeness(study['asked'], *trials)}"
    )


def completeness(asked: int, *trials: pd.DataFrame) -> str:
    """Return how many of the trials asked for are there, and how many of these have no score."""
    states = pd.concat([one["status"] for one in trials]).value_counts()
    found, expected = int(states.sum()), f"{count(asked, 'trial')} asked for are there"
    there = f"All {expected}" if found == asked else f"{found:,} of {expected}"
    wrong = [f"{states[name]:,} {name}" for name in ("diverged", "failed") if states.get(name, 0)]
    return f"{there}; {joined(wrong) or 'none ended without a score'}."


def not_measured(reasons: Mapping[str, str]) -> str:
    """Return which data sets are missing, and why; empty where none is."""
    return " ".join(
        f"**{dataset_name(name)} is not measured:** {literal(why.removeprefix(f'{title(name)}: '))}"
        for name, why in reasons.items()
    )


def highest_answer(view: View) -> list[Block]:
    """Median test accuracies, one line a data set, where no comparison is told."""
    told_above = view.of_adaact or view.against or not view.best_fixed.empty
    if view.foreign or told_above:
        return []
    protocols = view.study["protocols"]
    protocol = view.headline_protocol if view.headline_protocol in protocols else protocols[0]
    accuracy = view.spreads[view.spreads["metric"] == "test_accuracy"].dropna(subset="median")
    panels = (in_panel(accuracy, name, protocol) for name in view.study["datasets"])
    told = [medians(rows) for rows in panels if len(rows)]
    text = f"Under the {literal(protocol_title(protocol))} protocol (described, not tested):"
    text = text if told else "Not measured yet: no trial has a score."
    return [Prose(text, HIGHEST), Bullets(told)]


HIGHEST = "Which activation scores highest?"


def medians(spreads: pd.DataFrame) -> str:
    """Return the medians in one sentence, the highest first.

    Args:
        spreads: Test accuracy of one data set and protocol, one row per activation.
    """
    rows = spreads.sort_values("median", ascending=False, kind="stable")
    told = (
        f"{activation_name(row['activation'])} {number(row['median'])} ({count(row['n'], 'trial')})"
        for row in rows.to_dict("records")
    )
    return f"{dataset_name(rows['dataset'].iloc[0])}: median test accuracy of {joined(told)}."
