"""Where the numbers come from: versions, machine, data, seeds, failures, wall times."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd

from bench.data import title
from bench.reporting.names import activation_title, protocol_title
from bench.reporting.tables import details, folded, markdown
from bench.reporting.wording import count, seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def provenance_table(provenance: Mapping[str, Any]) -> str:
    """One fact a row: study, command, commit, versions, machine, data, date."""
    study = provenance["study"]
    facts = {
        "command": f"`{provenance['command']}`",
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
    return markdown(
        pd.DataFrame({"what": facts.keys(), "value": facts.values()}), ["what", "value"]
    )


def seed_ranges(seeds: Sequence[int]) -> str:
    """0 to 99; 3, 7 to 9."""
    runs: list[list[int]] = []
    for seed in sorted(seeds):
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def failures(trials: pd.DataFrame, study: Mapping[str, Any]) -> str:
    """Trials without a number, each with its reason; the seeds of a cell not trained in one row."""
    wrong = trials[trials["status"] != "ok"]
    diverged = wrong["status"] == "diverged"
    wrong = wrong.assign(
        seed=wrong["seed"].astype(str),
        reason=wrong["reason"].mask(diverged, "its loss left the finite numbers"),
    )
    wrong = pd.concat([wrong, _missing(trials, study)])
    if wrong.empty:
        return "Every trial that ran has its numbers."
    table = pd.DataFrame(
        {
            "data set": [title(name) for name in wrong["dataset"]],
            "protocol": [protocol_title(name) for name in wrong["protocol"]],
            "activation": [activation_title(name) for name in wrong["activation"]],
            "seed": list(wrong["seed"]),
            "status": list(wrong["status"]),
            "reason": list(wrong["reason"]),
        }
    )
    return folded("Trials without a number", table, [str(name) for name in table if name != "seed"])


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


def wall_times(wall: Sequence[Mapping[str, Any]]) -> str:
    """What each cell took while others were running: for planning, not for comparing."""
    table = pd.DataFrame(
        {
            "data set": [title(row["dataset"]) for row in wall],
            "protocol": [protocol_title(row["protocol"]) for row in wall],
            "activation": [activation_title(row["activation"]) for row in wall],
            "trials": [str(row["trials"]) for row in wall],
            "wall time": [seconds(row["seconds"]) for row in wall],
        }
    )
    return details(
        "Wall time per cell: cells ran side by side, so these are not for comparing activations",
        markdown(table, ["data set", "protocol", "activation"]),
    )
