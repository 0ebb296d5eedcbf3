"""The parts of the report that repeat: one per data set, one per point of the fine print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from bench.data import title
from bench.reporting import cautions, ceilings, figures, tables, timings
from bench.reporting.names import ARM, protocol_title
from bench.reporting.view import cell
from bench.training.ceilings import keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.reporting.figures import Picture
    from bench.reporting.view import View

PAPER = "paper"  # the protocol by which the published figures came about


@dataclass(frozen=True)
class Part:
    """One data set under one protocol, as texts."""

    heading: str
    scores: str
    ceiling: str
    pairs: str
    coverage: str
    coefficients: str
    pictures: list[Picture]


@dataclass(frozen=True)
class Section:
    """One data set, as texts.

    Attributes:
        heading: Its name.
        missing: Why there is no part; empty where there is one.
        parts: One per protocol that ran.
    """

    heading: str
    missing: str
    parts: list[Part]


def sections(view: View, folder: Path) -> list[Section]:
    """Every data set that was wanted, in order; draws the figures into ``folder``."""
    reasons = view.results.provenance["not_measured"]
    made = []
    for dataset in dict.fromkeys([*view.study["datasets"], *reasons]):
        measured = [
            protocol
            for protocol in view.study["protocols"]
            if len(cell(view.trials, dataset, protocol))
        ]
        parts = [_part(view, dataset, protocol, folder) for protocol in measured]
        why = f"**Not measured.** {reasons.get(dataset, 'No trial of it has run.')}"
        made.append(Section(title(dataset), "" if parts else why, parts))
    return made


def _part(view: View, dataset: str, protocol: str, folder: Path) -> Part:
    """One data set under one protocol."""

    def mine(table: pd.DataFrame) -> pd.DataFrame:
        return cell(table, dataset, protocol)

    scored, pairs, learned = mine(view.scored), mine(view.pairs), mine(view.coefficients)
    epochs = scored.astype({"epochs": float}).groupby("activation")["epochs"].median()
    times = timings.medians(view.timings, dataset)
    spreads = pd.concat([mine(view.spreads), mine(view.ceiling_spreads)])
    note = ceilings.note(mine(view.results.ceilings), mine(view.distances))
    fitted = keys(dataset, protocol, view.study["seeds"][dataset])
    figure = published(view, dataset, protocol)
    return Part(
        heading=f"{title(dataset)}, {protocol_title(protocol)} protocol",
        scores=tables.score_table(spreads, epochs, times),
        ceiling=note if fitted else ceilings.TOO_MANY,
        pairs=tables.pair_table(pairs, view.asked) if len(pairs) else "",
        coverage=cautions.coverage(pairs["pairs"]),
        coefficients=tables.coefficient_details(learned) if len(learned) else "",
        pictures=figures.cell_pictures(view.histories(dataset, protocol), scored, figure, folder),
    )


def claim_on_test_accuracy(view: View, dataset: str, protocol: str) -> pd.Series | None:
    """The row of claims.csv on Adaact's test accuracy in one cell; None where there is none."""
    claims = cell(view.verdicts, dataset, protocol)
    wanted = (claims["kind"] == "figure") & (claims["metric"] == "test_accuracy")
    found = claims[wanted & (claims["activation"] == ARM)]
    return None if found.empty else found.iloc[0]


def published(view: View, dataset: str, protocol: str) -> float:
    """Adaact's published test accuracy in one cell; NaN where there is none."""
    claim = claim_on_test_accuracy(view, dataset, protocol)
    return float("nan") if claim is None else float(claim["claimed"])


def fine_print(view: View) -> dict[str, list[str]]:
    """The measured sentences of each caution, one per data set where rows are there."""
    measured = [name for name in view.study["datasets"] if len(view.arm(name, PAPER))]
    points: dict[str, list[str]] = {
        "linear": [],
        "looks": [],
        "seeds": [],
        "resolution": [],
        "scalars": [],
    }
    for name in measured:
        for point, text in _sentences(view, name):
            points[point] += [text] if text else []
    every = view.scored[(view.scored["protocol"] == PAPER) & (view.scored["activation"] == ARM)]
    restored = cautions.restored(every, view.results.provenance["versions"])
    return points | {"restored": [restored] if restored else []}


def _sentences(view: View, dataset: str) -> Iterator[tuple[str, str]]:
    trials, histories = view.arm(dataset, PAPER), view.histories(dataset, PAPER)
    spreads, learned = accuracies(view, dataset, PAPER), cell(view.coefficients, dataset, PAPER)
    claim, figure = claim_on_test_accuracy(view, dataset, PAPER), published(view, dataset, PAPER)
    rows = view.test_rows[dataset]
    yield "linear", ceilings.figures(cell(view.results.ceilings, dataset, PAPER))
    yield "linear", cautions.linear(spreads, rows)
    yield "looks", cautions.looks(trials, histories[histories["activation"] == ARM])
    yield "seeds", cautions.seeds(trials, figure)
    yield "resolution", cautions.resolution(dataset, rows, claim)
    yield "scalars", cautions.identifiability(learned[learned["activation"] == ARM])


def accuracies(view: View, dataset: str, protocol: str) -> pd.DataFrame:
    """The spread of test accuracy in one cell, one row per activation."""
    spreads = cell(view.spreads, dataset, protocol)
    return spreads[spreads["metric"] == "test_accuracy"]
