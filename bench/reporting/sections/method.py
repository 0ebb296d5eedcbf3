"""Method: how trials, scores and verdicts were made, as far as the study used it."""

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
A trial is one trained network: one data set, protocol, activation and seed. Networks, optimizers,
batch sizes and stopping rules are {whose}. Only the hidden activation differs; layer
sizes and kernel initializer are the same."""

TABLE_TRIAL = """
A trial is one trained network: one activation and seed. The network has hidden layers of {widths}
units, trained with adam in batches of 32 rows for at most {epochs} epochs, until the loss on the
validation rows has not fallen for 5. Only the hidden activation differs."""

TABLE_INPUTS = """
Each seed splits the table anew, stratified by class: a quarter of the rows for testing, a fifth of
the others for validation and early stopping. The test rows are used for the score alone. Inputs are
standardised on the training rows; missing values are imputed with the training mean and marked in a
column of their own; text is one-hot encoded, with the categories of the whole table. Early stopping
on the test set is evaluated in the same trial, to measure the selection bias."""

TREES = """
Logistic regression and gradient boosting are scikit-learn's, on the same training rows and inputs,
the latter with its defaults. They show what the table gives without a network."""

SEED = """
A seed fixes the initial kernels, the batch order (a new one every epoch) and dropout, and none of
them depends on the activation. Two activations with the same seed start from the same kernels and
see the same rows in the same order. Differences are therefore taken within seeds."""

PAPER = """
`paper` protocol: {whose} split, with early stopping on the test set: its loss stops the training
and chooses the epoch whose weights are kept."""

HELD_OUT = """
`held-out` protocol: early stopping on validation rows, which are split off the training rows. The
test set is used for the score alone. Training continues until early stopping on the test set would
have stopped too, so that the selection bias is measured within one trial."""

STANDARDISED = "`held-out-scaled` protocol: the same, with inputs standardised on training rows."

SCORES = """
Scores are those of the kept weights, accuracy in [0, 1]; F1 (by scikit-learn) of class 1 with two
classes, weighted by class size with more."""

INTERVALS = """
Intervals have the level 95 %. Medians: exact, between order statistics. Mean gaps: bootstrap (BCa).
Both are about other seeds on the same rows, not about other rows. A sample that is too small for an
interval has none."""

CLAIMS = f"""
A published value is judged by its rank among n trials, rounded like the value. Let m be the number
of trials at or below it, or at or above it, whichever is smaller: p = min(1, 2(m+1)/(n+1)).
Reproduced: p > .05. Not reproduced: p ≤ .05. Cannot tell: it lies outside all trials, but fewer
than {FEWEST_RUNS} trials can't give p ≤ .05; or the epochs were capped."""

HEADLINE = """
Only the headline comparisons are tested, on held-out data. All other gaps are described. Gaps are
also given in test rows, because accuracy changes in steps of one row."""

FAILURES = """
A trial without a score (diverged, failed) is counted in n of N, with its reason; no value is put in
its place. A trial that predicts one class for every row keeps its score and is marked constant."""

TIMES = """
Time is measured apart from accuracy, serially, with the competitors interleaved. The wall times of
the study are not used to compare activations."""


def method(view: View) -> list[Block]:
    """Return the points that apply to this study."""
    told = lines(view.study, foreign=view.foreign is not None)
    return [Heading("Method"), Numbered([Point(line) for line in told])]


def lines(study: Mapping[str, Any], *, foreign: bool = False) -> list[str]:
    """Return what every study shares, what its protocols are, and its caps.

    Args:
        study: The ``study`` of provenance.json; it has ``hidden`` where the study is of a table
            of the user's own.
        foreign: Whether the claims are of another paper than that of the networks.
    """
    if "hidden" in study:
        (cap,) = study["epochs"].values()
        widths = joined(map(str, study["hidden"]))
        trial = TABLE_TRIAL.format(widths=widths, epochs=cap or MOST_EPOCHS)
        rest = [SCORES, INTERVALS, HEADLINE, FAILURES]
        return [trial, SEED, TABLE_INPUTS, *capped(study["epochs"], ""), TREES, *rest]
    whose = "this suite's" if foreign else "the paper's"
    paper = PAPER.format(whose=whose)
    told = {"paper": paper, "held-out": HELD_OUT, "held-out-scaled": STANDARDISED}
    protocols = [told[name] for name in study["protocols"] if name in told]
    rest = [SCORES, INTERVALS, CLAIMS, HEADLINE, FAILURES, TIMES]
    shorter = SHORTER.format(whose="the protocol's" if foreign else whose)
    return [TRIAL.format(whose=whose), SEED, *protocols, *capped(study["epochs"], shorter), *rest]


SHORTER = ": such trials may be shorter than {whose}"


def capped(caps: Mapping[str, int | None], remark: str) -> list[str]:
    """Return a line on shortened training; none where no data set has a cap."""
    named = [f"{literal(name)} {cap}" for name, cap in caps.items() if cap is not None]
    if not named:
        return []
    return [f"Epochs were capped ({', '.join(named)}){remark}."]
