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
    """Measure an operation of every competitor: seconds per call, and the first call's beside."""
    if operation == "epoch":
        return _epochs(dataset)
    what, mine = OPERATIONS[operation], nets(dataset)
    # The scores are those after the timed epochs: these come before further steps are timed.
    scored = ("accuracy", "f1", "epochs") if operation == "prediction" else ()
    trained = measured(dataset, "epoch") if scored else {}
    samples = interleaved(
        {name: net.ready(operation) for name, net in mine.items()},
        rounds=what.rounds_on(dataset),
        calls=what.calls,
    )
    return {
        name: net.measured(
            operation, samples[name], {fact: trained[name].facts[fact] for fact in scored}
        )
        for name, net in mine.items()
    }


def _epochs(dataset: str) -> dict[str, Measured]:
    """Measure epochs, score every net after each, and compare it with logistic regression."""
    what, mine = OPERATIONS["epoch"], nets(dataset)
    ready = {name: net.ready("epoch") for name, net in mine.items()}
    scored = {name: [net.scores()] for name, net in mine.items()}
    samples = interleaved(
        ready,
        rounds=what.rounds_on(dataset),
        after=lambda name: scored[name].append(mine[name].scores()),
    )
    target = logistic(dataset).facts["accuracy"]
    memory = {} if interleave.quick else peaks(dataset)
    found = {}
    for name, net in mine.items():
        accuracies = [score["accuracy"] for score in scored[name]]
        facts = {**scored[name][-1], "epochs": len(accuracies)}
        facts |= to_logistic(samples[name], accuracies, target)
        facts |= {"peak_bytes": memory[name]} if memory else {}
        found[name] = net.measured("epoch", samples[name], facts)
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
        samples = interleaved(fit, rounds=6)[LOGISTIC]  # the fewest that bound a median
    return Measured(samples, scores(net.test[1], model.predict(net.test[0]), net.classes))


@cache
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
        net.ready(operation)
    return processes.peak_memory_bytes()
