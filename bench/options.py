"""Parse options: check what was typed and make one request of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from baselines import ACTIVATIONS, DEFAULT, FIXED
from bench.data import DATASETS
from bench.default_studies import untuned
from bench.errors import UserError, did_you_mean
from bench.records import ACCURACY
from bench.study import TRAINERS, Study
from bench.training.own_activation import is_own, meant, source_sha256
from bench.training.protocols import ASKED, PROTOCOLS
from bench.training.trials.metrics import COMPARED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMER_TRAINERS = {"replicate": "many-seeds"}  # names of before 0.2.0
TUNED = "held-out-tuned"  # what --tune adds to protocols of which none is tuned
MOST_IN_NAME = 3  # tables
LARGEST_SEED = 2**31 - 1  # the largest that NumPy, Keras and TensorFlow all take
MOST_SEEDS = 1_000_000  # of one cell; a slip of the keyboard must not fill the memory

MEASURES = {"log-loss" if n == "loss" else n.replace("_", "-"): f"test_{n}" for n in COMPARED}

_SEEDS = re.compile(r"([0-9]{1,99})(?::([0-9]{1,99}))?")


@dataclass(frozen=True)
class Request:
    """What ``run`` or ``compare`` was asked for.

    Attributes:
        study: The trials.
        results: Where results go.
        data_dir: Where data files are.
        workers: Worker processes; None: one per core.
        stall_timeout: Seconds without a finished epoch after which a job counts as hanging.
        scheduler: Address of a Dask scheduler whose workers train; None: this machine's.
        until: ``decided``: look at the verdicts, and grow the study while some are undecided; None:
            the study as asked.
        by_name: Whether the data sets were asked for by name: one that is missing is then an error.
        files: By data set of the study: its files, once they are located.
        not_measured: By data set that can't be had: why.

    Raises:
        UserError: An option is not valid.
    """

    study: Study
    results: Path
    data_dir: Path | None = None
    workers: int | None = None
    stall_timeout: float | None = None
    scheduler: str | None = None
    until: str | None = None
    by_name: bool = False
    files: Mapping[str, Mapping[str, Path]] = field(default_factory=dict)
    not_measured: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        workers, scheduler, timeout = self.workers, self.scheduler, self.stall_timeout
        if scheduler is not None and not re.fullmatch(r"[a-z]+://[^\s/]+:\d+", scheduler):
            raise UserError(f"--scheduler: expected tcp://HOST:PORT. Received: {scheduler!r}.")
        if scheduler is not None and workers is not None:
            raise UserError(
                "--workers: with --scheduler, the workers are the cluster's. Leave it out."
            )
        if timeout is not None and timeout <= 0:
            raise UserError(f"--stall-timeout: expected seconds above 0. Received: {timeout:g}.")
        if self.until and not self.study.compares:
            method, *references = DEFAULT
            raise UserError(
                f"--until: this study has nothing to decide. That takes {method}, one of "
                f"{', '.join(references)}, the protocol {self.study.headline_protocol}, and "
                "neither --against nor --metric."
            )


def table_name(file: str) -> str:
    """Return the name of a table: its file's, in characters that file names may have anywhere."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", Path(file).stem).strip("-") or "table"
    return f"{name}-table" if name in DATASETS else name


def table_names(files: Sequence[str]) -> dict[str, str]:
    """Return the file of each table by the table's name; of two of one name, one has a number.

    Raises:
        UserError: A file is there twice.
    """
    names: dict[str, str] = {}
    for place, file in enumerate(files):
        if file in files[:place]:
            raise UserError(f"compare: {file} is there twice. Name it once.")
        name = wanted = table_name(file)
        number = 1
        while name in names:
            number += 1
            name = f"{wanted}-{number}"
        names[name] = file
    return names


def folder_name(names: Sequence[str]) -> str:
    """Return what the folder of the results on some tables is called."""
    more = len(names) - MOST_IN_NAME
    return "-".join([*names[:MOST_IN_NAME], *([f"and-{more}-more"] if more > 0 else [])])


def choose(  # noqa: PLR0913 - one argument per option
    study: Study,
    *,
    datasets: str | None = None,
    protocols: str | None = None,
    activations: str | None = None,
    splits: str | None = None,
    seeds: str | None = None,
    epochs: int | None = None,
    trainer: str | None = None,
    tune: bool = False,
    models: str | None = None,
    against: str | None = None,
    metric: str | None = None,
) -> Study:
    """Return what a command's options make of a study; what is None stays as it is.

    Args:
        study: The default study, the quick one, or that of a table.
        datasets: Comma-separated names.
        protocols: Comma-separated names.
        activations: Comma-separated names and import strings ``module:function``, or ``all``.
        splits: As ``parse_splits`` reads them; a data set that it does not name keeps its own.
        seeds: As ``parse_seeds`` reads them; a data set that it does not name keeps its own. They
            are the seeds of the protocols with one split and those of each split of the others.
        epochs: A cap for all data sets in place of the protocol's own. The paper's split keeps the
            paper's cap where that is lower.
        trainer: One of ``TRAINERS``.
        tune: Whether the held-out protocols are tuned, too.
        models: Comma-separated import strings of models of the user's own, which stand among the
            activations. Without ``activations``, they stand beside the fixed ones.
        against: Name of an activation or model that all others are compared with.
        metric: What the comparisons are about; see ``MEASURES``.

    Raises:
        UserError: A name or a number is not valid.
    """
    study = _compared(study, activations, models, against, metric)
    study = replace(study, protocols=_protocols(study, protocols, tune=tune))
    names = study.datasets
    if datasets is not None:
        names = parse_names(datasets, tuple(DATASETS), "--datasets")
    study = _sized(_covered(study, names, by_name=datasets is not None), splits, seeds)
    if epochs is not None:
        study = replace(study, epochs=dict.fromkeys(study.datasets, epochs))
    if trainer is not None:
        trainer = _one_name(FORMER_TRAINERS.get(trainer, trainer), TRAINERS, "--trainer")
    return replace(study, trainer=trainer or study.trainer)


def _compared(
    study: Study,
    activations: str | None,
    models: str | None,
    against: str | None,
    metric: str | None,
) -> Study:
    """Return a study with what is compared, with what, and by which score."""
    own_models: tuple[str, ...] = ()
    if models is not None:
        own_models = parse_names(models, [*map(str.strip, models.split(","))], "--models")
    fixed = tuple(name for name in study.activations if name in FIXED)
    chosen = fixed if own_models else study.activations
    chosen = (*(chosen if activations is None else _activations(activations)), *own_models)
    if against is not None:
        parse_names(against, (*chosen, *study.models), "--against")
    if metric is not None:
        metric = MEASURES[_one_name(metric, tuple(MEASURES), "--metric")]
    return replace(
        study,
        activations=chosen,
        sources=_sources(chosen, own_models),
        own_models=own_models,
        against=against or "",
        metric=metric or study.metric,
    )


def _protocols(study: Study, asked: str | None, *, tune: bool) -> tuple[str, ...]:
    """Return the protocols asked for, each tuned one with the one that it tunes."""
    other = study.against or study.metric != ACCURACY
    names = untuned(study.protocols) if study.own_models or other else study.protocols
    names = names if asked is None else parse_names(asked, ASKED, "--protocols")
    tuned = [name for name in ASKED if tune and PROTOCOLS[name].tunes in names]
    pairs = [(PROTOCOLS[name].tunes, name) for name in (*names, *(tuned or [TUNED] * tune))]
    names = tuple(dict.fromkeys(name for pair in pairs for name in pair if name))
    if any(PROTOCOLS[name].tunes for name in names):
        if study.own_models:
            raise UserError("--tune: models of your own have rates of their own. Leave it out.")
        if other:
            raise UserError("--tune: it takes neither --against nor --metric. Leave it out.")
    return names


def _covered(study: Study, names: Sequence[str], *, by_name: bool) -> Study:
    """Return a study on those of some data sets that one of its protocols is for.

    Raises:
        UserError: There is none, or one that was asked for by name is not among them.
    """
    protocols = [PROTOCOLS[name] for name in study.protocols]
    covered = tuple(name for name in names if any(one.covers(name) for one in protocols))
    if not covered or (by_name and covered != names):
        wrong = next(name for name in names if name not in covered)
        raise UserError(
            f"--protocols: {' and '.join(study.protocols)} is not for {wrong}, which has an "
            "official test set. Add held-out."
        )
    by_data_set = ("seeds", "splits", "seeds_per_split", "epochs", "data")
    parts: dict[str, Any] = {
        field: {name: getattr(study, field)[name] for name in covered} for field in by_data_set
    }
    return replace(study, datasets=covered, **parts)


def _sized(study: Study, splits: str | None, seeds: str | None) -> Study:
    """Return a study with the splits and seeds asked for."""
    if splits is not None:
        if all(PROTOCOLS[name].one_split for name in study.protocols):
            told = " and ".join(study.protocols)
            raise UserError(f"--splits: there is one split under {told}. Leave it out.")
        study = replace(study, splits={**study.splits, **parse_splits(splits, study.datasets)})
    if seeds is not None:
        asked = parse_seeds(seeds, study.datasets)
        per_split = {**study.seeds_per_split, **asked}
        study = replace(study, seeds={**study.seeds, **asked}, seeds_per_split=per_split)
    for name in study.datasets:
        if len(study.splits[name]) * len(study.seeds_per_split[name]) > MOST_SEEDS:
            raise UserError(
                f"--splits, --seeds: at most {MOST_SEEDS} trials of each activation on {name}."
            )
    return study


def _activations(text: str) -> tuple[str, ...]:
    if text.strip() == "all":
        return (*DEFAULT, *(name for name in ACTIVATIONS if name not in DEFAULT))
    own = tuple(name for name in map(str.strip, text.split(",")) if is_own(name))
    return parse_names(text, (*ACTIVATIONS, *own), "--activations")


def _one_name(text: str, known: Sequence[str], option: str) -> str:
    (name, *others) = parse_names(text, known, option)
    if others:
        raise UserError(f"{option}: expected one name. Received: {text!r}.")
    return name


def _sources(chosen: Sequence[str], own_models: Sequence[str]) -> dict[str, str]:
    """Return the sha256 of the module of each activation and model of the user's own.

    Raises:
        UserError: There is no such module, or one is asked for as both.
    """
    if len(set(chosen)) < len(chosen):
        twice = next(name for name in own_models if chosen.count(name) > 1)
        raise UserError(f"--models: {twice} is among the activations too. Name it once.")
    options = {name: "--activations" for name in chosen if is_own(name)}
    options |= dict.fromkeys(own_models, "--models")
    return {name: source_sha256(name, option) for name, option in options.items()}


def parse_widths(text: str) -> tuple[int, ...]:
    """Read the widths of hidden layers, as ``"64,32"``.

    Raises:
        UserError: One is no whole number from 1 on.
    """
    parts = [part.strip() for part in text.split(",")]
    widths = tuple(int(part) for part in parts if re.fullmatch("[0-9]{1,5}", part))
    if len(widths) < len(parts) or not all(widths):
        raise UserError(f"--hidden: expected widths from 1 on, as 64,32. Received: {text!r}.")
    return widths


def parse_names(text: str, known: Sequence[str], option: str) -> tuple[str, ...]:
    """Split a comma-separated list of names.

    Args:
        text: What was typed, e.g. ``"adaact, relu"``.
        known: The names there are.
        option: Where it was typed, for the message, e.g. ``"--activations"``.

    Returns:
        The names in the order typed.

    Raises:
        UserError: A name is unknown, empty, or there twice.
    """
    names = tuple(name.strip() for name in text.split(","))
    for position, name in enumerate(names):
        if name not in known:
            hint = meant(name).strip() if "." in name else did_you_mean(name, known)
            raise UserError(f"{option}: unknown name {name!r}. {hint}")
        if name in names[:position]:
            raise UserError(f"{option}: {name} is there twice. Name it once.")
    return names


def parse_seeds(text: str, datasets: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Read the seeds asked for.

    Args:
        text: ``"10"`` (the ten seeds 0 to 9), ``"5:9"`` (5 to 9, both ends included), or either
            by data set, ``"banknote=100,mnist=0:9"``.
        datasets: The data sets asked for.

    Returns:
        By data set: its seeds, ascending. Of the form by data set, only those named.

    Raises:
        UserError: The text has another form, asks for no seed or for too many, or names a data
            set that is unknown, not asked for, or there twice.
    """
    return {name: _range(part, text) for name, part in _by_dataset(text, datasets, "--seeds")}


def parse_splits(text: str, datasets: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Read the splits asked for.

    Args:
        text: How many, ``"20"``, or how many by data set, ``"iris=50,banknote=100"``.
        datasets: The data sets asked for.

    Returns:
        By data set: its splits, from 0. Of the form by data set, only those named.

    Raises:
        UserError: As ``parse_seeds``.
    """
    asked = {}
    for name, part in _by_dataset(text, datasets, "--splits"):
        if not re.fullmatch("[0-9]{1,7}", part.strip()) or not 1 <= int(part) <= MOST_SEEDS:
            raise UserError(
                f"--splits: expected a number from 1 to {MOST_SEEDS}, or iris=50,banknote=100. "
                f"Received: {text!r}."
            )
        asked[name] = tuple(range(int(part)))
    return asked


def _by_dataset(text: str, datasets: Sequence[str], option: str) -> list[tuple[str, str]]:
    """Return each data set with its part of a text that may name data sets."""
    if "=" not in text:
        return [(name, text) for name in datasets]
    names, parts = zip(*(part.partition("=")[::2] for part in text.split(",")), strict=True)
    return list(zip(parse_names(",".join(names), datasets, option), parts, strict=True))


def _range(part: str, text: str) -> tuple[int, ...]:
    match = _SEEDS.fullmatch(part.strip())
    if not match:
        raise UserError(
            f"--seeds: expected N, FIRST:LAST, or banknote=100,mnist=10. Received: {text!r}."
        )
    first, last = int(match[1]), match[2]
    seeds = range(first, int(last) + 1) if last else range(first)
    if not seeds:
        raise UserError(f"--seeds: {part.strip()!r} asks for no seed at all. Ask for at least one.")
    if seeds[-1] > LARGEST_SEED or len(seeds) > MOST_SEEDS:
        raise UserError(
            f"--seeds: at most {MOST_SEEDS} seeds, none above {LARGEST_SEED}. Received: {text!r}."
        )
    return tuple(seeds)
