"""Scores of each data set under each protocol."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.spread import mean_coverage
from bench.reporting import figures, regressions
from bench.reporting.columns import (
    ACTIVATION,
    IN_ROWS,
    PAIRS,
    REFERENCE,
    TableColumn,
    with_asked,
)
from bench.reporting.document import Block, Details, Heading, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import NOT_NETWORKS, dataset_name, metric_title, protocol_title
from bench.reporting.sections.times import medians
from bench.reporting.view import in_panel, published_ranges
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
    """Return every data set that was asked for, in order."""
    reasons = view.results.provenance["not_measured"]
    blocks: list[Block] = []
    for dataset in dict.fromkeys([*view.study["datasets"], *reasons]):
        parts = [
            block
            for protocol in view.study["protocols"]
            if len(in_panel(view.trials, dataset, protocol))
            for block in panel(view, dataset, protocol)
        ]
        why = reasons.get(dataset, "None of its trials has finished.")
        blocks += [
            Heading(dataset_name(dataset)),
            *(parts or [Prose(f"**Not measured.** {literal(why)}")]),
        ]
    return blocks


def panel(view: View, dataset: str, protocol: str) -> list[Block]:
    """Return one data set under one protocol."""
    pairs = in_panel(view.pairs, dataset, protocol)
    learned = in_panel(view.coefficients, dataset, protocol)
    scored, histories = in_panel(view.scored, dataset, protocol), view.histories(dataset, protocol)
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
    blocks += figures.panel_pictures(histories, scored, published)
    if len(learned):
        blocks += [Details("Learned scalars over seeds", Table(learned, SCALARS))]
    return blocks


SCORES = "Medians over seeds; the 95 % intervals are about other seeds on the same rows."
UNTIMED = "Times are not measured."
SEED_BY_SEED = """
Differences between trials with the same seed, on these rows. They are described, not tested: no
correction for the number of comparisons. P(Adaact ahead) counts a tie as one half."""


def _scores(view: View, dataset: str, protocol: str) -> Table:
    scored = in_panel(view.scored, dataset, protocol)
    epochs = scored.astype({"epochs": float}).groupby("activation")["epochs"].median()
    parts = [in_panel(table, dataset, protocol) for table in (view.spreads, view.model_spreads)]
    return score_table(pd.concat(parts), epochs, medians(view.timings, dataset))


def _note(view: View, dataset: str, protocol: str) -> str:
    """Return the sentences on logistic regression."""
    if not keys(dataset, protocol, view.study["seeds"][dataset]):
        return regressions.TOO_MANY
    fits = in_panel(view.results.ceilings, dataset, protocol)
    return regressions.note(fits, in_panel(view.distances, dataset, protocol))


def score_table(spreads: pd.DataFrame, epochs: pd.Series, times: pd.DataFrame) -> Table:
    """Return scores and times of every activation on one data set, under one protocol.

    Args:
        spreads: One row per metric and activation, as ``analysis.spread`` has them; some
            activations may be ``NOT_NETWORKS``.
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
    timed = [
        TableColumn(literal(name), (_seconds(name),), seconds) for name in map(str, times.columns)
    ]
    return Table(frame, [ACTIVATION, TRIALS, *tested, TRAIN, EPOCHS, *timed])


def _seconds(operation: str) -> str:
    """Return the name of an operation's column, which no other column has."""
    return f"seconds of {operation}"


def _score(metric: str) -> TableColumn:
    return TableColumn(
        literal(metric_title(metric)), (metric, f"{metric}_low", f"{metric}_high"), spread
    )


def _trials(scored: int, asked: float, constant: int, name: str) -> str:
    if name in NOT_NETWORKS:
        return count(scored, "split")
    return f"{scored} of {asked:.0f}{f' ({constant} constant)' if constant else ''}"


TRIALS = TableColumn("trials", ("n", "asked", "constant", "activation"), _trials)
TRAIN = TableColumn("train accuracy", ("train_accuracy",), number)
EPOCHS = TableColumn("epochs", ("epochs",), lambda value: number(value, 1).removesuffix(".0"))


def pair_table(pairs: pd.DataFrame, asked: Mapping[str, int]) -> Table:
    """Return Adaact minus each other activation, paired by seed, on these rows.

    Args:
        pairs: As ``analysis.pairs.paired_table`` has them, one data set and protocol.
        asked: By data set: seeds asked for.
    """
    return Table(with_asked(pairs, asked), PAIRED)


PAIRED = (
    REFERENCE,
    PAIRS,
    TableColumn("mean gap [95 %]", ("mean", "low", "high"), signed_spread),
    TableColumn(IN_ROWS.heading, ("mean_rows",), IN_ROWS.text),
    TableColumn(
        "P(Adaact ahead) [95 %]",
        ("superiority", "superiority_low", "superiority_high"),
        partial(spread, decimals=2),
    ),
    TableColumn("sign-flip p", ("sign_flip_p",), probability),
)
SCALARS = (
    ACTIVATION,
    TableColumn("scalar", ("coefficient",), words=True),
    TableColumn(
        "median [95 %]", ("median", "median_low", "median_high"), partial(spread, decimals=2)
    ),
    TableColumn(
        "range",
        ("minimum", "maximum"),
        lambda low, high: f"{number(low, 2)} to {number(high, 2)}",
    ),
    TableColumn("negative", ("negative", "n"), lambda below, n: f"{below} of {n}"),
    TableColumn("changed sign", ("sign_flips",)),
    TableColumn("correlation with start", ("correlation",), partial(number, decimals=2)),
)


def coverage(pairs: pd.Series) -> str:
    """Return the coverage of the intervals of mean gaps with so few pairs.

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
        f"In our simulations the interval of a mean of {count(fewest, 'pair')} covered the true "
        f"mean at least {100 * share:.0f} % of the time."
    )
