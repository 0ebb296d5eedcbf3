"""Where do the numbers come from? Versions, machine, data, seeds, failures, wall times."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.data import title
from bench.reporting.columns import ACTIVATION, DATASET, PROTOCOL, Column
from bench.reporting.document import Block, Details, Heading, Prose, Table, folded
from bench.reporting.files import csv_files
from bench.reporting.inline import code, literal
from bench.reporting.wording import count, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reporting.view import View


def provenance(view: View) -> list[Block]:
    """Facts of the run, trials without a number, wall times and the files of raw values."""
    facts = view.results.provenance
    files = ", ".join(f"[{name}]({name})" for name in csv_files(view))
    return [
        Heading("Provenance"),
        provenance_table(facts),
        Prose(retries(facts["attempts"])),
        failures(view.trials, view.study),
        wall_times(facts["wall"]),
        Prose(f"Raw values: {files}."),
    ]


def provenance_table(provenance: Mapping[str, Any]) -> Table:
    """One fact a row: study, command, commit, versions, machine, data, date."""
    study = provenance["study"]
    facts = {
        "command": provenance["command"],
        "commit": provenance["commit"] or "not known",
        "trials": f"{study['done']:,} of {study['asked']:,} done, {study['failed']:,} failed",
        "trainer": study["trainer"],
        "fingerprint": study["fingerprint"],
    }
    for dataset in study["datasets"]:
        facts[f"seeds, {title(dataset)}"] = seed_ranges(study["seeds"][dataset])
        cap = study["epochs"].get(dataset)
        if cap is not None:
            facts[f"epochs at most, {title(dataset)}"] = str(cap)
    facts |= {f"machine, {name}": str(value) for name, value in provenance["machine"].items()}
    facts["versions"] = ", ".join(f"{n} {v}" for n, v in provenance["versions"].items())
    facts |= {f"data, {title(n)}": f"sha256 {sha}" for n, sha in provenance["data"].items()}
    facts["finished"] = str(provenance["finished"])
    values = [code(v) if name == "command" else literal(v) for name, v in facts.items()]
    frame = pd.DataFrame({"what": facts.keys(), "value": values})
    return Table(frame, [Column("what", words=True), Column("value", words=True, marked=True)])


def seed_ranges(seeds: Sequence[int]) -> str:
    """0 to 99; 3, 7 to 9."""
    runs: list[list[int]] = []
    for seed in sorted(seeds):
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def failures(trials: pd.DataFrame, study: Mapping[str, Any]) -> Block:
    """Trials without a number, each with its reason; the seeds of a cell not trained in one row."""
    wrong = trials[trials["status"] != "ok"]
    diverged = wrong["status"] == "diverged"
    wrong = wrong.assign(
        seed=wrong["seed"].astype(str),
        reason=wrong["reason"].mask(diverged, "its loss left the finite numbers"),
    )
    wrong = pd.concat([wrong, _missing(trials, study)])
    if wrong.empty:
        return Prose("Every trial that ran has its numbers.")
    return folded("Trials without a number", Table(wrong, FAILURES))


FAILURES = (
    DATASET,
    PROTOCOL,
    ACTIVATION,
    Column("seed"),
    Column("status", words=True),
    Column("reason", words=True),
)


def _missing(trials: pd.DataFrame, study: Mapping[str, Any]) -> pd.DataFrame:
    """The cells that were asked for more seeds than they have trials, one row each."""
    names = ["dataset", "protocol", "activation"]
    found = {cell: set(rows["seed"]) for cell, rows in trials.groupby(names)}
    rows = []
    for cell in product(*(study[f"{name}s"] for name in names)):
        lacking = set(study["seeds"][cell[0]]) - found.get(cell, set())
        if lacking:
            rows.append((*cell, seed_ranges(sorted(lacking)), "missing", "not trained"))
    return pd.DataFrame(rows, columns=[*names, "seed", "status", "reason"])


def retries(attempts: Sequence[Mapping[str, Any]]) -> str:
    """Which trials took more than one attempt; empty where none did."""
    if not attempts:
        return ""
    most = max(int(each["attempts"]) for each in attempts)
    return f"{count(len(attempts), 'trial')} took more than one attempt, at most {most}."


def wall_times(wall: Sequence[Mapping[str, Any]]) -> Details:
    """What each cell took while others were running: for planning, not for comparing."""
    frame = pd.DataFrame(wall, columns=["dataset", "protocol", "activation", "trials", "seconds"])
    columns = [DATASET, PROTOCOL, ACTIVATION, Column("trials"), WALL]
    return Details(
        "Wall time per cell: cells ran side by side, so these are not for comparing activations",
        Table(frame, columns),
    )


WALL = Column("wall time", ("seconds",), seconds)
