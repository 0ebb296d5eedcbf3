"""Measures each group of competitors once in a session, whichever of its tests asks first."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from statistics import median

import pytest
from threadpoolctl import threadpool_limits

from baselines import DEFAULT
from bench.data import DataMissing, Dataset, load
from bench.reporting.names import LOGISTIC
from bench.timing import effort, processes
from bench.timing.interleave import interleaved
from bench.timing.nets import OPERATIONS, Net
from bench.training.executors import cores

REFERENCE = "relu"
AGAIN = "relu (A/A)"
"""A second net like the reference's: its ratio to it shows what the method takes for a difference
where there is none."""

LOGISTIC_ROUNDS = 6  # the fewest that bound a median

COMPETITORS = {name: name for name in DEFAULT} | {AGAIN: REFERENCE}
"""Name in the table -> activation of the net."""


def dataset_or_skip(name: str) -> Dataset:
    """A data set; skips the test, with the reason, where its files are not to be had."""
    found = _dataset(name)
    if isinstance(found, DataMissing):
        pytest.skip(str(found))
    return found


def skip_without(extra: str) -> None:
    """Skips the test where an optional extra is not installed."""
    if find_spec(extra) is None:
        pytest.skip(f"{extra} is not installed: `pip install 'adaact-bench[{extra}]'`")


@cache
def _dataset(name: str) -> Dataset | DataMissing:
    """The reason is kept too: every test would try to download anew."""
    try:
        return load(name)
    except DataMissing as error:
        return error


@cache
def nets(dataset: str) -> dict[str, Net]:
    """The nets of a data set, by competitor."""
    table = dataset_or_skip(dataset)
    return {name: Net.of(table, activation) for name, activation in COMPETITORS.items()}


@cache
def measured(dataset: str, operation: str) -> dict[str, list[float]]:
    """Seconds of an operation, by competitor, one number a round."""
    what = OPERATIONS[operation]
    ready = {name: net.ready(operation) for name, net in nets(dataset).items()}
    return interleaved(ready, rounds=what.rounds_on(dataset), calls=what.calls)


@dataclass(frozen=True)
class Training:
    """The timed epochs of one net.

    Attributes:
        samples: Seconds per epoch, the first one, which compiles, left out.
        scores: Accuracy and F1 on the test rows after every epoch, the first one too.
    """

    samples: list[float]
    scores: list[dict[str, float]]

    def to_logistic(self, target: float) -> dict[str, float]:
        """The target, and epochs and seconds until the test accuracy first reaches it, if it does.

        The first epoch counts as the median one: compilation is given apart.
        """
        reached = [n for n, score in enumerate(self.scores, 1) if score["accuracy"] >= target]
        if not reached:
            return {"logistic_accuracy": target}
        seconds = median(self.samples) + sum(self.samples[: reached[0] - 1])
        return {
            "logistic_accuracy": target,
            "epochs_to_logistic": reached[0],
            "seconds_to_logistic": seconds,
        }


@cache
def trainings(dataset: str) -> dict[str, Training]:
    """The epochs of every net, interleaved round by round and scored after each."""
    what, mine = OPERATIONS["epoch"], nets(dataset)
    ready = {name: net.ready("epoch") for name, net in mine.items()}
    scores = {name: [net.scores()] for name, net in mine.items()}
    samples = interleaved(
        ready,
        rounds=what.rounds_on(dataset),
        after=lambda name: scores[name].append(mine[name].scores()),
    )
    return {name: Training(samples[name], scores[name]) for name in mine}


@dataclass(frozen=True)
class Logistic:
    """Logistic regression on the rows of a timed epoch: seconds of its fit, and its scores."""

    samples: list[float]
    scores: dict[str, float]


@cache
def logistic(dataset: str) -> Logistic:
    """Fits scikit-learn's logistic regression with its defaults: the accuracy to be reached."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    net = nets(dataset)[REFERENCE]
    x, y = net.train[0], net.train[1].reshape(-1).astype(int)
    model = LogisticRegression()
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)  # on MNIST 100 iterations cut it short
        rounds = effort.rounds(LOGISTIC_ROUNDS)
        samples = interleaved({LOGISTIC: partial(model.fit, x, y)}, rounds=rounds)[LOGISTIC]
    return Logistic(samples, net.scores_of(model.predict(net.test[0])))


@cache
def peaks(dataset: str) -> dict[str, int]:
    """The most memory that training and prediction of each net hold, each in its own process."""
    names, found = list(COMPETITORS), list[int]()
    for start in range(0, len(names), cores()):
        group = names[start : start + cores()]
        work = [(dataset, COMPETITORS[name]) for name in group]
        found += processes.side_by_side(peak_bytes, work)
    return dict(zip(names, found, strict=True))


def peak_bytes(dataset: str, activation: str) -> int:
    """The most memory that this process holds with one epoch and one prediction of a net."""
    net = Net.of(load(dataset), activation)
    for operation in ("epoch", "prediction"):
        net.ready(operation)
    return processes.peak_memory_bytes()
