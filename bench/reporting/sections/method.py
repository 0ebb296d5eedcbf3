"""How were the numbers made? As far as the study used it; white space means nothing here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.analysis.judging import FEWEST_RUNS
from bench.reporting.document import Block, Heading, Numbered, Point
from bench.reporting.inline import literal
from bench.reporting.wording import joined
from bench.training.protocols import MOST_EPOCHS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.reporting.view import View

TRIAL = """
A trial is one network trained once: data set, protocol, activation, seed. Networks, optimizers,
batch sizes and stopping rules are {whose}. Between the arms only the hidden activation
differs; layer sizes and kernel initializer are the same."""

TABLE_TRIAL = """
A trial is one network trained once: activation and seed. The network has hidden layers of {widths}
units, trained with adam in batches of 32 rows for at most {epochs} epochs, until the loss on the
validation rows has not fallen for 5. Between the arms only the hidden activation differs."""

TABLE_INPUTS = """
Each seed splits the table anew, stratified by class: a quarter of the rows to test, a fifth of the
others to validate, which choose the epoch; the test set decides nothing. Inputs are standardised on
the training rows; a missing number stands at their mean and is marked by a column of its own; text
is a column of 0 and 1 for each category. Which categories there are is taken from the whole table.
The stopping rule of the test set runs beside, to measure what its choice would have been worth."""

TREES = """
Logistic regression and gradient boosting are scikit-learn's, on the same training rows and inputs,
the latter with its defaults: a check on what the table gives without a net."""

SEED = """
A seed fixes the first kernels, the batch order (a new one every epoch) and dropout, whatever the
activation: two activations under one seed start from the same kernels and see the same rows in the
same order. Differences are therefore taken within seeds."""

PAPER = """
`paper` protocol: {whose} split; the loss on the test set stops the training and chooses the
epoch whose weights are kept."""

HELD_OUT = """
`held-out` protocol: validation rows are split off the training rows and the test set decides
nothing. Training goes on until both stopping rules have fired, so that the worth of the test set's
choice is measured within one run."""

SCALED = "`held-out-scaled` protocol: the same, with inputs standardised on the training rows."

SCORES = """
Scores are those of the kept weights, accuracy in [0, 1]; F1 (by scikit-learn) of class 1 with two
classes, weighted by class size with more."""

INTERVALS = """
Intervals have the level 95 %. Beside a median: exact, between order statistics. Beside a mean gap:
bootstrap (BCa). Both speak of other seeds on these rows, not of other rows. None is given where
the sample is too small for one."""

CLAIMS = f"""
A published figure is judged by its place among single runs, rounded as it was. With m the smaller
of the numbers of runs at or below it and at or above it, p = min(1, 2(m+1)/(n+1)).
Reproduced: p > .05. Not reproduced: p ≤ .05. Cannot tell: it lies outside all runs, but fewer than
{FEWEST_RUNS} can't give p ≤ .05; or the epochs were capped."""

HEADLINE = """
Only the headline family is tested, on held-out data. All other gaps are described. Gaps are also
given in test rows; nothing finer is claimed."""

FAILURES = """
A trial without a number (diverged, failed) never gets one: it counts in n of N, with its reason. A
run that predicts one class for every row keeps its accuracy and is flagged constant."""

TIMES = """
Time is measured apart from accuracy, serially, with the competitors interleaved. The study's own
wall times are never used to compare activations."""


def method(view: View) -> list[Block]:
    """The lines of this study."""
    told = lines(view.study, foreign=view.foreign is not None)
    return [Heading("Method"), Numbered([Point(line) for line in told])]


def lines(study: Mapping[str, Any], *, foreign: bool = False) -> list[str]:
    """Lines for the report: those that every study shares, those of its protocols, its caps.

    Args:
        study: The ``study`` of provenance.json; it has ``hidden`` where the study is of a table
            of somebody's own.
        foreign: Whether the claims are of another paper than that of the networks.
    """
    if "hidden" in study:
        (cap,) = study["epochs"].values()
        widths = joined(map(str, study["hidden"]))
        trial = TABLE_TRIAL.format(widths=widths, epochs=cap or MOST_EPOCHS)
        rest = [SCORES, INTERVALS, HEADLINE, FAILURES]
        return [trial, SEED, TABLE_INPUTS, *capped(study["epochs"], ""), TREES, *rest]
    whose = "this suite's" if foreign else "the paper's"
    told = {"paper": PAPER.format(whose=whose), "held-out": HELD_OUT, "held-out-scaled": SCALED}
    protocols = [told[name] for name in study["protocols"] if name in told]
    rest = [SCORES, INTERVALS, CLAIMS, HEADLINE, FAILURES, TIMES]
    shorter = SHORTER.format(whose="the protocol's" if foreign else whose)
    return [TRIAL.format(whose=whose), SEED, *protocols, *capped(study["epochs"], shorter), *rest]


SHORTER = ": such runs may be shorter than {whose}"


def capped(caps: Mapping[str, int | None], remark: str) -> list[str]:
    """A line on shortened training; none where no data set has a cap."""
    named = [f"{literal(name)} {cap}" for name, cap in caps.items() if cap is not None]
    if not named:
        return []
    return [f"Epochs were capped ({', '.join(named)}){remark}."]
