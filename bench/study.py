"""What is asked for: which trials make up a study, and what decides their results."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from baselines import DEFAULT
from bench import data
from bench.records import TrialKey

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def table_study(name: str, hidden: tuple[int, ...]) -> Study:
    """Return the study that ``compare`` means without further options.

    Args:
        name: What the table is called; its hash in ``data`` is empty until it is read.
        hidden: Widths of the hidden layers.
    """
    return Study(
        datasets=(name,),
        protocols=(TABLE_PROTOCOL,),
        activations=DEFAULT,
        seeds={name: tuple(range(TABLE_SEEDS))},
        epochs={name: None},
        trainer=TRAINERS[0],
        data={name: ""},
        hidden=hidden,
    )
