"""Plans what a study lacks as jobs, runs them on a pool, and stores each result as it comes."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from bench.data import DATASETS
from bench.records import Ceiling, Trial, TrialKey
from bench.training import regressions
from bench.training.blocks import Block
from bench.training.executors import Outcome, run_jobs
from bench.training.jobs import Regressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from bench.records import CeilingKey
    from bench.store import Store
    from bench.study import Study
    from bench.training.executors import Pool
    from bench.training.jobs import Job, Result

# Rough estimates, for order and size of jobs alone; no result depends on them.
SECONDS_PER_ROW = 2e-6  # and epoch: MNIST's network on one core
LIKELY_EPOCHS = 20  # early stopping ends most trials before
LEAST_SECONDS = 10.0  # of a piece: a smaller one spends most of its time on compilation


def plan(
    study: Study,
    trials: Iterable[TrialKey],
    fits: Iterable[CeilingKey],
    *,
    workers: int,
    data_dir: Path | None = None,
) -> list[Job]:
    """Return the jobs of what a study lacks, the longest first.

    A job is a whole cell, or all logistic regressions of a data set and protocol. Cutting one costs
    a compilation. So a job is cut only where it is longer than half of an equal share of the work
    from it on: the first jobs stay whole, the last ones become small, and no worker idles for long.

    Args:
        study: The study.
        trials: Those to train; a cell's are adjacent.
        fits: Logistic regressions to fit; those of a data set and protocol are adjacent.
        workers: How many jobs run at once.
        data_dir: Folder of the data files.
    """
    whole = sorted([*_blocks(study, trials, data_dir), *_regressions(fits, data_dir)], key=_order)
    rest = sum(job.seconds for job in whole)
    pieces = []
    for job in whole:
        pieces += cut(job, max(rest / (2 * workers), LEAST_SECONDS) if workers > 1 else rest)
        rest -= job.seconds
    return sorted(pieces, key=_order)


def cut(job: Job, most_seconds: float) -> list[Job]:
    """Cut a job into pieces of equal size that take at most so long, compilation apart."""
    keys = job.keys
    count = min(len(keys), -int(-job.seconds_each * len(keys) // most_seconds))
    if count <= 1:
        return [job]
    bounds = [len(keys) * place // count for place in range(count + 1)]
    return [job.only(frozenset(keys[start:end])) for start, end in pairwise(bounds)]


def _order(job: Job) -> float:
    return -job.seconds


def _blocks(study: Study, trials: Iterable[TrialKey], data_dir: Path | None) -> list[Job]:
    """Return one block a cell; with Keras, which shares nothing between seeds, one a trial."""
    made: list[Job] = []
    for (dataset, protocol, activation), keys in groupby(trials, key=lambda key: key[:3]):
        seeds = tuple(key.seed for key in keys)
        cap = study.epochs[dataset]
        rest = study.trainer, cap, data_dir, study.hidden, _seconds(study, dataset)
        parts = [(seed,) for seed in seeds] if study.trainer == "keras" else [seeds]
        made += [Block(dataset, protocol, activation, part, *rest) for part in parts]
    return made


def _seconds(study: Study, dataset: str) -> float:
    """Estimate the seconds of training one seed."""
    rows = DATASETS[dataset].rows if dataset in DATASETS else study.table.get("rows", 0)
    return SECONDS_PER_ROW * rows * min(study.epochs[dataset] or LIKELY_EPOCHS, LIKELY_EPOCHS)


def _regressions(fits: Iterable[CeilingKey], data_dir: Path | None) -> list[Job]:
    return [
        Regressions(tuple(keys), data_dir, regressions.seconds(dataset))
        for (dataset, _), keys in groupby(fits, key=lambda key: key[:2])
    ]


class Watch:
    """Told how a run goes on; does nothing with it."""

    def epoch(self, job: Job, epochs: Mapping[int, int]) -> None:
        """Hear of an epoch: ``{seed: epochs done}``."""

    def result(self, job: Job) -> None:
        """Hear of a result after it is stored."""

    def outcome(self, outcome: Outcome) -> None:
        """Hear of a job that has ended."""


def run(
    study: Study,
    store: Store,
    pool: Pool,
    jobs: Sequence[Job],
    *,
    stall: float | None = None,
    watch: Watch | None = None,
) -> None:
    """Run the jobs of a study and store each result.

    Each is committed as it comes: what is stored survives whatever happens next.

    Args:
        study: What is asked for.
        store: Where results are kept.
        pool: Where the jobs are run.
        jobs: As ``plan`` returns them.
        stall: Seconds without a finished epoch after which a job counts as hanging.
        watch: Told how the run goes on.
    """
    watch = watch or Watch()

    def keep(job: Job, result: Result, attempts: int) -> None:
        if isinstance(result.value, Ceiling):
            store.ceilings.add(result.value, study)
        else:
            _add(study, store, [result.value], seconds=result.seconds, attempts=attempts)
        watch.result(job)

    for outcome in run_jobs(pool, jobs, stall=stall, on_epoch=watch.epoch, on_result=keep):
        failed = _failed(outcome)
        if failed:
            _add(study, store, failed, seconds=outcome.seconds, attempts=outcome.attempts)
        watch.outcome(outcome)


def _add(
    study: Study, store: Store, trials: Sequence[Trial], *, seconds: float, attempts: int
) -> None:
    key = trials[0].key
    fingerprint = study.fingerprint(key.dataset, key.activation)
    store.add(trials, fingerprint, seconds=seconds, attempts=attempts)


def _failed(outcome: Outcome) -> list[Trial]:
    """Return what is stored of the trials that failed; of a fit, nothing is."""
    return [
        Trial(key, outcome.job.trainer, "failed", reason=outcome.reason)
        for key in outcome.missing
        if isinstance(key, TrialKey) and isinstance(outcome.job, Block)
    ]
