"""Are the published values typical of our trials?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.judging import FEWEST_RUNS
from bench.reporting.columns import (
    ACTIVATION,
    DATASET,
    PROTOCOL,
    VERDICT,
    Column,
    or_gap,
    runs,
    with_asked,
)
from bench.reporting.document import Block, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import ARM, activation_name, dataset_name, metric_title
from bench.reporting.sections.replay import claims_replayed
from bench.reporting.wording import count, equals, joined, number, probability, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from bench.reporting.view import View


def claims(view: View) -> list[Block]:
    """The published values with their verdicts, and what they come to.

    Nothing where they are Adaact's and Adaact was not trained.
    """
    if not (view.of_adaact or view.foreign):
        return []
    kinds = view.verdicts["kind"]
    figures, exacts = view.verdicts[kinds == "figure"], view.verdicts[kinds == "exact"]
    shown: list[Block] = []
    if len(figures):
        explained = EXPLAINED if view.foreign else f"{EXPLAINED} {OWN_RUN}"
        table = verdict_table(figures, view.asked, placed=view.foreign is not None)
        shown += [table, Prose(explained)]
    shown.append(Prose(exact(exacts)))
    if len(figures):
        text = reproduced(figures) + against_held_out(figures) + claims_replayed(figures)
        shown.append(Prose(text, "Are the paper's figures reproduced?"))
    return shown


def verdict_table(
    figures: pd.DataFrame, asked: Mapping[str, int], *, placed: bool = False
) -> Table:
    """One row per published value, with its verdict.

    Args:
        figures: Rows of claims.csv that are figures.
        asked: By data set: seeds asked for.
        placed: Whether to show activation, protocol and place, which differ in some papers.
    """
    optional = [column for column in OPTIONAL if (figures[column.sources[0]] != "").any()]
    whose, where = ([ACTIVATION, PROTOCOL], [PLACE]) if placed else ([], [])
    shown = [DATASET, *whose, *COLUMNS, *optional, *where]
    return Table(with_asked(figures, asked), shown)


def _with_one_more(median: float, low: float, high: float, decimals: int) -> str:
    """One digit more than published: the paper's own rounding stays visible."""
    return spread(median, low, high, decimals + 1)


COLUMNS = (
    Column("figure", ("metric",), metric_title, words=True),
    Column("paper", ("claimed", "decimals"), number),
    Column(
        "median [95 %]",
        ("median", "low", "high", "decimals"),
        _with_one_more,
    ),
    Column("runs", ("seeds", "asked"), runs),
    Column("p", ("p",), probability),
    VERDICT,
)
PLACE = Column("place", words=True)
OPTIONAL = (
    Column("held-out runs", ("held_out_verdict",), or_gap, words=True),
    Column("own run", ("replayed",), or_gap, words=True),
)


def claim_name(claim: pd.Series) -> str:
    """Return Bank Note test accuracy; of another activation than Adaact with its name."""
    name = f"{dataset_name(claim['dataset'])} {literal(metric_title(claim['metric']))}"
    whose = claim["activation"]
    return name if whose == ARM else f"{name} of {activation_name(whose)}"


def reproduced(figures: pd.DataFrame) -> str:
    """Are the paper's figures reproduced?

    Args:
        figures: Rows of claims.csv that are figures.
    """
    groups = {str(name): rows for name, rows in figures.groupby("verdict", sort=False)}
    if len(groups.get("not measured", ())) == len(figures):
        return "Not measured yet: no trial has one of the paper's figures."
    words = [f"{len(groups[name])} {name}" for name in ("reproduced", *_WANTING) if name in groups]
    text = f"Of {count(len(figures), 'figure')}: {', '.join(words)}."
    for name in _WANTING:
        if name in groups:
            text += f" {name.capitalize()}: {_by_reason(groups[name])}."
    good = groups.get("reproduced", figures[:0])
    few = good[good["seeds"] < FEWEST_RUNS]
    if len(few):
        rest = "rests" if len(few) == 1 else "rest"
        text += (
            f" {len(few)} of those reproduced {rest} on fewer than {FEWEST_RUNS} runs, too few to "
            "refute any figure."
        )
    return text


EXPLAINED = """
*Reproduced*: the paper's figure is an ordinary run among ours (p above .05). *Held-out runs*: the
same against runs whose test set decided nothing."""
OWN_RUN = "*Own run*: the paper's very run, made again in the software of its day."

_WANTING = ("not reproduced", "cannot tell", "not measured")


def _by_reason(claims: pd.DataFrame) -> str:
    """Figures that are not reproduced; those that share a reason share its mention."""
    told = []
    for reason in dict.fromkeys(claims["reason"]):
        rows = claims[claims["reason"] == reason]
        names = joined(_told(row) for _, row in rows.iterrows())
        told.append(f"{names} ({literal(reason)})" if reason else names)
    return "; ".join(told)


def _told(claim: pd.Series) -> str:
    """A figure by name; one that is not reproduced with what the runs say instead."""
    if claim["verdict"] != "not reproduced":
        return claim_name(claim)
    decimals = int(claim["decimals"])
    return (
        f"{claim_name(claim)} ({number(claim['claimed'], decimals)} published, "
        f"median {number(claim['median'], decimals + 1)}, p {equals(claim['p'])})"
    )


def against_held_out(figures: pd.DataFrame) -> str:
    """The same figures held against runs whose epoch the test set did not choose."""
    judged = figures[figures["held_out_verdict"] != ""]
    if judged.empty:
        return ""
    words = judged["held_out_verdict"].value_counts()
    return (
        f" Held against the held-out runs instead: {joined(f'{n} {w}' for w, n in words.items())}."
    )


def exact(counts: pd.DataFrame) -> str:
    """The counts of parameters, in one line; empty where no claim is a count.

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
