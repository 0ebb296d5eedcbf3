"""The first screen's sentences on what was run, and on the paper's figures.

Each function turns rows into text and decides nothing that the rows don't say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.analysis.judging import FEWEST_RUNS
from bench.data import title
from bench.reporting.names import activation_title, metric_title, protocol_title, trainer_title
from bench.reporting.wording import count, equals, joined, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def produced(study: Mapping[str, Any], trials: pd.DataFrame) -> str:
    """What was trained, how often, by what, and how much of it came out.

    Args:
        study: The ``study`` of provenance.json.
        trials: trials.csv.
    """
    sets = joined(
        f"{title(name)} ({count(len(study['seeds'][name]), 'seed')})" for name in study["datasets"]
    )
    protocols = joined(map(protocol_title, study["protocols"]))
    return (
        f"{joined(map(activation_title, study['activations']))} on {sets}; "
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
        f"**{title(name)} is not measured:** {why.removeprefix(f'{title(name)}: ')}"
        for name, why in reasons.items()
    )


def claim_name(claim: pd.Series) -> str:
    """Bank Note test accuracy."""
    return f"{title(claim['dataset'])} {metric_title(claim['metric'])}"


def reproduced(figures: pd.DataFrame) -> str:
    """Are the paper's figures reproduced?

    Args:
        figures: Rows of claims.csv that are figures.
    """
    groups = {str(name): rows for name, rows in figures.groupby("verdict", sort=False)}
    if len(groups.get("not measured", ())) == len(figures):
        return "Not measured yet: no trial has one of the paper's figures."
    words = [f"{len(groups[name])} {name}" for name in ("reproduced", *_WANTING) if name in groups]
    text = f"Of {count(len(figures), 'figure')}: {', '.join(words)}."
    for name in _WANTING:
        if name in groups:
            text += f" {name.capitalize()}: {_by_reason(groups[name])}."
    good = groups.get("reproduced", figures[:0])
    few = good[good["seeds"] < FEWEST_RUNS]
    if len(few):
        rest = "rests" if len(few) == 1 else "rest"
        text += (
            f" {len(few)} of those reproduced {rest} on fewer than {FEWEST_RUNS} runs, too few to "
            "refute any figure."
        )
    return text


EXPLAINED = """
*Reproduced*: the paper's figure is an ordinary run among ours (p above .05). *Held-out runs*: the
same against runs whose test set decided nothing. *Own run*: the paper's very run, made again in the
software of its day."""

_WANTING = ("not reproduced", "cannot tell", "not measured")


def _by_reason(claims: pd.DataFrame) -> str:
    """Figures that are not reproduced; those that share a reason share its mention."""
    told = []
    for reason in dict.fromkeys(claims["reason"]):
        rows = claims[claims["reason"] == reason]
        names = joined(_told(row) for _, row in rows.iterrows())
        told.append(f"{names} ({reason})" if reason else names)
    return "; ".join(told)


def _told(claim: pd.Series) -> str:
    """A figure by name; one that is not reproduced with what the runs say instead."""
    if claim["verdict"] != "not reproduced":
        return claim_name(claim)
    decimals = int(claim["decimals"])
    return (
        f"{claim_name(claim)} ({number(claim['claimed'], decimals)} published, "
        f"median {number(claim['median'], decimals + 1)}, p {equals(claim['p'])})"
    )


def against_held_out(figures: pd.DataFrame) -> str:
    """The same figures held against runs whose epoch the test set did not choose."""
    judged = figures[figures["held_out_verdict"] != ""]
    if judged.empty:
        return ""
    words = judged["held_out_verdict"].value_counts()
    return (
        f" Held against the held-out runs instead: {joined(f'{n} {w}' for w, n in words.items())}."
    )


def exact(counts: pd.DataFrame) -> str:
    """The counts of parameters, in one line; empty where no claim is a count.

    Args:
        counts: Rows of claims.csv that are exact claims.
    """
    if counts.empty:
        return ""
    right = counts[counts["verdict"] == "exact"]
    text = f"Counts of parameters: {len(right)} of {len(counts)} exact"
    text += f" ({joined(f'{value:,.0f}' for value in right['claimed'])})" if len(right) else ""
    for _, row in counts[counts["verdict"] == "differs"].iterrows():
        text += (
            f"; {claim_name(row)} differs: {row['claimed']:,.0f} published, "
            f"{row['median']:,.0f} counted"
        )
    unknown = int((counts["verdict"] == "not measured").sum())
    return f"{text}; {unknown} not measured." if unknown else f"{text}."
