"""What is asked for: which trials make up a study, and what decides their results."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from baselines import ACTIVATIONS, DEFAULT
from bench import data
from bench.errors import UserError
from bench.records import TrialKey
from bench.training.own_activation import is_own, source_sha256
from bench.training.protocols import MOST_EPOCHS, PROTOCOLS
from bench.words import parse_names, parse_seeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEFAULT_PROTOCOLS = ("paper", "held-out")
TRAINERS = ("replicate", "keras")  # the first is the default
PROTOCOL_VERSION = 2  # raise it when a network, protocol, trainer or metric changes its results
LIBRARIES = ("tensorflow", "keras", "numpy", "scikit-learn")  # whose arithmetic makes a trial

TABLE_PROTOCOL = "held-out-scaled"
TABLE_SEEDS = 30  # seconds each on a small table; the family of four needs 8


class Cell(NamedTuple):
    """Trials that differ in their seed alone."""

    dataset: str
    protocol: str
    activation: str


def current_versions() -> dict[str, str]:
    """Return the versions that decide a trial's result, by name; imports none of the libraries."""
    libraries = {name: version(name) for name in LIBRARIES}
    return libraries | {"protocols": str(PROTOCOL_VERSION)}


@dataclass(frozen=True)
class Study:
    """The trials that one ``run`` was asked for.

    A study keeps the versions and data hashes that it was asked under, so that a report finds its
    trials also after a library was upgraded.

    Attributes:
        datasets: Names of data sets, as asked.
        protocols: Names of protocols, as asked.
        activations: Names of activations, as asked.
        seeds: By data set: its seeds.
        epochs: By data set: the cap on epochs, or None for the protocol's own.
        trainer: Name of the trainer.
        versions: ``current_versions()`` when the study was asked for.
        data: By data set: ``bench.data.fingerprint`` when the study was asked for.
        sources: By activation of the user's own: the sha256 of its module.
        hidden: Widths of the hidden layers; empty: each data set's own network.
        table: What a report says of a table of the user's own; decides no result.
    """

    datasets: tuple[str, ...]
    protocols: tuple[str, ...]
    activations: tuple[str, ...]
    seeds: Mapping[str, tuple[int, ...]]
    epochs: Mapping[str, int | None]
    trainer: str
    versions: Mapping[str, str] = field(default_factory=current_versions)
    data: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[int, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.data:
            hashes = {name: data.fingerprint(name) for name in self.datasets}
            object.__setattr__(self, "data", hashes)  # frozen for everybody else

    def cells(self) -> list[Cell]:
        """Return the cells in the order asked."""
        return [
            Cell(dataset, protocol, activation)
            for dataset in self.datasets
            for protocol in self.protocols
            for activation in self.activations
        ]

    def keys(self) -> list[TrialKey]:
        """Return the trials in the order asked, a cell's seeds one after the other."""
        return [TrialKey(*cell, seed) for cell in self.cells() for seed in self.seeds[cell.dataset]]

    def fingerprint(self, dataset: str, activation: str = "") -> str:
        """Return 16 hex digits of a hash over what decides a trial's result, beside its key.

        The same for all activations but the user's own, whose source is a part of it.

        Trials of different fingerprints never share a table.
        """
        basis: dict[str, Any] = {
            "trainer": self.trainer,
            "epochs": self.epochs[dataset],
            "data": self.data[dataset],
            "versions": dict(self.versions),
        }
        if activation in self.sources:
            basis["source"] = self.sources[activation]
        if self.hidden:
            basis["hidden"] = self.hidden
        return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Return the study as JSON; ``from_json`` gives it back."""
        fields = asdict(self)
        for later in ("sources", "hidden", "table"):  # a study without them reads as it did before
            if not fields[later]:
                del fields[later]
        return json.dumps(fields, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Study:
        """Return the study that ``to_json`` wrote."""
        fields = json.loads(text)
        for name in ("datasets", "protocols", "activations", "hidden"):
            fields[name] = tuple(fields.get(name, ()))
        fields["seeds"] = {name: tuple(seeds) for name, seeds in fields["seeds"].items()}
        return cls(**fields)


def default_study() -> Study:
    """Return the study that ``run`` means without options."""
    return Study(
        datasets=tuple(data.DATASETS),
        protocols=DEFAULT_PROTOCOLS,
        activations=DEFAULT,
        seeds={name: tuple(range(data.budget(name).seeds)) for name in data.DATASETS},
        epochs=dict.fromkeys(data.DATASETS),
        trainer=TRAINERS[0],
    )


def quick_study() -> Study:
    """Return the study that ``run --quick`` means: minutes, and too few seeds to judge by."""
    return replace(
        default_study(),
        seeds={name: tuple(range(data.budget(name).quick_seeds)) for name in data.DATASETS},
        epochs={name: data.budget(name).quick_epochs for name in data.DATASETS},
    )


def choose(
    study: Study,
    *,
    datasets: str | None = None,
    protocols: str | None = None,
    activations: str | None = None,
    seeds: str | None = None,
    epochs: int | None = None,
    trainer: str | None = None,
) -> Study:
    """Return what a command's options make of a study; what is None stays as it is.

    Args:
        study: The default or the quick study.
        datasets: Comma-separated names; so are ``protocols``.
        protocols: See above.
        activations: Comma-separated names and import strings ``module:function``, or ``all``.
        seeds: As ``parse_seeds`` reads them; a data set that it does not name keeps its own.
        epochs: A cap for all data sets, at least 1.
        trainer: One of ``TRAINERS``.

    Raises:
        UserError: A name, the seeds or the cap is not valid.
    """
    names = study.datasets
    if datasets is not None:
        names = parse_names(datasets, tuple(data.DATASETS), "--datasets")
    _check_cap(epochs)
    trainers = _names(trainer, TRAINERS, "--trainer")
    if len(trainers) > 1:
        raise UserError(f"--trainer: expected one name. Received: {trainer!r}.")
    chosen = study.activations if activations is None else _activations(activations)
    return replace(
        study,
        datasets=names,
        protocols=_names(protocols, tuple(PROTOCOLS), "--protocols") or study.protocols,
        activations=chosen,
        seeds={name: study.seeds[name] for name in names} | _seeds(seeds, names),
        epochs={name: _cap(epochs or study.epochs[name]) for name in names},
        trainer=trainers[0] if trainers else study.trainer,
        data={},  # hashed anew for the data sets chosen
        sources=_sources(chosen),
    )


def table_study(
    name: str,
    sha256: str,
    *,
    hidden: str,
    activations: str | None = None,
    seeds: str | None = None,
    epochs: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Study:
    """Return the study of a table of somebody's own.

    Args:
        name: What it is called.
        sha256: ``bench.data.table_sha256`` of it.
        hidden: Widths of the hidden layers, with commas between.
        activations: As ``choose``.
        seeds: As ``parse_seeds`` reads them.
        epochs: A cap, at least 1.
        facts: ``Study.table``.

    Raises:
        UserError: A name, a width, the seeds or the cap is not valid.
    """
    _check_cap(epochs)
    chosen = DEFAULT if activations is None else _activations(activations)
    return Study(
        datasets=(name,),
        protocols=(TABLE_PROTOCOL,),
        activations=chosen,
        seeds=parse_seeds(seeds or str(TABLE_SEEDS), (name,)),
        epochs={name: _cap(epochs)},
        trainer=TRAINERS[0],
        data={name: sha256},
        sources=_sources(chosen),
        hidden=_widths(hidden),
        table=facts or {},
    )


def _widths(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    widths = tuple(int(part) for part in parts if re.fullmatch("[0-9]{1,5}", part))
    if len(widths) < len(parts) or not all(widths):
        raise UserError(f"--hidden: expected widths from 1 on, as 64,32. Received: {text!r}.")
    return widths


def _sources(activations: Iterable[str]) -> dict[str, str]:
    return {name: source_sha256(name) for name in activations if is_own(name)}


def _check_cap(epochs: int | None) -> None:
    if epochs is not None and epochs < 1:
        raise UserError(f"--epochs: expected at least 1. Received: {epochs}.")


def _cap(epochs: int | None) -> int | None:
    """A cap that never binds is none: the protocol runs as it is."""
    return None if epochs is None or epochs >= MOST_EPOCHS else epochs


def _activations(text: str) -> tuple[str, ...]:
    if text.strip() == "all":
        return (*DEFAULT, *(name for name in ACTIVATIONS if name not in DEFAULT))
    own = tuple(name for name in map(str.strip, text.split(",")) if is_own(name))
    return parse_names(text, (*ACTIVATIONS, *own), "--activations")


def _names(text: str | None, known: tuple[str, ...], option: str) -> tuple[str, ...]:
    return () if text is None else parse_names(text, known, option)


def _seeds(text: str | None, datasets: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    return {} if text is None else parse_seeds(text, datasets)
