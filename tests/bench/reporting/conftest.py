"""A made-up study in the exported files' format: five activations, three data sets, a few seeds.

The numbers are invented to look plausible. No trial was trained for them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from bench.columns import CEILING, names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ACTIVATIONS = ("adaact", "relu", "tanh", "sigmoid", "linear")
LEVELS = {  # median test accuracy by activation, in the order of ACTIVATIONS
    "banknote": (0.983, 0.997, 0.994, 0.982, 0.985),
    "mnist": (0.922, 0.969, 0.968, 0.965, 0.921),
    "iris": (0.97, 0.965, 0.968, 0.94, 0.972),
}
CELL = ["dataset", "protocol", "activation"]
ALL_ROWS = {"banknote": 1_372, "iris": 150}  # of the sets that are split anew for every seed
ROWS = {"banknote": 343, "mnist": 10_000, "iris": 38}
CAPS = {"banknote": 50, "mnist": 23, "iris": 24}
COUNTS = {
    "banknote": (63, 63, 52, 11),
    "mnist": (52_910, 52_782, 50_242, 330),
    "iris": (2_503, 2_503, 322, 99),
}
LAYERS = {"banknote": 1, "mnist": 2, "iris": 2}


def _stream(*words: object) -> np.random.Generator:
    return np.random.default_rng(list("|".join(map(str, words)).encode()))


def _curve(end: float, start: float, epochs: int, rng: np.random.Generator) -> np.ndarray:
    fall = np.exp(-np.arange(1, epochs + 1) / (epochs / 5))
    return end + (start - end) * fall * rng.uniform(0.85, 1.15, epochs)


def _trial(dataset: str, protocol: str, activation: str, seed: int) -> tuple[dict, pd.DataFrame]:
    rng = _stream(dataset, protocol, activation, seed)
    rows, layers = ROWS[dataset], LAYERS[dataset]
    epochs = int(rng.integers(CAPS[dataset] // 2, CAPS[dataset] + 1))
    constant = dataset == "iris" and activation == "adaact" and seed % 5 == 3
    level = 0.34 if constant else LEVELS[dataset][ACTIVATIONS.index(activation)]
    epochs = 5 if constant else epochs
    test = np.round(np.clip(level + rng.normal(0, 1.5 / rows**0.5 / 10), 0, 1) * rows) / rows
    train = float(np.clip(test + rng.normal(0.004, 0.003), 0, 1))
    accuracy = np.clip(_curve(train, 0.4, epochs, rng), 0, 1)
    validation = np.clip(_curve(test, 0.4, epochs, rng), 0, 1)
    loss = _curve(2.5 * (1 - train) + 0.03, 1.2, epochs, rng)
    val_loss = _curve(2.5 * (1 - test) + 0.035, 1.25, epochs, rng)
    best = epochs - 2
    accuracy[best - 1], validation[best - 1] = train, test
    history = pd.DataFrame(
        {
            "dataset": dataset,
            "protocol": protocol,
            "activation": activation,
            "seed": seed,
            "epoch": np.arange(1, epochs + 1),
            "loss": loss,
            "accuracy": accuracy,
            "val_loss": val_loss,
            "val_accuracy": validation,
        }
    )
    record: dict[str, Any] = {
        "dataset": dataset,
        "protocol": protocol,
        "activation": activation,
        "seed": seed,
        "trainer": "keras",
        "status": "ok",
        "constant": constant,
        "epochs": epochs,
        "best_epoch": best,
        "train_accuracy": train,
        "validation_accuracy": float(test),
        "test_accuracy": float(test),
        "test_f1": float(test) - 0.001,
        "train_loss": loss[best - 1],
        "validation_loss": val_loss[best - 1],
        "test_loss": val_loss[best - 1],
        "leaked_test_accuracy": np.nan if protocol == "paper" else min(float(test) + 1 / rows, 1.0),
        "parameters": COUNTS[dataset][0] - (0 if activation == "adaact" else 2 * layers),
    }
    for layer in (1, 2):
        known = activation == "adaact" and layer <= layers
        start = rng.normal(size=2) if known else (np.nan, np.nan)
        drift = np.cumsum(rng.normal(0, 0.05, (epochs, 2)), axis=0) + start
        for k in (0, 1):
            record[f"k{k}_{layer}_initial"] = start[k]
            history[f"k{k}_{layer}"] = drift[:, k] if known else np.nan
            record[f"k{k}_{layer}"] = drift[best - 1, k] if known else np.nan
    affine = activation in ("adaact", "linear")
    record["collapse_error"] = rng.uniform(1e-16, 9e-16) if affine else np.nan
    record["collapse_flips"] = 0 if affine else np.nan
    record["parameters_trainable"] = record["parameters"] - (
        COUNTS[dataset][0] - COUNTS[dataset][1]
    )
    record["parameters_first_layer"] = COUNTS[dataset][2] - (0 if activation == "adaact" else 2)
    record["parameters_output_layer"] = COUNTS[dataset][3]
    record["reason"] = ""
    return record, history


def _rows_correct(trials: pd.DataFrame) -> pd.DataFrame:
    """Which rows were tested how often, and how often right, to the tested accuracies."""
    columns = [*CELL, "row", "seeds_tested", "seeds_correct"]
    tables = [pd.DataFrame(columns=columns)]
    scored = trials[trials["status"] == "ok"]
    for (dataset, protocol, activation), cell in scored.groupby(CELL, sort=False):
        resplit = protocol != "paper" and dataset in ALL_ROWS
        rows = ALL_ROWS[dataset] if resplit else ROWS[dataset]
        tested, correct = np.zeros(rows, int), np.zeros(rows, int)
        for seed, accuracy in zip(cell["seed"], cell["test_accuracy"], strict=True):
            # A row's difficulty is its number: a run gets its k first test rows right.
            drawn = _stream("split", dataset, seed).permutation(rows)[: ROWS[dataset]]
            mine = np.sort(drawn if resplit else np.arange(rows))
            tested[mine] += 1
            correct[mine[: round(accuracy * len(mine))]] += 1
        table = {"row": np.arange(rows), "seeds_tested": tested, "seeds_correct": correct}
        names = {"dataset": dataset, "protocol": protocol, "activation": activation}
        tables.append(pd.DataFrame({**names, **table})[tested > 0])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _ceilings(trials: pd.DataFrame) -> pd.DataFrame:
    """Fits of every split, with half the least training loss of its nets; on MNIST cut short."""
    rows = []
    for (dataset, protocol), cell in trials.groupby(["dataset", "protocol"], sort=False):
        per_seed = {-1: cell} if protocol == "paper" else dict(tuple(cell.groupby("seed")))
        for seed, nets in per_seed.items() if (dataset, protocol) != ("mnist", "held-out") else ():
            rows += [
                {"dataset": dataset, "protocol": protocol, "seed": seed, "penalty": penalty}
                | {"train_accuracy": 0.98, "test_accuracy": 0.97, "test_f1": 0.96}
                | {"train_loss": share * nets["train_loss"].min(), "test_loss": 0.05}
                | {"iterations": 200, "converged": dataset != "mnist"}
                for penalty, share in (("l2", 0.6), ("none", 0.5))
            ]
    return pd.DataFrame(rows, columns=names(CEILING))


def _provenance(trials: pd.DataFrame, seeds: dict[str, int], protocols: tuple[str, ...]) -> dict:
    cells = trials.groupby(["dataset", "protocol", "activation"], sort=False).size()
    asked = len(protocols) * len(ACTIVATIONS) * sum(seeds.values())
    return {
        "study": {
            "datasets": list(seeds),
            "protocols": list(protocols),
            "activations": list(ACTIVATIONS),
            "seeds": {name: list(range(n)) for name, n in seeds.items()},
            "trainer": "keras",
            "epochs": dict.fromkeys(seeds),
            "fingerprint": "0123abcd",
            "asked": asked,
            "done": len(trials),
            "failed": int((trials["status"] != "ok").sum()),
        },
        "versions": {"python": "3.12.3", "tensorflow": "2.21.0", "keras": "3.15.0"},
        "machine": {"cpu": "Imaginary CPU @ 2.00GHz", "threads": 1},
        "command": "adaact-bench run",
        "commit": "0" * 40,
        "data": dict.fromkeys(seeds, "ab" * 32),
        "not_measured": {},
        "wall": [
            {"dataset": d, "protocol": p, "activation": a, "trials": int(n), "seconds": 3.5 * n}
            for (d, p, a), n in cells.items()
        ],
        "attempts": [],
        "finished": "2026-01-02",
    }


def make_timing(datasets: tuple[str, ...]) -> dict:
    """pytest-benchmark's JSON, cut down to what is read."""
    return {
        "machine_info": {"cpu": {"brand_raw": "Imaginary CPU"}},
        "benchmarks": [
            {
                "group": f"{dataset}: {what}",
                "name": f"test[{dataset}-{activation}]",
                "stats": {
                    "median": scale * (1 + 0.1 * i),
                    "iqr": scale / 20,
                    "min": scale * 0.9,
                    "rounds": 7,
                },
                "extra_info": {
                    "dataset": dataset,
                    "activation": activation,
                    "accuracy": LEVELS[dataset][i],
                    "f1": LEVELS[dataset][i] - 0.001,
                },
            }
            for dataset in datasets
            for what, scale in (("one training epoch", 0.12), ("prediction of the test set", 0.02))
            for i, activation in enumerate(ACTIVATIONS)
        ],
    }


def make_study(
    folder: Path,
    *,
    protocols: tuple[str, ...] = ("paper",),
    seeds: dict[str, int] | None = None,
    timing: bool = False,
    spoil: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
) -> Path:
    """Writes the exported files of a made-up study.

    Args:
        folder: Results folder; made where it is missing.
        protocols: Protocols of the study.
        seeds: Number of seeds by data set.
        timing: Whether timing.json is there.
        spoil: Changes the trials before they are written.
    """
    seeds = seeds or {"banknote": 10, "mnist": 3, "iris": 10}
    made = [
        _trial(dataset, protocol, activation, seed)
        for dataset, n in seeds.items()
        for protocol in protocols
        for activation in ACTIVATIONS
        for seed in range(n)
    ]
    trials = pd.DataFrame([record for record, _ in made])
    if spoil:
        trials = spoil(trials)
    folder.mkdir(parents=True, exist_ok=True)
    trials.to_csv(folder / "trials.csv", index=False)
    histories = pd.concat([history for _, history in made], ignore_index=True)
    histories.to_csv(folder / "histories.csv.gz", index=False)
    _rows_correct(trials).to_csv(folder / "rows.csv.gz", index=False)
    _ceilings(trials).to_csv(folder / "ceilings.csv", index=False)
    provenance = json.dumps(_provenance(trials, seeds, protocols), indent=1)
    (folder / "provenance.json").write_text(provenance)
    if timing:
        (folder / "timing.json").write_text(json.dumps(make_timing(tuple(seeds))))
    return folder


@pytest.fixture(scope="session")
def study_in() -> Callable[..., Path]:
    """The maker of made-up studies."""
    return make_study


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder of the first landing: the paper's protocol alone, no timings."""
    return make_study(tmp_path_factory.mktemp("results"))
