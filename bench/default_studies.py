"""Make the studies that ``run``, ``run --quick`` and ``compare`` mean without options."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from baselines import CLASSICAL, DEFAULT
from bench import data
from bench.study import HELD_OUT, TABLE_PROTOCOL, TRAINERS, Study
from bench.training.protocols import MOST_EPOCHS, PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT_PROTOCOLS = ("paper", "paper-clean", HELD_OUT, "held-out-tuned")
TABLE_STEPS = 10_000  # of gradient descent that a table's cap on epochs leaves room for
TABLE_BATCH = 32  # rows of a step on a table
TABLE_TRAIN_SHARE = 0.6  # of a table's rows are trained on


def default_study() -> Study:
    """Return the study that ``run`` means without options."""
    return Study(
        datasets=tuple(data.DATASETS),
        protocols=DEFAULT_PROTOCOLS,
        activations=DEFAULT,
        epochs=dict.fromkeys(data.DATASETS),
        trainer=TRAINERS[0],
        models=CLASSICAL,
        **_ranges(data.DATASETS),
    )


def quick_study() -> Study:
    """Return the study that ``run --quick`` means: some minutes, with few splits and seeds.

    The learning rates are not tuned.
    """
    return replace(
        default_study(),
        protocols=untuned(DEFAULT_PROTOCOLS),
        epochs={name: data.budget(name).quick_epochs for name in data.DATASETS},
        **_ranges(data.DATASETS, "quick_"),
    )


def untuned(protocols: Sequence[str]) -> tuple[str, ...]:
    """Return those of some protocols that train at the default learning rate alone."""
    return tuple(name for name in protocols if not PROTOCOLS[name].tunes)


def table_study(names: Sequence[str], hidden: tuple[int, ...]) -> Study:
    """Return the study that ``compare`` means without further options.

    Args:
        names: What the tables are called; their hashes in ``data`` are empty until they are read.
        hidden: Widths of the hidden layers.
    """
    return Study(
        datasets=tuple(names),
        protocols=(TABLE_PROTOCOL,),
        activations=DEFAULT,
        epochs=dict.fromkeys(names),
        trainer=TRAINERS[0],
        models=CLASSICAL,
        data=dict.fromkeys(names, ""),
        hidden=hidden,
        **_ranges(names) | {"seeds": dict.fromkeys(names, ())},
    )


def table_epochs(rows: int) -> int:
    """Return the cap on epochs of a table: on few rows 50 epochs end before training has.

    Early stopping ends nearly all trials before.
    """
    steps = -(-int(TABLE_TRAIN_SHARE * rows) // TABLE_BATCH)
    return max(MOST_EPOCHS, -(-TABLE_STEPS // steps))


def _ranges(names: Iterable[str], prefix: str = "") -> dict[str, Any]:
    """Return seeds, splits and seeds per split by data set, from 0, as the budgets have them."""
    budgets = {name: data.budget(name) for name in names}
    return {
        field: {name: tuple(range(getattr(one, prefix + field))) for name, one in budgets.items()}
        for field in ("seeds", "splits", "seeds_per_split")
    }
