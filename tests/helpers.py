"""Stand-ins for what training gives: trials, tables of them, results folders, and a trainer.

All numbers are drawn from the key of what they stand for: the same key always has the same ones.
Worker processes import this module too. pandas is therefore imported where it is used: it takes
longer than a whole stand-in study.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from baselines import CLASSICAL, LEARNED
from bench import csv_columns
from bench.csv_columns import STOPPED_ON_TEST, names
from bench.errors import UserError
from bench.exports import export, trial_rows
from bench.next_trials import plan
from bench.records import LEARNING_RATE, NO_RATE, SCIKIT_LEARN, SHAPE_AT, Done, Trial, TrialKey
from bench.store import Store
from bench.study import Study
from bench.training.trials.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    import pandas as pd

ACTIVATIONS = ("adaact", "relu", "tanh", "sigmoid", "linear")
AFFINE = ("adaact", "linear")


class Data(NamedTuple):
    """What a trial takes from its data set and the network on it.

    Attributes:
        rows: How many the set has; of MNIST those of the test set alone.
        tested: Rows of a test set.
        layers: Hidden layers.
        parameters: Counts of Adaact's network: all, trainable, first layer, output layer.
        levels: Median test accuracy by activation, in the order of ``ACTIVATIONS``.
    """

    rows: int
    tested: int
    layers: int
    parameters: tuple[int, int, int, int]
    levels: tuple[float, ...]


IRIS = Data(150, 38, 2, (2_503, 2_503, 322, 99), (0.97, 0.965, 0.968, 0.94, 0.972))
DATA = {
    "banknote": Data(1_372, 343, 1, (63, 63, 52, 11), (0.983, 0.997, 0.994, 0.982, 0.985)),
    "mnist": Data(
        10_000, 10_000, 2, (52_910, 52_782, 50_242, 330), (0.922, 0.969, 0.968, 0.965, 0.921)
    ),
    "iris": IRIS,
}
FACTS = {  # of a run, beside what the store knows
    "versions": {"python": "3.12.3", "tensorflow": "2.21.0", "keras": "3.15.0"},
    "machine": {"cpu": "Imaginary CPU @ 2.00GHz", "threads": 1},
    "command": "adaact-bench run",
    "commit": "0" * 40,
    "not_measured": {},
}


def _drawn_from(*words: object) -> np.random.Generator:
    return np.random.default_rng(list("|".join(map(str, words)).encode()))


# Keys and studies


def key(
    dataset: str = "iris",
    protocol: str = "paper",
    activation: str = "adaact",
    seed: int = 0,
    split: int = 0,
) -> TrialKey:
    """Return a trial's key."""
    rate = NO_RATE if activation in CLASSICAL else LEARNING_RATE
    return TrialKey(dataset, protocol, activation, split, seed, rate)


def study(seeds: Mapping[str, int], **fields: Any) -> Study:
    """Return a study; the paper's protocol and no model of scikit-learn's unless told otherwise.

    Args:
        seeds: By data set: how many seeds under the paper's protocol; how many splits, of one seed
            each, under others.
        fields: Of the study, in place of these.
    """
    known = {
        "datasets": tuple(seeds),
        "protocols": ("paper",),
        "activations": ACTIVATIONS,
        "seeds": {name: tuple(range(n)) for name, n in seeds.items()},
        "splits": {name: tuple(range(n)) for name, n in seeds.items()},
        "seeds_per_split": dict.fromkeys(seeds, (0,)),
        "epochs": dict.fromkeys(seeds),
        "trainer": "keras",
        "versions": {"keras": "3.15.0", "protocols": "1"},
        "data": dict(zip(seeds, ("ab" * 32, "cd" * 32, "ef" * 32), strict=False)),
    }
    return Study(**{**known, **fields})


def two_sets(seeds: int) -> Study:
    """Return a study of four cells on two data sets, one of which has one seed less."""
    epochs = {"iris": None, "banknote": 3}
    seeds_by_set = {"iris": seeds, "banknote": seeds - 1}
    return study(seeds_by_set, activations=("relu", "adaact"), epochs=epochs)


def block(
    dataset: str,
    protocol: str,
    activation: str,
    seeds: Iterable[int],
    trainer: str = "many-seeds",
    **rest: Any,
) -> Block:
    """Return a block of so many seeds on split 0."""
    keys = tuple(key(dataset, protocol, activation, seed) for seed in seeds)
    return Block(keys, trainer, **rest)


def missing(store: Store, asked: Study) -> list[TrialKey]:
    """Return the trials of a study that a run would train first."""
    return plan(asked, store.done(asked))


# Records


def trial(of: TrialKey, status: str = "ok", **fields: Any) -> Trial:
    """Return the trial that stands in for a key's trained one, some fields as given."""
    if of.activation in CLASSICAL:
        return replace(_classical(of), **fields)
    if status == "failed":
        reason = "the worker died (signal 9), 3 times"
        return replace(Trial(of, "keras", "failed", reason), **fields)
    rng, data = _drawn_from(*of), DATA.get(of.dataset, IRIS)
    constant = of[:3] == ("iris", "paper", "adaact") and of.seed % 5 == 3
    epochs = 5 if constant else int(rng.integers(6, 13))
    best = epochs - 2
    level = dict(zip(ACTIVATIONS, data.levels, strict=True)).get(of.activation, 0.96)
    near = np.clip((0.34 if constant else level) + rng.normal(0, 0.15 / data.tested**0.5), 0, 1)
    test = float(np.round(near * data.tested) / data.tested)
    train = float(np.clip(test + rng.normal(0.004, 0.003), 0, 1))
    history = _curves(train, test, epochs, rng) | _scalars(of, epochs, rng)
    if status == "diverged":
        history["loss"] = (*history["loss"][:-1], float("nan"))
        made = Trial(of, "keras", "diverged", epochs=epochs, history=history, **_sizes(of))
        return replace(made, **fields)
    made = Trial(
        of,
        "keras",
        "ok",
        constant=constant,
        epochs=epochs,
        best_epoch=best,
        **_sizes(of),
        scores=_scores(of, train, test, rng) | _losses(history, best),
        parameters=_parameters(of),
        coefficients={
            f"{name}{end}": curve[place]
            for name, curve in history.items()
            if csv_columns.of(name).kind == "coefficient"
            for end, place in (("_initial", 0), ("", best - 1))
        },
        history=history,
        vectors=_vectors(of, rng),
        outcomes=outcomes(of, test),
    )
    return replace(made, **fields)


def trials(asked: Study) -> list[Trial]:
    """Return all trials of a study, those at chosen learning rates too."""
    first = [trial(of) for of in asked.keys()]  # noqa: SIM118 - a study is no dictionary
    chosen = asked.chosen({one.key: Done.of(one.status, one.scores) for one in first})
    return [trial(of) for of in asked.keys(chosen)]


def outcomes(of: TrialKey, accuracy: float) -> np.ndarray:
    """Return a trial's outcomes by row at a test accuracy: a row's difficulty is its number."""
    data = DATA.get(of.dataset, IRIS)
    split = _drawn_from("split", of.dataset, of.split)
    made = np.full(data.rows, -1, np.int8)
    tested = np.sort(split.permutation(data.rows)[: data.tested])
    made[tested] = np.arange(data.tested) < round(accuracy * data.tested)
    return made


def _sizes(of: TrialKey) -> dict[str, int]:
    data = DATA.get(of.dataset, IRIS)
    return {"test_rows": data.tested, "other_rows": data.rows - data.tested}


def _classical(of: TrialKey) -> Trial:
    """Return a fit of one of scikit-learn's models that nobody fitted."""
    largest = of.activation == "majority-class"
    level, loss = (0.34, 1.1) if largest else (0.97, 0.05)
    scores = {"train_accuracy": level, "test_accuracy": level, "test_f1": level}
    scores |= {"train_loss": loss, "test_loss": loss + 0.01}
    reason = "not converged in 200 iterations" if of.dataset == "mnist" and not largest else ""
    facts = {"reason": reason, "constant": largest, **_sizes(of)}
    return Trial(of, SCIKIT_LEARN, "ok", **facts, scores=scores, outcomes=outcomes(of, level))


def _curves(
    train: float, test: float, epochs: int, rng: np.random.Generator
) -> dict[str, Sequence[float]]:
    """Return curves that reach the accuracies at the epoch before the last."""

    def curve(end: float, start: float) -> np.ndarray:
        fall = np.exp(-np.arange(1, epochs + 1) / (epochs / 5))
        return end + (start - end) * fall * rng.uniform(0.85, 1.15, epochs)

    made = {
        "loss": curve(2.5 * (1 - train) + 0.03, 1.2),
        "accuracy": np.clip(curve(train, 0.4), 0, 1),
        "val_loss": curve(2.5 * (1 - test) + 0.035, 1.25),
        "val_accuracy": np.clip(curve(test, 0.4), 0, 1),
    }
    made["accuracy"][epochs - 3], made["val_accuracy"][epochs - 3] = train, test
    return {name: tuple(values.tolist()) for name, values in made.items()}


def _scalars(of: TrialKey, epochs: int, rng: np.random.Generator) -> dict[str, Sequence[float]]:
    """Return what Adaact's scalars were after each epoch."""
    layers = DATA.get(of.dataset, IRIS).layers if of.activation == "adaact" else 0
    names = [f"k{k}_{layer + 1}" for layer in range(layers) for k in (0, 1)]
    steps = rng.normal(0, 0.05, (len(names), epochs))
    steps[:, :1] += rng.normal(size=(len(names), 1))
    return {name: tuple(row.cumsum().tolist()) for name, row in zip(names, steps, strict=True)}


def _vectors(of: TrialKey, rng: np.random.Generator) -> dict[str, list[float]]:
    """Return a fold of four inputs and one logit, or the shape of another learned activation."""
    if of.activation in AFFINE:
        return {"fold_1": [1.0, 2.0, -1.0, 0.5, rng.normal()]}
    if of.activation not in LEARNED:
        return {}
    return {"g_1": [max(z, rng.uniform(0, 0.2) * z) for z in SHAPE_AT]}


def _scores(of: TrialKey, train: float, test: float, rng: np.random.Generator) -> dict[str, float]:
    """Return all scores but the losses."""
    made = {"train_accuracy": train, "validation_accuracy": test, "test_accuracy": test}
    made["test_f1"] = test - 0.001
    if of.protocol != "paper":
        made[STOPPED_ON_TEST] = min(test + 1 / DATA.get(of.dataset, IRIS).tested, 1.0)
    if of.activation in AFFINE:
        made |= {"collapse_error": float(rng.uniform(1e-16, 9e-16)), "collapse_flips": 0.0}
    return made


def _losses(history: Mapping[str, Sequence[float]], best: int) -> dict[str, float]:
    train, validation = history["loss"][best - 1], history["val_loss"][best - 1]
    return {"train_loss": train, "validation_loss": validation, "test_loss": validation}


def _parameters(of: TrialKey) -> dict[str, int]:
    data = DATA.get(of.dataset, IRIS)
    whole, trainable, first, output = data.parameters
    fewer = 0 if of.activation == "adaact" else 2  # scalars a layer
    return {
        "parameters": whole - fewer * data.layers,
        "parameters_trainable": trainable - fewer * data.layers,
        "parameters_first_layer": first - fewer,
        "parameters_output_layer": output,
    }


# Tables


def cell_frame(
    scores: Iterable[float],
    *,
    dataset: str = "banknote",
    protocol: str = "paper",
    activation: str = "adaact",
    **columns: object,
) -> pd.DataFrame:
    """Return rows of trials.csv of one cell with these test accuracies, seeds from 0 of split 0."""
    import pandas as pd

    values = np.asarray(list(scores), dtype=float)
    frame = pd.DataFrame({"split": 0, "seed": range(len(values)), "test_accuracy": values})
    names = {"dataset": dataset, "protocol": protocol, "activation": activation}
    facts = {"trainer": "keras", "status": "ok", "constant": False}
    return frame.assign(**{**names, **facts, **columns})


def trial_frame(scores: Mapping[str, Iterable[float]], **columns: Any) -> pd.DataFrame:
    """Return rows of trials.csv of one cell on Iris for each activation with its scores."""
    import pandas as pd

    columns = {"dataset": "iris", **columns}
    cells = [cell_frame(values, activation=name, **columns) for name, values in scores.items()]
    return pd.concat(cells, ignore_index=True)


def epoch_frame(curves: Iterable[Sequence[float]], column: str = "loss") -> pd.DataFrame:
    """Return rows of histories.csv.gz with one column, one curve a seed of split 0."""
    import pandas as pd

    return pd.concat(
        pd.DataFrame({"split": 0, "seed": seed, "epoch": range(1, len(curve) + 1), column: curve})
        for seed, curve in enumerate(curves)
    )


def table_rows(table: Any) -> list[list[str]]:
    """Return a table's rows as the report shows them: the texts of the cells."""
    columns = (column.cells(table.frame) for column in table.columns)
    return [list(row) for row in zip(*columns, strict=True)]


# Results folders


def results_folder(
    folder: Path,
    *,
    seeds: Mapping[str, int] | None = None,
    protocols: tuple[str, ...] = ("paper",),
    activations: tuple[str, ...] = ACTIVATIONS,
    timing: bool = False,
    spoil: Callable[[pd.DataFrame], pd.DataFrame] | None = None,
    **fields: Any,
) -> Path:
    """Export a study of stand-in trials; ``spoil`` changes them as rows of trials.csv before."""
    sets = seeds or {"banknote": 10, "mnist": 3, "iris": 10}
    asked = study(sets, protocols=protocols, activations=activations, models=CLASSICAL, **fields)
    made = trials(asked)
    if spoil:
        made = _spoilt(made, spoil)
    with TemporaryDirectory() as elsewhere, Store(Path(elsewhere) / "trials.sqlite") as store:
        for cell in asked.cells():
            block = [one for one in made if one.key[:3] == cell]
            fingerprint = asked.fingerprint(cell.dataset, cell.activation)
            store.add(block, fingerprint, seconds=3.5 * len(block))
        export(store, asked, folder, {**FACTS, "data": dict(asked.data)})
    if timing:
        (folder / "timing.json").write_text(json.dumps(_timing(asked.datasets)))
    return folder


def _spoilt(made: Sequence[Trial], spoil: Callable[[pd.DataFrame], pd.DataFrame]) -> list[Trial]:
    import pandas as pd

    frame = pd.DataFrame(map(trial_rows.trial_fields, made))
    frame = frame.reindex(columns=frame.columns.union(names(csv_columns.TRIAL), sort=False))
    frame["reason"] = [one.reason for one in made]  # text, where no reason is given too
    rows = spoil(frame).to_dict("index")
    return [_as_row_says(made[place], row) for place, row in rows.items()]


def _as_row_says(was: Trial, row: Mapping[Any, Any]) -> Trial:
    if row["status"] != "ok":
        return replace(trial(was.key, row["status"]), reason=row["reason"])
    scores = {name: row[name] for name in was.scores}
    return replace(
        was,
        constant=bool(row["constant"]),
        best_epoch=int(np.nan_to_num(row["best_epoch"])),  # scikit-learn has no epochs
        scores=scores,
        parameters={name: int(row[name]) for name in was.parameters},
        outcomes=outcomes(was.key, scores["test_accuracy"]),
    )


def _timing(datasets: Iterable[str]) -> dict[str, Any]:
    """Return pytest-benchmark's JSON, cut down to what is read."""
    benchmarks = []
    for dataset in datasets:
        for what, scale in (("one training epoch", 0.12), ("prediction of the test set", 0.02)):
            levels = zip(ACTIVATIONS, DATA[dataset].levels, strict=True)
            for place, (name, level) in enumerate(levels):
                median = scale * (1 + 0.1 * place)
                stats = {"median": median, "iqr": scale / 20, "min": scale * 0.9, "rounds": 7}
                scores = {"accuracy": level, "f1": level - 0.001}
                extra = {"dataset": dataset, "activation": name, "operation": what, **scores}
                about = {"group": f"{dataset}: {what}", "name": f"test[{dataset}-{name}]"}
                benchmarks.append({**about, "stats": stats, "extra_info": extra})
    return {"machine_info": {"cpu": {"brand_raw": "Imaginary CPU"}}, "benchmarks": benchmarks}


# Training


STREAMED = 60  # trials of a block that streams
LARGE = 150_000  # bytes of each of its trials: more than a pipe takes at once


def train(
    block: Block,
    on_epoch: Callable[[Mapping[tuple[int, int, float], int]], None],
    *,
    log: str | Path | None = None,
    seconds: float = 0.0,
    faults: Mapping[str, str] | None = None,
    load: bool = False,
) -> Iterator[Trial]:
    """Yield a block's trials after two epochs of no training each, unless a fault comes first.

    Args:
        block: The block.
        on_epoch: Told of both epochs.
        log: Folder; each attempt at a trial leaves its process id in a file of ``log_name``.
        seconds: How long a seed takes.
        faults: Fault by ``activation-seed`` or by ``activation``; an activation that is named as a
            fault has that one.
        load: Whether the data are read, as the real trainers do.
    """
    if load:
        from bench.data import load as read

        read(block.cell[0], block.data_dir)
    known, name = faults or {}, block.cell[2]
    for place, of in enumerate(block.keys):
        path = Path(log) / log_name(of) if log else Path(os.devnull)
        with path.open("a") as file:
            file.write(f"{os.getpid()}\n")
        fault = known.get(f"{name}-{of.seed}", known.get(name, name))
        _commit(fault, block, on_epoch, path, first=place == 0)
        for epoch in (1, 2):
            time.sleep(seconds / 2)
            on_epoch({of.place: epoch})
        yield trial(of, "diverged" if fault == "diverged" else "ok", **_fields(fault, block))
        if fault == "one, then none":
            time.sleep(0.1)  # else a cluster's worker is gone before the trial is sent
            os._exit(3)
        if fault == "twice":
            yield trial(of, "diverged", trainer=block.trainer)


def _fields(fault: str, block: Block) -> dict[str, Any]:
    if fault == "stream":
        large = {"outcomes": np.ones(LARGE, np.int8), "reason": str(os.getpid())}
        return {"trainer": block.trainer, **large}
    return {"trainer": block.trainer} | ({"constant": True} if fault == "constant" else {})


def _commit(  # noqa: C901, PLR0912 - one case a fault
    fault: str,
    block: Block,
    on_epoch: Callable[[Mapping[tuple[int, int, float], int]], None],
    log: Path,
    *,
    first: bool,
) -> None:
    match fault:
        case "crash":
            os._exit(3)
        case "crash once" if first and len(log.read_text().split()) == 1:
            os._exit(3)
        case "crash soon":
            time.sleep(0.5)
            os._exit(3)
        case "hang":
            time.sleep(600)
        case "slow" if first:
            time.sleep(0.3)
        case "long" if first:
            for epoch in range(1, 13):
                time.sleep(0.25)
                on_epoch({of.place: epoch for of in block.keys})
        case "on and on":
            while True:
                time.sleep(0.05)
                on_epoch({of.place: 1 for of in block.keys})
        case "read":
            (file,) = block.data_dir.iterdir()
            log.write_text(f"{file} {file.stat().st_ino} {file.read_text()}")
        case "user's":
            raise UserError("data.csv: is gone. Put it back.")
        case "raise":
            raise ArithmeticError("it fell")
        case "exit":
            raise SystemExit(0)
        case "lack of memory":
            raise MemoryError
        case "raise at length":
            raise ValueError("no such\n  thing " + "!" * 400)


def log_name(of: TrialKey) -> str:
    """Return the name of the file in which ``train`` logs the attempts at a trial."""
    rate = [] if of.learning_rate == LEARNING_RATE else [of.learning_rate]
    return "-".join(map(str, [*of[:5], *rate]))


def attempts(log: Path) -> dict[str, int]:
    """Return how often each trial was begun, by ``log_name``."""
    return {path.name: len(path.read_text().splitlines()) for path in log.iterdir()}


def trainer(log: Path) -> Callable[..., Iterator[Trial]]:
    """Return ``train`` for a pool, with its log."""
    return partial(train, log=log)


# Cases and commands


def few(cases: Iterable[Any], short: Container[Any]) -> list[Any]:
    """Return parameters of a test, of which some alone are tried in the short form."""
    import pytest

    slow = [pytest.mark.slow]
    return [pytest.param(one, id=str(one), marks=[] if one in short else slow) for one in cases]


NOT_SET = ("ADAACT_DATA_DIR", "GITHUB_STEP_SUMMARY", "MPLCONFIGDIR", "NO_PROXY", "no_proxy")


class Ended(NamedTuple):
    """How a command ended, and what it has said."""

    code: int
    out: str
    err: str


def shown(page: Path, folder: Path, word: str = "") -> list[list[str]]:
    """Write the files that a page shows, and return the arguments of its commands with a word."""
    text = page.read_text()
    blocks = r"^```(?:python|text)\n# (\w+\.\w+)\n(.*?)^```"
    for name, content in re.findall(blocks, text, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(content)
    return [
        shlex.split(line)
        for line in re.findall(rf"^adaact-bench (.*{word}.*)$", text, re.MULTILINE)
    ]
