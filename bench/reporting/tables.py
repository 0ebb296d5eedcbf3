"""Tables: rows in, aligned Markdown out. CSV files hold the raw values, the page rounded ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from tabulate import tabulate

from bench.data import title
from bench.reporting.names import NO_NETS, activation_title, metric_title
from bench.reporting.wording import (
    GAP,
    count,
    number,
    out_of,
    probability,
    seconds,
    signed,
    signed_spread,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONG = 12  # rows from which on a table is folded away


def markdown(table: pd.DataFrame, words: Sequence[str] = ()) -> str:
    """A pipe table, aligned in the source too.

    Args:
        table: Texts only; the column names are the head.
        words: Columns that read from the left; numbers stand at the right.
    """
    cells = [[_escaped(text) for text in row] for row in table.itertuples(index=False)]
    return tabulate(
        cells,
        headers=[_escaped(column) for column in table.columns],
        tablefmt="pipe",
        colalign=["left" if column in words else "right" for column in table.columns],
        disable_numparse=True,
    )


def _escaped(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def details(summary: str, body: str) -> str:
    """A part that a Git host folds away until it is clicked."""
    return f"<details>\n<summary>{summary}</summary>\n\n{body}\n\n</details>"


def folded(summary: str, table: pd.DataFrame, words: Sequence[str] = ()) -> str:
    """A table, folded away where it is long."""
    text = markdown(table, words)
    return details(f"{summary} ({len(table)} rows)", text) if len(table) > LONG else text


def verdict_table(figures: pd.DataFrame, asked: Mapping[str, int]) -> str:
    """One row per published figure, with its verdict.

    Args:
        figures: Rows of claims.csv that are figures.
        asked: By data set: seeds asked for; also for the tables that follow.
    """
    spreads = zip(_triples(figures, "median", "low", "high"), figures["decimals"], strict=True)
    published = zip(figures["claimed"], figures["decimals"], strict=True)
    table = pd.DataFrame(
        {
            "data set": [title(name) for name in figures["dataset"]],
            "figure": [metric_title(name) for name in figures["metric"]],
            "paper": [number(value, decimals) for value, decimals in published],
            # One digit more than published: the paper's own rounding stays visible.
            "median [95 %]": [spread(*row, decimals + 1) for row, decimals in spreads],
            "runs": _counts(figures, "seeds", asked),
            "p": [probability(p) for p in figures["p"]],
            "verdict": [f"**{verdict}**" for verdict in figures["verdict"]],
        }
    )
    words = ["data set", "figure", "verdict"]
    if (figures["held_out_verdict"] != "").any():
        table["held-out runs"] = [verdict or GAP for verdict in figures["held_out_verdict"]]
        words.append("held-out runs")
    if (figures["replayed"] != "").any():
        table["own run"] = [verdict or GAP for verdict in figures["replayed"]]
        words.append("own run")
    return markdown(table, words)


def _counts(table: pd.DataFrame, column: str, asked: Mapping[str, int]) -> list[str]:
    """How many runs a row is made of, beside how many were asked for where those are more."""
    pairs = zip(table[column], table["dataset"], strict=True)
    return [out_of(n, asked.get(dataset)) for n, dataset in pairs]


def _triples(table: pd.DataFrame, a: str, b: str, c: str) -> list[tuple[float, float, float]]:
    """Three columns of numbers, row by row."""
    return list(zip(*(table[name].astype(float) for name in (a, b, c)), strict=True))


def score_table(spreads: pd.DataFrame, epochs: pd.Series, times: pd.DataFrame) -> str:
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
    first = by_metric["test_accuracy"]
    columns = {
        "activation": [activation_title(str(name)) for name in first.index],
        "runs": list(map(_runs, first.index, first["n"], first["asked"], first["constant"])),
    }
    for metric, rows in by_metric.items():
        if metric.startswith("test_"):
            numbers = _triples(rows, "median", "median_low", "median_high")
            columns[metric_title(metric)] = [spread(*row) for row in numbers]
    columns["train accuracy"] = [number(value) for value in by_metric["train_accuracy"]["median"]]
    columns["epochs"] = [
        number(value, 1).removesuffix(".0") for value in epochs.reindex(first.index)
    ]
    for operation in times.columns:
        columns[operation] = [seconds(value) for value in times[operation].reindex(first.index)]
    return markdown(pd.DataFrame(columns), ["activation"])


def _runs(name: str, scored: int, asked: int, constant: int) -> str:
    if name in NO_NETS:
        return count(scored, "split")
    return f"{scored} of {asked}{f' ({constant} constant)' if constant else ''}"


def pair_table(pairs: pd.DataFrame, asked: Mapping[str, int]) -> str:
    """Adaact minus each other activation, seed by seed, on these rows.

    Args:
        pairs: As ``analysis.pairs.paired_table`` has them, one data set and protocol.
        asked: As for ``verdict_table``.
    """
    gaps = _triples(pairs, "mean", "low", "high")
    ahead = _triples(pairs, "superiority", "superiority_low", "superiority_high")
    table = pd.DataFrame(
        {
            "Adaact minus": [activation_title(name) for name in pairs["baseline"]],
            "pairs": _counts(pairs, "pairs", asked),
            "mean gap [95 %]": [signed_spread(*row) for row in gaps],
            "in test rows": [signed(value, 1) for value in pairs["mean_rows"]],
            "P(Adaact ahead) [95 %]": [spread(*row, 2) for row in ahead],
            "sign-flip p": [probability(p) for p in pairs["sign_flip_p"]],
        }
    )
    return markdown(table, ["Adaact minus"])


def headline_table(headline: pd.DataFrame, asked: Mapping[str, int]) -> str:
    """The tested family: Adaact minus each baseline on every data set, on new data."""
    gaps = _triples(headline, "estimate", "low", "high")
    table = pd.DataFrame(
        {
            "data set": [title(name) for name in headline["dataset"]],
            "Adaact minus": [activation_title(name) for name in headline["baseline"]],
            "pairs": _counts(headline, "pairs", asked),
            "gap [95 %]": [signed_spread(*row) for row in gaps],
            "in test rows": [signed(value, 1) for value in headline["rows"]],
            "p (Holm)": [probability(p) for p in headline["p_holm"]],
            "margin": [number(value) for value in headline["margin"]],
            "verdict": [f"**{verdict}**" for verdict in headline["verdict"]],
        }
    )
    return markdown(table, ["data set", "Adaact minus", "verdict"])


def contest_table(contest: pd.DataFrame) -> str:
    """Each activation under test against the best fixed one, with what it costs."""
    gaps = _triples(contest, "estimate", "low", "high")
    columns = ["parameters", "rival_parameters", "epochs", "rival_epochs"]
    costs = [[number(value, 0) for value in row] for row in contest[columns].to_numpy()]
    table = pd.DataFrame(
        {
            "data set": [title(name) for name in contest["dataset"]],
            "activation": [activation_title(name) for name in contest["arm"]],
            "best fixed": [name or GAP for name in contest["rival"]],
            "pairs": [str(n) for n in contest["pairs"]],
            "gap [95 %]": [signed_spread(*row) for row in gaps],
            "in test rows": [signed(value, 1) for value in contest["rows"]],
            "p (Holm)": [probability(p) for p in contest["p_holm"]],
            "verdict": [f"**{verdict}**" for verdict in contest["verdict"]],
            "parameters": [f"{own} / {rival}" for own, rival, _, _ in costs],
            "epochs": [f"{own} / {rival}" for _, _, own, rival in costs],
        }
    )
    return markdown(table, ["data set", "activation", "best fixed", "verdict"])


def leak_table(leaks: pd.DataFrame, asked: Mapping[str, int]) -> str:
    """Test accuracy at the epoch that the test set chooses, minus that of the clean choice."""
    gaps = _triples(leaks, "leak", "low", "high")
    counts = leaks[["higher", "equal", "lower"]].itertuples(index=False)
    table = pd.DataFrame(
        {
            "data set": [title(name) for name in leaks["dataset"]],
            "activation": [activation_title(name) for name in leaks["activation"]],
            "runs": _counts(leaks, "pairs", asked),
            "mean leak [95 %]": [signed_spread(*row) for row in gaps],
            "in test rows": [signed(value, 1) for value in leaks["rows"]],
            "higher / equal / lower": [" / ".join(map(str, row)) for row in counts],
        }
    )
    return folded("The leak by data set and activation", table, ["data set", "activation"])


def coefficient_details(coefficients: pd.DataFrame) -> str:
    """Learned scalars over seeds, one row per scalar, folded away.

    Args:
        coefficients: As ``analysis.coefficients`` has them, one data set and protocol.
    """
    medians = _triples(coefficients, "median", "median_low", "median_high")
    ranges = coefficients[["minimum", "maximum"]].itertuples(index=False)
    counts = zip(coefficients["negative"], coefficients["n"], strict=True)
    table = pd.DataFrame(
        {
            "activation": [activation_title(name) for name in coefficients["activation"]],
            "scalar": list(coefficients["coefficient"]),
            "median [95 %]": [spread(*row, 2) for row in medians],
            "from ... to": [f"{number(low, 2)} to {number(high, 2)}" for low, high in ranges],
            "negative": [f"{below} of {n}" for below, n in counts],
            "changed sign": [str(n) for n in coefficients["sign_flips"]],
            "correlation with start": [number(r, 2) for r in coefficients["correlation"]],
        }
    )
    return details("Learned scalars over seeds", markdown(table, ["activation", "scalar"]))
