"""Measure every activation's net, once in a session, whichever test asks first."""

from __future__ import annotations

import warnings
from functools import cache, partial
from statistics import median
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from baselines import DEFAULT
from bench.data import load
from bench.reporting.names import LOGISTIC
from bench.timing import interleave, processes
from bench.timing.interleave import Measured, interleaved
from bench.timing.nets import OPERATIONS, Net
from bench.timing.tasks import dataset_or_skip, scores
from bench.training.pools.worker_pool import cores

if TYPE_CHECKING:
    from collections.abc import Sequence

REFERENCE = "relu"
AGAIN = "relu (A/A)"
"""A second net like the reference's: its ratio to it shows what the method takes for a difference
where there is none."""

COMPETITORS = {name: name for name in DEFAULT} | {AGAIN: REFERENCE}
"""Name in the table -> activation of the net."""


@cache
def nets(dataset: str) -> dict[str, Net]:
    """Return the nets of a data set, by competitor."""
    table = dataset_or_skip(dataset)
    return {name: Net(table, activation) for name, activation in COMPETITORS.items()}


@cache
def measured(dataset: str, operation: str) -> dict[str, Measured]:
    """Measure an operation of every competitor: seconds per call."""
    what, mine = OPERATIONS[operation], nets(dataset)
    # The scores are those after the timed epochs: these come before further steps are timed.
    trained = measured(dataset, "epoch") if operation == "prediction" else {}
    scored: dict[str, list[dict[str, float]]] = {name: [] for name in mine}

    def after(name: str) -> None:
        if operation == "epoch":
            scored[name].append(mine[name].scores())

    found = interleaved(
        {name: what.prepare(net) for name, net in mine.items()},
        rounds=what.rounds_on(dataset),
        calls=what.calls,
        after=after,
    )
    for name, one in trained.items():
        found[name].facts.update({fact: one.facts[fact] for fact in ("accuracy", "f1", "epochs")})
    if operation == "epoch":
        target = logistic(dataset).facts["accuracy"]
        memory = {} if interleave.quick else peaks(dataset)
        for name, one in found.items():
            accuracies = [scores["accuracy"] for scores in scored[name]]
            one.facts.update(scored[name][-1], epochs=len(accuracies))
            one.facts.update(to_logistic(one.samples, accuracies, target))
            one.facts.update({"peak_bytes": memory[name]} if memory else {})
    return found


def to_logistic(
    samples: Sequence[float], accuracies: Sequence[float], target: float
) -> dict[str, float]:
    """Return the target, and epochs and seconds until an accuracy first reaches it, if one does.

    Args:
        samples: Seconds per epoch without the first one, which compiles.
        accuracies: After every epoch, the first one too, which counts as the median one.
        target: Accuracy of logistic regression.
    """
    reached = next((n for n, accuracy in enumerate(accuracies) if accuracy >= target), None)
    if reached is None:
        return {"logistic_accuracy": target}
    return {
        "logistic_accuracy": target,
        "epochs_to_logistic": reached + 1,
        "seconds_to_logistic": median(samples) + sum(samples[:reached]),
    }


@cache
def logistic(dataset: str) -> Measured:
    """Fit scikit-learn's logistic regression with its defaults on the rows of a timed epoch."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    net, model = nets(dataset)[REFERENCE], LogisticRegression()
    fit = {LOGISTIC: partial(model.fit, net.train[0], net.train[1].reshape(-1).astype(int))}
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)  # on MNIST 100 iterations cut it short
        samples = interleaved(fit, rounds=6)[LOGISTIC].samples  # the fewest that bound a median
    return Measured(samples, scores(net.test[1], model.predict(net.test[0]), net.classes))


def peaks(dataset: str) -> dict[str, int]:
    """Return the most memory that training and prediction of each net hold, each in a process."""
    names, found = list(COMPETITORS), list[int]()
    for start in range(0, len(names), cores()):
        work = [(dataset, COMPETITORS[name]) for name in names[start : start + cores()]]
        found += processes.side_by_side(peak_bytes, work)
    return dict(zip(names, found, strict=True))


def peak_bytes(dataset: str, activation: str) -> int:
    """Return the most memory that this process holds with one epoch and one prediction of a net."""
    net = Net(load(dataset), activation)
    for operation in ("epoch", "prediction"):
        OPERATIONS[operation].prepare(net)()
    return processes.peak_memory_bytes()
