"""A million stand-in trials through pool, store, export and report; prints where time goes.

Usage: python docs/million_trials.py [TRIALS] [WORKERS]

Nothing is trained: a trial's numbers are drawn from its key. Everything else is what `run` does.
"""

from __future__ import annotations

import resource
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from bench import runner
from bench.cli.provenance import provenance
from bench.exports import export
from bench.records import Trial, TrialKey
from bench.store import Store
from bench.study import default_study
from bench.training.processes import ProcessPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.study import Study
    from bench.training.blocks import Block

ROWS = {"iris": (150, 38), "banknote": (1_372, 343)}  # all, and those of a test set
CELLS = 20  # two data sets, two protocols, five activations
SCORES = ("train_accuracy", "validation_accuracy", "test_accuracy", "test_f1")
LOSSES = ("train_loss", "validation_loss", "test_loss")
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")


def stand_in(block: Block, _on_epoch: Callable[[Mapping[int, int]], None]) -> Iterator[Trial]:
    """Yields a block's trials without training."""
    return map(_trial, block.keys)


def _trial(key: TrialKey) -> Trial:
    rng = np.random.default_rng(list("|".join(map(str, key)).encode()))
    rows, tested = ROWS[key.dataset]
    right = rng.random(tested) < 0.95
    outcomes = np.full(rows, -1, np.int8)
    outcomes[rng.permutation(rows)[:tested]] = right
    scores = dict.fromkeys(SCORES, float(right.mean())) | dict.fromkeys(LOSSES, float(rng.random()))
    if key.protocol != "paper":
        scores["leaked_test_accuracy"] = scores["test_accuracy"]
    epochs = int(rng.integers(5, 20))
    return Trial(
        key,
        "replicate",
        "ok",
        epochs=epochs,
        best_epoch=epochs - 2,
        scores=scores,
        parameters={"parameters": 63, "parameters_trainable": 63},
        history={name: rng.random(epochs).round(6).tolist() for name in CURVES},
        outcomes=outcomes,
    )


def study(trials: int) -> Study:
    """A study of so many trials in twenty cells."""
    names = tuple(ROWS)
    seeds = dict.fromkeys(names, tuple(range(trials // CELLS)))
    base = default_study()
    return replace(base, datasets=names, seeds=seeds, epochs=dict.fromkeys(names), data={})


def main(trials: int, workers: int) -> None:
    """Runs the stages, each timed."""
    asked = study(trials)
    with TemporaryDirectory() as folder:
        results = Path(folder)
        with Store(results / "trials.sqlite") as store:
            store.set_study(asked)
            pool = ProcessPool(workers, stand_in)
            jobs = runner.plan(asked, asked.keys(), (), workers=workers)
            try:
                list(runner.run_jobs(pool, [jobs[0].only(jobs[0].keys[:1])]))
                stage("pool and store", lambda: runner.run(asked, store, pool, jobs), trials)
            finally:
                pool.close()
            stage("what is missing?", lambda: store.missing(asked), trials)
            facts = provenance(asked, [], {})
            stage("export", lambda: export(store, asked, results, facts), trials)
        from bench.reporting import report

        stage("report", lambda: report.write_report(results), trials)
        for path in sorted(results.iterdir()):
            if path.is_file():
                print(f"{path.name}: {path.stat().st_size / 1e6:,.0f} MB")  # noqa: T201 - a script


def stage(name: str, work: Callable[[], object], trials: int) -> None:
    """Prints what a stage took, and the most memory that this process has held so far."""
    began = perf_counter()
    work()
    seconds = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{name}: {seconds:.1f} s, {trials / seconds:,.0f} trials/s, peak {peak:.2f} GB")  # noqa: T201 - a script


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(1_000_000, 2)[len(given) :])
