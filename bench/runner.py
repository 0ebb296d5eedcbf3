"""Make jobs of the trials to train, run them on a pool, and store each result as it comes."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from baselines import CLASSICAL
from bench.data import DATASETS
from bench.records import SCIKIT_LEARN, Done, Trial
from bench.training.pools.worker_pool import Outcome, run_jobs
from bench.training.trials import sklearn_trials
from bench.training.trials.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bench.records import TrialKey
    from bench.store import Store
    from bench.study import Study
    from bench.training.pools.jobs import Epochs, Result
    from bench.training.pools.worker_pool import Pool

# Rough estimates, for order and size of jobs alone; no result depends on them.
SECONDS_PER_ROW = 2e-6  # and epoch: MNIST's network on one core
LIKELY_EPOCHS = 20  # early stopping ends most trials before
LEAST_SECONDS = 10.0  # of a piece: a smaller one spends most of its time on compilation


def jobs(
    study: Study, keys: Iterable[TrialKey], *, workers: int, data_dir: Path | None = None
) -> list[Block]:
    """Return the jobs that train some trials of a study, the longest first.

    A job is a whole cell, or all of scikit-learn's models of a data set and protocol. Cutting one
    costs a compilation. So a job is cut only where it is longer than half of an equal share of the
    work from it on: the first jobs stay whole, the last ones become small, and no worker idles for
    long.

    Args:
        study: The study.
        keys: The trials to train; a cell's are adjacent.
        workers: How many jobs run at once.
        data_dir: Folder of the data files.
    """
    whole = sorted(_whole(study, keys, data_dir), key=_order)
    rest = sum(job.seconds for job in whole)
    pieces = []
    for job in whole:
        pieces += cut(job, max(rest / (2 * workers), LEAST_SECONDS) if workers > 1 else rest)
        rest -= job.seconds
    return sorted(pieces, key=_order)


def cut(job: Block, most_seconds: float) -> list[Block]:
    """Cut a job into pieces of equal size that take at most so long, compilation apart."""
    keys = job.keys
    count = min(len(keys), -int(-job.seconds_each * len(keys) // most_seconds))
    if count <= 1:
        return [job]
    bounds = [len(keys) * place // count for place in range(count + 1)]
    return [job.only(frozenset(keys[start:end])) for start, end in pairwise(bounds)]


def _order(job: Block) -> float:
    return -job.seconds


def _whole(study: Study, keys: Iterable[TrialKey], data_dir: Path | None) -> list[Block]:
    """Return one job a cell; with Keras, which shares nothing between trials, one a trial."""
    made: list[Block] = []
    fits: dict[tuple[str, str], list[TrialKey]] = {}
    for (dataset, protocol, activation), group in groupby(keys, key=lambda key: key[:3]):
        cell = tuple(group)
        if activation in CLASSICAL:
            fits.setdefault((dataset, protocol), []).extend(cell)
            continue
        cap = study.epochs[dataset]
        shape = study.hidden, activation in study.own_models
        rest = study.trainer, cap, data_dir, *shape, _seconds(study, dataset)
        parts = [(key,) for key in cell] if study.trainer == "keras" else [cell]
        made += [Block(part, *rest) for part in parts]
    for (dataset, _), together in fits.items():
        each = sklearn_trials.seconds(dataset)
        made.append(Block(tuple(together), SCIKIT_LEARN, data_dir=data_dir, seconds_each=each))
    return made


def _seconds(study: Study, dataset: str) -> float:
    """Estimate the seconds of one trial."""
    rows = (
        DATASETS[dataset].rows
        if dataset in DATASETS
        else study.tables.get(dataset, {}).get("rows", 0)
    )
    return SECONDS_PER_ROW * rows * min(study.epochs[dataset] or LIKELY_EPOCHS, LIKELY_EPOCHS)


class Watch:
    """Told how a run goes on; does nothing with it."""

    def epoch(self, job: Block, epochs: Epochs) -> None:
        """Hear of an epoch."""

    def result(self, job: Block) -> None:
        """Hear of a result after it is stored."""

    def outcome(self, outcome: Outcome) -> None:
        """Hear of a job that has ended."""


def run(
    study: Study,
    store: Store,
    pool: Pool,
    jobs: Sequence[Block],
    *,
    stall: float | None = None,
    watch: Watch | None = None,
) -> dict[TrialKey, Done]:
    """Run the jobs of a study, store each result, and return every trial as ``plan`` takes it.

    Each is committed as it comes: what is stored survives whatever happens next.

    Args:
        study: What is asked for.
        store: Where results are kept.
        pool: Where the jobs are run.
        jobs: As ``jobs`` returns them.
        stall: Seconds without a finished epoch after which a job counts as hanging.
        watch: Told how the run goes on.
    """
    watch = watch or Watch()
    found: dict[TrialKey, Done] = {}

    def add(trials: Sequence[Trial], *, seconds: float, attempts: int) -> None:
        key = trials[0].key
        fingerprint = study.fingerprint(key.dataset, key.activation)
        store.add(trials, fingerprint, seconds=seconds, attempts=attempts)
        found.update((trial.key, Done.of(trial.status, trial.scores)) for trial in trials)

    def keep(job: Block, result: Result, attempts: int) -> None:
        add([result.trial], seconds=result.seconds, attempts=attempts)
        watch.result(job)

    for outcome in run_jobs(pool, jobs, stall=stall, on_epoch=watch.epoch, on_result=keep):
        failed = _failed(outcome)
        if failed:
            add(failed, seconds=outcome.seconds, attempts=outcome.attempts)
        watch.outcome(outcome)
    return found


def _failed(outcome: Outcome) -> list[Trial]:
    """Return what is stored of the trials that failed."""
    trainer, reason = outcome.job.trainer, outcome.reason
    return [Trial(key, trainer, "failed", reason=reason) for key in outcome.missing]
