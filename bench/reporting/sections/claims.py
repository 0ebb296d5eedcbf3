"""Are the published values typical of our trials?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.judging import FEWEST_RUNS
from bench.reporting.columns import (
    ACTIVATION,
    DATASET,
    PROTOCOL,
    VERDICT,
    TableColumn,
    of_asked,
    or_dash,
    with_asked,
)
from bench.reporting.document import Block, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import ADAACT, activation_name, dataset_name, metric_title
from bench.reporting.sections.replay import repeated_values
from bench.reporting.wording import count, equals, joined, number, probability, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View


def claims(view: View) -> list[Block]:
    """Return the published values with their verdicts, and a summary.

    There are none where they are Adaact's and Adaact was not trained.
    """
    if not (view.of_adaact or view.foreign):
        return []
    kinds = view.verdicts["kind"]
    published, exacts = view.verdicts[kinds == "figure"], view.verdicts[kinds == "exact"]
    shown: list[Block] = []
    if len(published):
        explained = EXPLAINED if view.foreign else f"{EXPLAINED} {REPETITION}"
        table = verdict_table(published, view.asked, placed=view.foreign is not None)
        shown += [table, Prose(explained)]
    shown.append(Prose(exact(exacts)))
    if len(published):
        text = reproduced(published) + against_held_out(published) + repeated_values(published)
        shown.append(Prose(text, "Are the published values reproduced?"))
    return shown


def verdict_table(
    published: pd.DataFrame, asked: Mapping[str, int], *, placed: bool = False
) -> Table:
    """Return one row per published value, with its verdict.

    Args:
        published: Rows of claims.csv on published values.
        asked: By data set: seeds asked for.
        placed: Whether to show activation, protocol and place, which differ in some papers.
    """
    optional = [column for column in OPTIONAL if (published[column.sources[0]] != "").any()]
    whose, where = ([ACTIVATION, PROTOCOL], [PLACE]) if placed else ([], [])
    shown = [DATASET, *whose, *COLUMNS, *optional, *where]
    return Table(with_asked(published, asked), shown)


def _with_one_more(median: float, low: float, high: float, decimals: int) -> str:
    """Return a median with one digit more than published, so that rounding stays visible."""
    return spread(median, low, high, decimals + 1)


COLUMNS = (
    TableColumn("value", ("metric",), metric_title, words=True),
    TableColumn("paper", ("claimed", "decimals"), number),
    TableColumn(
        "median [95 %]",
        ("median", "low", "high", "decimals"),
        _with_one_more,
    ),
    TableColumn("trials", ("seeds", "asked"), of_asked),
    TableColumn("p", ("p",), probability),
    VERDICT,
)
PLACE = TableColumn("place", words=True)
OPTIONAL = (
    TableColumn("held-out trials", ("held_out_verdict",), or_dash, words=True),
    TableColumn("repetition", ("replayed",), or_dash, words=True),
)


def claim_name(claim: pd.Series) -> str:
    """Return the name of a claim: Bank Note test accuracy, or MNIST test F1 of relu."""
    name = f"{dataset_name(claim['dataset'])} {literal(metric_title(claim['metric']))}"
    whose = claim["activation"]
    return name if whose == ADAACT else f"{name} of {activation_name(whose)}"


def reproduced(published: pd.DataFrame) -> str:
    """Return how many published values have which verdict.

    Args:
        published: Rows of claims.csv on published values.
    """
    groups = {str(name): rows for name, rows in published.groupby("verdict", sort=False)}
    if len(groups.get("not measured", ())) == len(published):
        return "Not measured yet: no trial has one of the published values."
    told = [f"{len(groups[name])} {name}" for name in ("reproduced", *_WANTING) if name in groups]
    text = f"Of {count(len(published), 'published value')}: {', '.join(told)}."
    for name in _WANTING:
        if name in groups:
            text += f" {name.capitalize()}: {_by_reason(groups[name])}."
    good = groups.get("reproduced", published[:0])
    few = good[good["seeds"] < FEWEST_RUNS]
    if len(few):
        rest = "rests" if len(few) == 1 else "rest"
        text += (
            f" {len(few)} of those reproduced {rest} on fewer than {FEWEST_RUNS} trials, too few "
            "to refute any value."
        )
    return text


EXPLAINED = """
*Reproduced*: the published value is typical among our trials (p > .05). *Held-out trials*: the same
check against trials that never used the test set for early stopping."""
REPETITION = "*Repetition*: the author's notebook, run again in the software of its day."

_WANTING = ("not reproduced", "cannot tell", "not measured")


def _by_reason(claims: pd.DataFrame) -> str:
    """Return the values that are not reproduced; those with one reason together."""
    told = []
    for reason in dict.fromkeys(claims["reason"]):
        rows = claims[claims["reason"] == reason]
        names = joined(_told(row) for _, row in rows.iterrows())
        told.append(f"{names} ({literal(reason)})" if reason else names)
    return "; ".join(told)


def _told(claim: pd.Series) -> str:
    """Return a value's name; where it is not reproduced, with the median of our trials."""
    if claim["verdict"] != "not reproduced":
        return claim_name(claim)
    decimals = int(claim["decimals"])
    return (
        f"{claim_name(claim)} ({number(claim['claimed'], decimals)} published, "
        f"median {number(claim['median'], decimals + 1)}, p {equals(claim['p'])})"
    )


def against_held_out(published: pd.DataFrame) -> str:
    """Return the verdicts against held-out trials."""
    judged = published[published["held_out_verdict"] != ""]
    if judged.empty:
        return ""
    counts = judged["held_out_verdict"].value_counts()
    return f" Against the held-out trials: {joined(f'{n} {name}' for name, n in counts.items())}."


def exact(counts: pd.DataFrame) -> str:
    """Return the counts of parameters in one line; empty where no claim is a count.

    Args:
        counts: Rows of claims.csv that are exact claims.
    """
    if counts.empty:
        return ""
    right = counts[counts["verdict"] == "exact"]
    text = f"Counts of parameters: {len(right)} of {len(counts)} exact"
    text += f" ({joined(f'{value:,.0f}' for value in right['claimed'])})" if len(right) else ""
    for _, row in counts[counts["verdict"] == "differs"].iterrows():
        text += (
            f"; {claim_name(row)} differs: {row['claimed']:,.0f} published, "
            f"{row['median']:,.0f} counted"
        )
    unknown = int((counts["verdict"] == "not measured").sum())
    return f"{text}; {unknown} not measured." if unknown else f"{text}."
