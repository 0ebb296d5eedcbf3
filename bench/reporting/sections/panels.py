"""What did each data set give, protocol by protocol?"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.spread import mean_coverage
from bench.reporting import figures, regressions
from bench.reporting.columns import (
    ACTIVATION,
    BASELINE,
    IN_ROWS,
    PAIRS,
    Column,
    with_asked,
)
from bench.reporting.document import Block, Details, Heading, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import NO_NETS, dataset_name, metric_title, protocol_title
from bench.reporting.sections.times import medians
from bench.reporting.view import cell, published_ranges
from bench.reporting.wording import (
    count,
    number,
    probability,
    seconds,
    signed_spread,
    spread,
)
from bench.training.regressions import keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.reporting.view import View


def panels(view: View) -> list[Block]:
    """Every data set that was wanted, in order."""
    reasons = view.results.provenance["not_measured"]
    blocks: list[Block] = []
    for dataset in dict.fromkeys([*view.study["datasets"], *reasons]):
        parts = [
            block
            for protocol in view.study["protocols"]
            if len(cell(view.trials, dataset, protocol))
            for block in panel(view, dataset, protocol)
        ]
        why = reasons.get(dataset, "No trial of it has run.")
        blocks += [
            Heading(dataset_name(dataset)),
            *(parts or [Prose(f"**Not measured.** {literal(why)}")]),
        ]
    return blocks


def panel(view: View, dataset: str, protocol: str) -> list[Block]:
    """One data set under one protocol."""
    pairs = cell(view.pairs, dataset, protocol)
    learned = cell(view.coefficients, dataset, protocol)
    scored, histories = cell(view.scored, dataset, protocol), view.histories(dataset, protocol)
    blocks: list[Block] = [
        Heading(f"{dataset_name(dataset)}, {literal(protocol_title(protocol))} protocol", 3),
        Prose(SCORES if len(view.timings) else f"{SCORES} {UNTIMED}"),
        _scores(view, dataset, protocol),
        Prose(_note(view, dataset, protocol)),
    ]
    if len(pairs):
        blocks += [Prose(f"{SEED_BY_SEED} {coverage(pairs['pairs'])}")]
        blocks += [pair_table(pairs, view.asked)]
    published = published_ranges(view, dataset, protocol)
    blocks += figures.cell_pictures(histories, scored, published)
    if len(learned):
        blocks += [Details("Learned scalars over seeds", Table(learned, SCALARS))]
    return blocks


SCORES = "Medians over seeds with their intervals, on these rows."
UNTIMED = "Times are not measured."
SEED_BY_SEED = """
Seed by seed, on these rows; described, not corrected for the number of comparisons. P(Adaact ahead)
counts ties as one half."""


def _scores(view: View, dataset: str, protocol: str) -> Table:
    scored = cell(view.scored, dataset, protocol)
    epochs = scored.astype({"epochs": float}).groupby("activation")["epochs"].median()
    parts = [cell(table, dataset, protocol) for table in (view.spreads, view.ceiling_spreads)]
    return score_table(pd.concat(parts), epochs, medians(view.timings, dataset))


def _note(view: View, dataset: str, protocol: str) -> str:
    """The sentences on logistic regression."""
    if not keys(dataset, protocol, view.study["seeds"][dataset]):
        return regressions.TOO_MANY
    fits = cell(view.results.ceilings, dataset, protocol)
    return regressions.note(fits, cell(view.distances, dataset, protocol))


def score_table(spreads: pd.DataFrame, epochs: pd.Series, times: pd.DataFrame) -> Table:
    """Scores and times of every activation on one data set, under one protocol.

    Args:
        spreads: One row per metric and activation, as ``analysis.spread`` has them; some
            activations may be ``NO_NETS``.
        epochs: Median of the epochs that a trial ran; index activation.
        times: Median seconds; index activation, one column per timed operation; may have none.
    """
    by_metric = {
        str(metric): rows.set_index("activation")
        for metric, rows in spreads.groupby("metric", sort=False)
    }
    frame = by_metric["test_accuracy"][["n", "asked", "constant"]].copy()
    for metric, rows in by_metric.items():
        names = [metric, f"{metric}_low", f"{metric}_high"]
        frame[names] = rows[["median", "median_low", "median_high"]].astype(float)
    frame["epochs"] = epochs.reindex(frame.index)
    frame = frame.join(times.rename(columns=_seconds)).reset_index()
    tested = [_score(metric) for metric in by_metric if metric.startswith("test_")]
    timed = [Column(literal(name), (_seconds(name),), seconds) for name in map(str, times.columns)]
    return Table(frame, [ACTIVATION, RUNS, *tested, TRAIN, EPOCHS, *timed])


def _seconds(operation: str) -> str:
    """The name of an operation's column, which no other column has."""
    return f"seconds of {operation}"


def _score(metric: str) -> Column:
    return Column(
        literal(metric_title(metric)), (metric, f"{metric}_low", f"{metric}_high"), spread
    )


def _runs(scored: int, asked: float, constant: int, name: str) -> str:
    if name in NO_NETS:
        return count(scored, "split")
    return f"{scored} of {asked:.0f}{f' ({constant} constant)' if constant else ''}"


RUNS = Column("runs", ("n", "asked", "constant", "activation"), _runs)
TRAIN = Column("train accuracy", ("train_accuracy",), number)
EPOCHS = Column("epochs", ("epochs",), lambda value: number(value, 1).removesuffix(".0"))


def pair_table(pairs: pd.DataFrame, asked: Mapping[str, int]) -> Table:
    """Adaact minus each other activation, seed by seed, on these rows.

    Args:
        pairs: As ``analysis.pairs.paired_table`` has them, one data set and protocol.
        asked: By data set: seeds asked for.
    """
    return Table(with_asked(pairs, asked), PAIRED)


PAIRED = (
    BASELINE,
    PAIRS,
    Column("mean gap [95 %]", ("mean", "low", "high"), signed_spread),
    Column(IN_ROWS.heading, ("mean_rows",), IN_ROWS.text),
    Column(
        "P(Adaact ahead) [95 %]",
        ("superiority", "superiority_low", "superiority_high"),
        partial(spread, decimals=2),
    ),
    Column("sign-flip p", ("sign_flip_p",), probability),
)
SCALARS = (
    ACTIVATION,
    Column("scalar", ("coefficient",), words=True),
    Column("median [95 %]", ("median", "median_low", "median_high"), partial(spread, decimals=2)),
    Column(
        "from ... to",
        ("minimum", "maximum"),
        lambda low, high: f"{number(low, 2)} to {number(high, 2)}",
    ),
    Column("negative", ("negative", "n"), lambda below, n: f"{below} of {n}"),
    Column("changed sign", ("sign_flips",)),
    Column("correlation with start", ("correlation",), partial(number, decimals=2)),
)


def coverage(pairs: pd.Series) -> str:
    """What the bootstrap intervals beside mean gaps are worth with so few pairs.

    Args:
        pairs: Number of pairs of every comparison; the one with the fewest, but some, counts.
    """
    compared = pairs[pairs > 0]
    if compared.empty:
        return ""
    fewest = int(compared.min())
    share = mean_coverage(fewest)
    if math.isnan(share):
        return f"With {count(fewest, 'pair')} there is no interval for a mean."
    return (
        f"With {count(fewest, 'pair')}, intervals of a mean held the true mean in "
        f"{100 * share:.0f} % of cases in the worst of the worlds simulated."
    )
