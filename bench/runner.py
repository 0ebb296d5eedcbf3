"""Trains what a study lacks and stores it, block by block; fits the ceilings beside it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from bench.data import budget, load
from bench.records import Trial, TrialKey
from bench.training import ceilings
from bench.training.blocks import Block
from bench.training.executors import Outcome, Pool, run_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from bench.records import CeilingKey
    from bench.store import Store
    from bench.study import Study


def blocks(study: Study, missing: Iterable[TrialKey], data_dir: Path | None) -> list[Block]:
    """Groups trials into blocks, the longest first so that no worker idles at the end."""
    made = []
    for (dataset, protocol, activation), keys in groupby(missing, key=lambda key: key[:3]):
        seeds = tuple(key.seed for key in keys)
        size = budget(dataset).block_seeds if study.trainer == "replicate" else 1
        cap = study.epochs[dataset]
        rest = study.trainer, cap, data_dir, study.hidden
        made += [
            Block(dataset, protocol, activation, chunk, *rest) for chunk in _chunks(seeds, size)
        ]
    # A data set has smaller blocks where a seed takes longer.
    return sorted(made, key=lambda block: budget(block.dataset).block_seeds)


def _chunks(seeds: tuple[int, ...], size: int) -> list[tuple[int, ...]]:
    return [seeds[start : start + size] for start in range(0, len(seeds), size)]


def train(
    study: Study,
    store: Store,
    pool: Pool,
    *,
    data_dir: Path | None = None,
    timeout: float | None = None,
    on_outcome: Callable[[Outcome], None] = lambda _: None,
) -> None:
    """Trains every trial of a study that the store lacks.

    Each block is committed as it finishes: what is stored survives whatever happens next.

    Args:
        study: What is asked for.
        store: Where trials are kept.
        pool: Where blocks are run.
        data_dir: Folder of the data files.
        timeout: Seconds after which a block counts as hanging.
        on_outcome: Told of every block after it is stored.
    """
    wanted = blocks(study, store.missing(study), data_dir)
    for outcome in run_blocks(pool, wanted, timeout=timeout):
        trials = outcome.trials or _failed(outcome)
        store.add(
            trials,
            study.fingerprint(outcome.block.dataset, outcome.block.activation),
            seconds=outcome.seconds,
            attempts=outcome.attempts,
        )
        on_outcome(outcome)


def _failed(outcome: Outcome) -> list[Trial]:
    block = outcome.block
    return [
        Trial(TrialKey(*block.cell, seed), block.trainer, "failed", reason=outcome.reason)
        for seed in block.seeds
    ]


def fit_ceilings(
    study: Study, store: Store, wanted: Iterable[CeilingKey], *, data_dir: Path | None = None
) -> None:
    """Fits logistic regressions that the store lacks, one after the other.

    Each is committed as it is fitted.

    Args:
        study: What is asked for.
        store: Where they are kept.
        wanted: Of ``store.ceilings.missing(study)``; taken one by one, so it may show progress.
        data_dir: Folder of the data files.
    """
    for key in wanted:
        store.ceilings.add(ceilings.fit(load(key.dataset, data_dir), key), study)
