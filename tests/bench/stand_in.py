"""Stand-ins for trained trials: made from their key alone, in microseconds.

A file of its own, because processes that the tests start use it too.
"""

from __future__ import annotations

import numpy as np

from bench.records import Ceiling, CeilingKey, Trial, TrialKey
from bench.study import Study

ROWS = 150


def stand_in_trial(key: TrialKey, status: str = "ok") -> Trial:
    """A trial with plausible numbers, the same ones for the same key."""
    rng = np.random.default_rng(list("|".join(map(str, key)).encode()))
    if status == "failed":
        return Trial(key, "keras", "failed", reason="the worker died (signal 9), 3 times")
    learned = ("k0_1", "k1_1") if key.activation == "adaact" else ()
    epochs = int(rng.integers(3, 9))
    curves = ("loss", "accuracy", "val_loss", "val_accuracy", *learned)
    history = {name: tuple(rng.random(epochs).tolist()) for name in curves}
    if status == "diverged":
        history["loss"] = (*history["loss"][:-1], float("nan"))
        return Trial(key, "keras", "diverged", epochs=epochs, history=history)
    scores = ("train_accuracy", "validation_accuracy", "test_accuracy", "test_f1", "test_loss")
    outcomes = np.full(ROWS, -1, np.int8)
    outcomes[rng.permutation(ROWS)[:38]] = rng.integers(0, 2, 38)
    return Trial(
        key,
        "keras",
        "ok",
        constant=bool(rng.integers(2)),
        epochs=epochs,
        best_epoch=epochs - 1,
        scores={name: float(rng.random()) for name in scores} | {"collapse_flips": 0.0},
        parameters={"parameters": 63, "parameters_trainable": 63},
        coefficients={f"{name}{end}": rng.normal() for name in learned for end in ("_initial", "")},
        history=history,
        outcomes=outcomes,
    )


def stand_in_ceiling(penalty: str = "none", **fields: float) -> Ceiling:
    """A fit on the one split of Iris under the paper's protocol, some fields as given."""
    scores = {"train_accuracy": 110 / 112, "test_accuracy": 1.0, "test_f1": 1.0}
    losses = {"train_loss": 0.04989117, "test_loss": 1 / 3}
    known = {**scores, **losses, "iterations": 66, "converged": True, **fields}
    return Ceiling(CeilingKey("iris", "paper", -1, penalty), **known)


def stand_in_study(seeds: int) -> Study:
    """Four cells of two data sets, one of which has one seed less."""
    return Study(
        datasets=("iris", "banknote"),
        protocols=("paper",),
        activations=("relu", "adaact"),
        seeds={"iris": tuple(range(seeds)), "banknote": tuple(range(seeds - 1))},
        epochs={"iris": None, "banknote": 3},
        trainer="keras",
        versions={"keras": "3.15.0", "protocols": "1"},
        data={"iris": "ab" * 32, "banknote": "cd" * 32},
    )
