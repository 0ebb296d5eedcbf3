"""What is Adaact after training?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reporting.document import Block, Prose
from bench.reporting.names import ADAACT
from bench.reporting.wording import count, scientific

if TYPE_CHECKING:
    import pandas as pd

    from bench.reporting.view import View


def collapse_answer(view: View) -> list[Block]:
    """Return one paragraph."""
    if not view.of_adaact:
        return []
    trials = view.scored[view.scored["activation"] == ADAACT]
    return [Prose(collapse(trials), "What is a trained Adaact network?")]


def collapse(trials: pd.DataFrame) -> str:
    """Return how exactly Adaact's networks fold into one affine map.

    Args:
        trials: Adaact's rows of trials.csv, numbers only.
    """
    folded = trials.dropna(subset=["collapse_error"])
    if folded.empty:
        return (
            "Not measured yet: no trial has the error of its fold. By algebra, a composition of "
            "affine maps is affine: each of these networks is a logistic regression."
        )
    flips = int(folded["collapse_flips"].sum())
    changed = "no test row changes" if flips == 0 else f"{count(flips, 'test row')} in all changed"
    return (
        f"A logistic regression. Of {count(len(trials), 'trained Adaact network')} {len(folded):,} "
        f"{'was' if len(folded) == 1 else 'were'} folded into one affine map each. Network and "
        f"map differ by at most {scientific(folded['collapse_error'].max())} of the largest logit"
        f"{_in_float32(folded)}, and {changed} class."
    )


def _in_float32(folded: pd.DataFrame) -> str:
    """Return the largest error of a map used in float32; empty where no trial has it."""
    errors = folded.get("collapse_error_float32")
    if errors is None or errors.isna().all():
        return ""
    return f" ({scientific(errors.max())} if the map is used in float32)"
