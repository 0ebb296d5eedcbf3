"""A million stand-in trials through pool, store, export and report; prints where time goes.

Usage: python -m docs.million_trials [TRIALS] [WORKERS]

Nothing is trained: a trial's numbers are drawn from its key, as in the tests. Everything else is
what `run` does.
"""

from __future__ import annotations

import resource
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from baselines import DEFAULT
from bench import runner
from bench.exports import export
from bench.next_trials import plan
from bench.store import Store
from bench.training.pools.process_pool import ProcessPool
from tests import helpers

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.study import Study

SETS = ("iris", "banknote")
CELLS = 20  # two data sets, two protocols, five activations
SEEDS = 10  # of each split


def study(trials: int) -> Study:
    """Return a study of so many trials in twenty cells."""
    size = trials // CELLS
    return helpers.study(
        dict.fromkeys(SETS, size),
        protocols=("paper", "held-out"),
        activations=DEFAULT,
        splits=dict.fromkeys(SETS, tuple(range(size // SEEDS))),
        seeds_per_split=dict.fromkeys(SETS, tuple(range(SEEDS))),
    )


def main(trials: int = 1_000_000, workers: int = 2) -> None:
    """Run the stages, each timed."""
    asked = study(trials)
    facts = {**helpers.FACTS, "data": dict(asked.data)}
    with TemporaryDirectory() as folder:
        results = Path(folder)
        with Store(results / "trials.sqlite") as store:
            store.set_study(asked)
            jobs = runner.jobs(asked, asked.keys(), workers=workers)
            with closing(ProcessPool(workers, helpers.train)) as pool:
                list(runner.run_jobs(pool, [jobs[0].only(jobs[0].keys[:1])]))
                stage("pool and store", lambda: runner.run(asked, store, pool, jobs), trials)
            stage("what is missing?", lambda: plan(asked, store.done(asked)), trials)
            stage("export", lambda: export(store, asked, results, facts), trials)
        from bench.reporting import report

        stage("report", lambda: report.write_report(results), trials)


def stage(name: str, work: Callable[[], object], trials: int) -> None:
    """Print what a stage took, and the most memory that this process has held so far."""
    began = perf_counter()
    work()
    seconds = perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{name}: {seconds:.1f} s, {trials / seconds:,.0f} trials/s, peak {peak:.2f} GB")  # noqa: T201 - a script


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
