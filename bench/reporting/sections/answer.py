"""The first screen: which trials were made, and a short answer to every question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.data import title
from bench.reporting.document import Block, Heading, Prose
from bench.reporting.inline import literal
from bench.reporting.names import ARM, activation_name, dataset_name, protocol_title, trainer_title
from bench.reporting.sections.best_fixed import best_fixed_answer
from bench.reporting.sections.claims import claims
from bench.reporting.sections.collapse import collapse_answer
from bench.reporting.sections.comparison import comparison_answer
from bench.reporting.sections.own_table import own_table
from bench.reporting.sections.selection_bias import selection_bias_answer
from bench.reporting.wording import count, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View

TITLE = "Is a learned activation better?"
SUBTITLE = " Adaact against fixed activations"


def answer(view: View) -> list[Block]:
    """Title, trials, and the answers; the tables behind them follow in the other sections."""
    subtitle = SUBTITLE if ARM in view.study["activations"] else ""
    return [
        Heading(f"{TITLE}{subtitle}", 1),
        Prose(produced(view.study, view.trials)),
        Prose(not_measured(view.results.provenance["not_measured"])),
        *claims(view),
        *own_table(view),
        *comparison_answer(view),
        *best_fixed_answer(view),
        *selection_bias_answer(view),
        *collapse_answer(view),
    ]


def produced(study: Mapping[str, Any], trials: pd.DataFrame) -> str:
    """What was trained, how often, by what, and how much of it came out.

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
    """How many of the trials asked for ran, and how many of these have no number."""
    ran = (
        f"All {count(asked, 'trial')} asked for ran"
        if len(trials) == asked
        else f"{len(trials):,} of {count(asked, 'trial')} asked for ran, the others are missing"
    )
    states = trials["status"].value_counts()
    wrong = [f"{states[name]:,} {name}" for name in ("diverged", "failed") if states.get(name, 0)]
    if not wrong:
        return f"{ran}; each has its numbers."
    return f"{ran}; {joined(wrong)}, counted as n of N and in no median."


def not_measured(reasons: Mapping[str, str]) -> str:
    """Which data sets are missing, and why; empty where none is."""
    return " ".join(
        f"**{dataset_name(name)} is not measured:** {literal(why.removeprefix(f'{title(name)}: '))}"
        for name, why in reasons.items()
    )
