"""Provenance: versions, machine, data, seeds, failures, wall times."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from bench.csv_columns import CELL
from bench.data import title
from bench.reporting.columns import ACTIVATION, DATASET, PROTOCOL, TableColumn
from bench.reporting.csv_files import csv_files
from bench.reporting.document import Block, Heading, Prose, Table, folded
from bench.reporting.inline import code, literal
from bench.reporting.view import View
from bench.reporting.wording import count, joined
from bench.training.protocols import PROTOCOLS


def provenance(view: View) -> list[Block]:
    """Return the facts of the study, trials without a score, wall times and raw files."""
    facts = view.results.provenance
    files = ", ".join(f"[{name}]({name})" for name in csv_files(view))
    return [
        Heading("Provenance"),
        provenance_table(facts),
        Prose(retries(facts["attempts"])),
        failures(view),
        Prose(f"Raw values: {files}. Wall times by cell: [provenance.json](provenance.json)."),
    ]


def provenance_table(provenance: Mapping[str, Any]) -> Table:
    """Return one fact a row: study, command, commit, versions, machine, data, date."""
    study = provenance["study"]
    facts = {
        "command": provenance["command"],
        "commit": provenance["commit"] or "not known",
        "trials": f"{study['done']:,} of {study['asked']:,} done, {study['failed']:,} in error",
        "trainer": study["trainer"],
        "fingerprint": study["fingerprint"],
    }
    for dataset in study["datasets"]:
        facts[f"seeds, {title(dataset)}"] = asked_for(study, dataset)
        cap = study["epochs"].get(dataset)
        if cap is not None:
            facts[f"epochs at most, {title(dataset)}"] = str(cap)
    facts |= {f"machine, {name}": str(value) for name, value in provenance["machine"].items()}
    facts["versions"] = versions(provenance)
    facts |= {f"data, {title(n)}": f"sha256 {sha}" for n, sha in provenance["data"].items()}
    facts["finished"] = str(provenance["finished"])
    return facts_table({n: code(v) if n == "command" else literal(v) for n, v in facts.items()})


def versions(provenance: Mapping[str, Any]) -> str:
    """Return the libraries with their versions."""
    return ", ".join(f"{name} {version}" for name, version in provenance["versions"].items())


def facts_table(facts: Mapping[str, str]) -> Table:
    """Return a table of facts, whose texts hold inline marks."""
    frame = pd.DataFrame({"what": facts.keys(), "value": facts.values()})
    columns = TableColumn("what", words=True), TableColumn("value", words=True, marked=True)
    return Table(frame, columns)


def seed_ranges(seeds: Sequence[int]) -> str:
    """Return seeds as ranges: 0 to 99; 3, 7 to 9."""
    known = np.array(sorted(seeds), int)
    ranges = np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if len(known) else []
    return ", ".join(f"{one[0]} to {one[-1]}" if len(one) > 1 else str(one[0]) for one in ranges)


def asked_for(study: Mapping[str, Any], dataset: str) -> str:
    """Return the seeds of protocols with one split, and splits and seeds of the others."""
    asked = [name for name in study["protocols"] if PROTOCOLS[name].covers(dataset)]
    single = [name for name in asked if PROTOCOLS[name].one_split]
    parts = [f"{joined(single)}: {seed_ranges(study['seeds'][dataset])}"] if single else []
    if len(single) < len(asked):
        splits, seeds = study["splits"][dataset], study["seeds_per_split"][dataset]
        parts.append(f"splits {seed_ranges(splits)}, seeds {seed_ranges(seeds)} in each")
    return "; ".join(parts)


def failures(view: View) -> Block:
    """Return trials without a score, each with its reason; what a cell lacks in one row."""
    trials = view.results.trials
    wrong = trials[trials["status"] != "ok"]
    why = wrong["reason"].mask(wrong["status"] == "diverged", DIVERGED)
    places = [f"{row.split}, {row.seed}" for row in wrong.itertuples()]
    wrong = wrong.assign(trial=places, reason=why)
    wrong = pd.concat([wrong, _missing(view)])
    if wrong.empty:
        return Prose("No trial ended without a score.")
    return folded("Trials without a score", Table(wrong, FAILURES))


DIVERGED = "its loss became infinite or not a number"
FAILURES = (
    DATASET,
    PROTOCOL,
    ACTIVATION,
    TableColumn("split, seed", ("trial",), words=True),
    TableColumn("status", words=True),
    TableColumn("reason", words=True),
)


def _missing(view: View) -> pd.DataFrame:
    """Return the cells that lack trials, one row each."""
    found = view.trials.groupby(list(CELL)).size()
    rows = []
    for cell in product(*(view.study[f"{name}s"] for name in CELL)):
        lacking = view.asked(*cell) - int(found.get(cell, 0))
        if lacking > 0:
            rows.append((*cell, count(lacking, "trial"), "missing", "not trained"))
    return pd.DataFrame(rows, columns=[*CELL, "trial", "status", "reason"])


def retries(attempts: Sequence[Mapping[str, Any]]) -> str:
    """Return how many trials took more than one attempt; empty where none did."""
    if not attempts:
        return ""
    most = max(int(each["attempts"]) for each in attempts)
    return f"{count(len(attempts), 'trial')} took more than one attempt, at most {most}."
