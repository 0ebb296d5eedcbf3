"""Define what the JSON files of a results folder hold, and read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NotRequired, TypeVar

from pydantic import Field, FiniteFloat, TypeAdapter, ValidationError

# pydantic asks for this one: Python's own lacks what it needs before 3.12.
from typing_extensions import TypedDict

from bench.escapes import visible
from bench.exports.files import FileError, opened, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sized
    from pathlib import Path

MOST_BYTES = 64 << 20  # pytest-benchmark's file of a whole timing run has 0.4 MB

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,200}$")]
Filled = Annotated[str, Field(min_length=1)]
Whole = Annotated[int, Field(ge=0, lt=2**63)]
Counted = Annotated[int, Field(ge=1, lt=2**63)]
Share = Annotated[FiniteFloat, Field(ge=0, le=1)]
Amount = Annotated[FiniteFloat, Field(ge=0)]
Duration = Annotated[FiniteFloat, Field(gt=0)]


class Asked(TypedDict):
    """What was asked for and what was done: ``study`` of ``provenance.json``."""

    datasets: list[Name]
    protocols: list[Name]
    activations: list[Name]
    models: list[Name]
    seeds: dict[Name, list[Whole]]
    splits: dict[Name, list[Whole]]
    seeds_per_split: dict[Name, list[Whole]]
    epochs: dict[Name, Counted | None]
    trainer: Name
    fingerprint: str
    asked: Whole
    done: Whole
    failed: Whole
    hidden: list[Counted]
    own_models: NotRequired[list[Name]]
    against: NotRequired[str]
    metric: NotRequired[Name]


class OwnColumn(TypedDict):
    """A column of a table of the user's own, and what became of it."""

    name: str
    kind: str
    values: Whole
    gaps: Whole
    done: str
    inputs: Whole


class OwnGroups(TypedDict):
    """The groups of rows that stay on one side of every split."""

    column: str
    number: Counted
    of_rows: list[Whole]


class OwnTable(TypedDict):
    """A table of the user's own: one of ``tables`` of ``provenance.json``."""

    name: Name
    rows: Counted
    inputs: Counted
    classes: Annotated[dict[str, Counted], Field(min_length=1)]
    positive: str
    source: str
    columns: list[OwnColumn]
    groups: NotRequired[OwnGroups]
    notes: list[str]


class Attempts(TypedDict):
    """A trial that took more than one attempt."""

    attempts: Counted


class Wall(TypedDict):
    """Seconds that a cell took."""

    dataset: Name
    protocol: Name
    activation: Name
    trials: Whole
    seconds: Amount


class Provenance(TypedDict):
    """``provenance.json``."""

    command: str
    commit: str | None
    versions: dict[str, str]
    machine: dict[str, str | Whole]
    data: dict[Name, str]
    not_measured: dict[Name, str]
    study: Asked
    wall: list[Wall]
    attempts: list[Attempts]
    finished: str | None
    tables: NotRequired[dict[Name, OwnTable]]


class Extra(TypedDict, total=False):
    """What the timing benchmarks add to pytest-benchmark's own numbers."""

    dataset: Filled
    activation: Filled
    operation: str
    competitor: Filled
    reference: str
    paired: bool
    accuracy: Share
    f1: Share
    epochs: Amount
    compile_seconds: Amount
    peak_bytes: Amount
    logistic_accuracy: Share
    epochs_to_logistic: Amount
    seconds_to_logistic: Amount


class Stats(TypedDict):
    """pytest-benchmark's numbers."""

    median: Duration
    iqr: Amount
    min: Duration
    rounds: Counted
    data: NotRequired[list[Duration]]


class Benchmark(TypedDict):
    """One timing benchmark."""

    name: str
    group: str | None
    extra_info: Extra
    stats: Stats


class Timing(TypedDict):
    """``timing.json``: what is used of pytest-benchmark's JSON."""

    benchmarks: list[Benchmark]
    quick: NotRequired[bool]


class Run(TypedDict):
    """One of the paper's own runs, repeated."""

    dataset: Name
    seed: Whole
    epochs: Counted
    best_epoch: Counted
    train_loss: Amount
    train_accuracy: Share
    test_loss: Amount
    test_accuracy: Share
    test_f1: Share
    parameters: Whole
    parameters_trainable: Whole
    parameters_first_layer: Whole
    parameters_output_layer: Whole
    initial: dict[str, FiniteFloat]
    history: dict[str, list[FiniteFloat]]


class Replay(TypedDict):
    """``replay.json``: the paper's own runs again, and their software."""

    software: dict[str, str]
    runs: list[Run]


Record = TypeVar("Record", Provenance, Timing, Replay)


def read(path: Path, kind: type[Record]) -> Record:
    """Read a JSON file.

    Keys that the kind does not name are left out.

    Raises:
        FileError: A field is missing, of a wrong type or out of bounds, or contradicts another.
        OSError: The file cannot be read.
        ValueError: It is no regular file, or longer than any of ours.
    """
    with opened(path, MOST_BYTES, longest_line=MOST_BYTES) as stream:
        text = stream.read()
    try:
        record = TypeAdapter(kind).validate_json(text, strict=True)
    except ValidationError as error:
        raise _fault(error) from error
    if kind is Provenance:
        _check_provenance(record)
    elif kind is Replay:
        _check_replay(record)
    return record


def _fault(error: ValidationError) -> FileError:
    first = error.errors(include_url=False)[0]
    place = ".".join(visible(str(part))[:80] for part in first["loc"] if part != "[key]")
    message = first["msg"][:1].lower() + first["msg"][1:]
    if first["type"] in ("missing", "json_invalid") or not place:
        return FileError(message, field=place)
    return FileError(f"{message}, not {shown(first['input'])}", field=place)


def _check_provenance(record: Provenance) -> None:
    study = record["study"]
    for count, number in (("done", study["done"]), ("failed", study["failed"])):
        if number > study["asked"]:
            raise FileError(f"{number} of {study['asked']} trials", field=f"study.{count}")
    for name in ("seeds", "splits", "seeds_per_split", "epochs"):
        _require(study[name], study["datasets"], f"study.{name}")


def _require(known: Mapping[str, Sized | int | None], asked: Iterable[str], field: str) -> None:
    for name in asked:
        if name not in known:
            raise FileError("field required", field=f"{field}.{name}")


def _check_replay(record: Replay) -> None:
    known = set()
    for place, run in enumerate(record["runs"]):
        if run["dataset"] in known:
            raise FileError(f"{run['dataset']} has a run already", field=f"runs.{place}.dataset")
        known.add(run["dataset"])
        _require(run["history"], ["val_accuracy"], f"runs.{place}.history")
        for name, curve in run["history"].items():
            if len(curve) != run["epochs"]:
                text = f"has {len(curve)} values for {run['epochs']} epochs"
                raise FileError(text, field=f"runs.{place}.history.{visible(name)[:80]}")
