"""Define what is asked for: which trials make up a study, and what decides their results."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from baselines import CLASSICAL, DEFAULT
from baselines.sklearn_models import TOLERANCE
from bench import data
from bench.rate_choice import (
    RATES,
    TUNING_SEEDS,
    Choice,
    choice_of,
    choices,
    chooses_once,
    class_rows,
    loss_of,
)
from bench.records import ACCURACY, LEARNING_RATE, NO_RATE, TrialKey
from bench.training import source_hash
from bench.training.protocols import PROTOCOLS, tuning_of
from bench.training.trainers import xla
from bench.training.trials import sklearn_trials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.records import Done

NOT_TUNED: Mapping[Choice, float] = MappingProxyType({})

HELD_OUT = "held-out"
TRAINERS = ("many-seeds", "keras")  # the first is the default
PROTOCOL_VERSION = 3  # raise it when a network, protocol, trainer or metric changes its results
LIBRARIES = ("tensorflow", "keras", "numpy", "scikit-learn")  # whose arithmetic makes a trial
CLASSICAL_VERSIONS = ("protocols", "scikit-learn", "numpy")  # that make a fit of scikit-learn's

MOST_DRAWN = 10  # activations whose learning curves fit a figure

TABLE_PROTOCOL = "held-out-scaled"


class Cell(NamedTuple):
    """Trials that differ in split, seed and learning rate alone."""

    dataset: str
    protocol: str
    activation: str


def current_versions() -> dict[str, str]:
    """Return the versions that decide a trial's result, by name; imports none of the libraries."""
    libraries = {name: version(name) for name in LIBRARIES}
    return libraries | {"protocols": str(PROTOCOL_VERSION)}


def what_decides(own: Sequence[str] = ()) -> dict[str, str | None]:
    """Return what must be the same on a worker as here.

    Args:
        own: Modules of the user's; None is returned of one that is not there.
    """
    return current_versions() | xla.arithmetic() | {name: source_hash.sha256(name) for name in own}


@dataclass(frozen=True)
class Study:
    """The trials that one ``run`` was asked for.

    A study keeps the versions and data hashes that it was asked under, so that a report finds its
    trials also after a library was upgraded.

    Attributes:
        datasets: Names of data sets, as asked.
        protocols: Names of protocols, as asked.
        activations: Names of activations, as asked.
        seeds: By data set: its seeds under protocols with one split.
        splits: By data set: its splits under the other protocols.
        seeds_per_split: By data set: the seeds of each of these splits.
        epochs: By data set: the cap on epochs, or None for the protocol's own.
        trainer: Name of the trainer.
        versions: ``current_versions()`` when the study was asked for.
        data: By data set: ``bench.data.fingerprint`` when the study was asked for.
        models: Names of scikit-learn's models that stand beside the networks.
        sources: By activation or model of the user's own: the sha256 of its module and imports.
        arithmetic: ``xla.arithmetic()`` when the study was asked for.
        hidden: Widths of the hidden layers; empty: each data set's own network.
        own_models: Those of ``activations`` that name models of the user's own.
        against: What all others are compared with; empty: what each question asks for.
        metric: Column of the trials that comparisons are about.
        tables: By table of the user's own: what a report says of it; decides no result.
    """

    datasets: tuple[str, ...]
    protocols: tuple[str, ...]
    activations: tuple[str, ...]
    seeds: Mapping[str, tuple[int, ...]]
    splits: Mapping[str, tuple[int, ...]]
    seeds_per_split: Mapping[str, tuple[int, ...]]
    epochs: Mapping[str, int | None]
    trainer: str
    models: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=current_versions)
    data: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    arithmetic: Mapping[str, str] = field(default_factory=xla.arithmetic)
    hidden: tuple[int, ...] = ()
    own_models: tuple[str, ...] = ()
    against: str = ""
    metric: str = ACCURACY
    tables: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.data:
            hashes = {name: data.fingerprint(name) for name in self.datasets}
            object.__setattr__(self, "data", hashes)  # frozen for everybody else

    def cells(self) -> list[Cell]:
        """Return the cells in the order asked, scikit-learn's models after the networks.

        A protocol that is not for a data set has no cell on it. A tuned one has the cells of its
        tuning trials before its own, and no models.
        """
        return [
            Cell(dataset, name, activation)
            for dataset in self.datasets
            for protocol in self.protocols
            if PROTOCOLS[protocol].covers(dataset)
            for name, activations in self._parts(dataset, protocol)
            for activation in activations
        ]

    def _parts(self, dataset: str, protocol: str) -> list[tuple[str, tuple[str, ...]]]:
        if PROTOCOLS[protocol].tunes:
            return [(name, self.activations) for name in (tuning_of(protocol), protocol)]
        return [(protocol, (*self.activations, *self._models(dataset)))]

    def keys(self, chosen: Mapping[Choice, float] = NOT_TUNED) -> list[TrialKey]:
        """Return the trials in the order asked, a cell's one after the other by split and seed.

        Args:
            chosen: The learning rates chosen so far, as ``chosen`` returns them.
        """
        cells = self.cells()
        return [TrialKey(*cell, *place) for cell in cells for place in self.places(cell, chosen)]

    def places(
        self, cell: Cell, chosen: Mapping[Choice, float] = NOT_TUNED
    ) -> list[tuple[int, int, float]]:
        """Return split, seed and learning rate of a cell's trials, ascending.

        Of a tuned protocol those at chosen rates other than the default: at the default, the trials
        of the protocol that it tunes are its own.
        """
        name, protocol = cell.dataset, PROTOCOLS[cell.protocol]
        one_split = protocol.one_split
        splits = (0,) if one_split else self.splits[name]
        seeds = (self.seeds if one_split else self.seeds_per_split)[name]
        if protocol.tunes_for:
            tuned = product(range(TUNING_SEEDS), (0,)), product(splits, range(TUNING_SEEDS))
            pairs = tuned[not chooses_once(name)]
            return [(*pair, rate) for pair in pairs for rate in RATES]
        if protocol.tunes:
            rates = {
                split: chosen.get(choice_of(*cell, split), LEARNING_RATE)
                for split in splits[: data.budget(name).tuned_splits]
            }
            pairs = product(rates, seeds)
            return [(*pair, rates[pair[0]]) for pair in pairs if rates[pair[0]] != LEARNING_RATE]
        if cell.activation in CLASSICAL:
            fitted = splits if data.budget(name).fit_each_split else splits[:1]
            return [(split, 0, NO_RATE) for split in fitted]
        rate = NO_RATE if cell.activation in self.own_models else LEARNING_RATE
        return [(*pair, rate) for pair in product(splits, seeds)]

    def shared_splits(self, cell: Cell, chosen: Mapping[Choice, float]) -> list[int]:
        """Return the splits in which a tuned cell's trials are those of the protocol it tunes."""
        splits = self.splits[cell.dataset][: data.budget(cell.dataset).tuned_splits]
        return [one for one in splits if chosen.get(choice_of(*cell, one)) == LEARNING_RATE]

    def chosen(self, stored: Mapping[TrialKey, Done]) -> dict[Choice, float]:
        """Return the learning rates that the tuning trials choose, as far as all were tried.

        Args:
            stored: As ``plan`` takes it; trials that are not for tuning count for nothing.
        """
        return choices(
            (
                choice_of(key.dataset, tuned, key.activation, key.split),
                key.learning_rate,
                loss_of(*done, class_rows(key.dataset, self.tables)),
            )
            for key, done in stored.items()
            if (tuned := PROTOCOLS[key.protocol].tunes_for)
        )

    def _models(self, dataset: str) -> list[str]:
        return [name for name in self.models if name in sklearn_trials.models(dataset)]

    @property
    def headline_protocol(self) -> str:
        """The protocol of the tested family: of a table of the user's own, the scaled one."""
        return HELD_OUT if set(self.datasets) <= set(data.DATASETS) else TABLE_PROTOCOL

    @property
    def compares(self) -> bool:
        """Whether the study asks for a comparison of the tested family, in accuracy."""
        method, *references = DEFAULT
        asked = set(self.activations)
        compared = method in asked and not asked.isdisjoint(references)
        compared = compared and not self.against and self.metric == ACCURACY
        return compared and self.headline_protocol in self.protocols

    @property
    def many_activations(self) -> bool:
        """Whether the study compares too many activations for learning curves and a plain table."""
        return len(self.activations) > MOST_DRAWN

    def drawn_protocol(self, dataset: str) -> str:
        """Return the protocol whose learning curves are drawn; empty with many activations."""
        covered = [name for name in self.protocols if PROTOCOLS[name].covers(dataset)]
        if self.many_activations or not covered:
            return ""
        return self.headline_protocol if self.headline_protocol in covered else covered[0]

    def fingerprint(self, dataset: str, activation: str = "") -> str:
        """Return 16 hex digits of a hash over what decides a trial's result, beside its key.

        The same for all activations but the user's own, whose source is a part of it. Of
        scikit-learn's models it holds what decides their fits alone.

        Networks of different fingerprints never share a table.
        """
        if activation in CLASSICAL:
            return hashed(self._basis_of_fits(dataset))
        basis: dict[str, Any] = {
            "trainer": self.trainer,
            "epochs": self.epochs[dataset],
            "data": self.data[dataset],
            "versions": dict(self.versions),
        }
        if activation in self.sources:
            basis["source"] = self.sources[activation]
        if activation in self.own_models:
            basis["model"] = True
        elif self.hidden:
            basis["hidden"] = self.hidden
        if self.arithmetic:
            basis["arithmetic"] = dict(self.arithmetic)
        return hashed(basis)

    def _basis_of_fits(self, dataset: str) -> dict[str, Any]:
        changed = {k: v for k, v in self.arithmetic.items() if k.startswith(xla.LIBRARIES)}
        return {
            "data": self.data[dataset],
            "iterations": data.budget(dataset).iterations,
            "tolerance": TOLERANCE,
            "versions": {name: self.versions.get(name) for name in CLASSICAL_VERSIONS},
        } | ({"arithmetic": changed} if changed else {})

    def to_json(self) -> str:
        """Return the study as JSON; ``from_json`` gives it back."""
        fields = asdict(self)
        return json.dumps(fields, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Study:
        """Return the study that ``to_json`` wrote."""
        fields = {"arithmetic": {}} | json.loads(text)  # older stores know of no such settings
        for name in ("datasets", "protocols", "activations", "models", "hidden", "own_models"):
            fields[name] = tuple(fields.get(name, ()))
        for name in ("seeds", "splits", "seeds_per_split"):
            fields[name] = {dataset: tuple(asked) for dataset, asked in fields[name].items()}
        return cls(**fields)


def is_part(study: Study, whole: Study) -> bool:
    """Return whether the trials of the tested family are among another study's.

    Only data sets that both studies have are looked at; without one there is no part.
    """
    shared = [name for name in study.datasets if name in whole.datasets]
    return bool(shared) and all(
        study.fingerprint(name) == whole.fingerprint(name)
        and set(study.splits[name]) <= set(whole.splits[name])
        and set(study.seeds_per_split[name]) <= set(whole.seeds_per_split[name])
        for name in shared
    )


def compares_the_same(study: Study, other: Study) -> bool:
    """Return whether another study compares the same trials, and maybe further ones."""
    wider = set(study.datasets) <= set(other.datasets)
    wider &= set(study.activations) <= set(other.activations)
    return wider and is_part(study, other) and is_part(other, study)


def hashed(basis: Mapping[str, Any]) -> str:
    """Return 16 hex digits of a hash over a mapping."""
    return hashlib.sha256(json.dumps(basis, sort_keys=True).encode()).hexdigest()[:16]
