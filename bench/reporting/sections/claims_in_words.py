"""Do the paper's claims in words hold?"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from bench.analysis.coefficients import coefficient_names
from bench.csv_columns import INITIAL
from bench.data import title
from bench.published import load_published
from bench.reporting.columns import VERDICT, TableColumn, dagger
from bench.reporting.document import Block, Heading, Table
from bench.reporting.inline import literal
from bench.reporting.names import ADAACT, activation_title
from bench.reporting.reasons import AT_CAP
from bench.reporting.view import View
from bench.reporting.wording import count, gap, joined, number


def claims_in_words(view: View) -> list[Block]:
    """Every claim with its verdict and evidence; of another paper, those of its file."""
    told = []
    if view.foreign:
        rows = view.verdicts[view.verdicts["kind"] == "comparison"].to_dict("records")
        told = [
            (row["text"] or row["place"], _tested(row), _marked(row), row["reason"]) for row in rows
        ]
    elif view.of_adaact and not view.own:
        told = [(f"“{quote}”", tested, *check(view)) for quote, tested, check in STATEMENTS]
    table = Table(pd.DataFrame(told, columns=["claim", "tested", "verdict", "evidence"]), COLUMNS)
    return [Heading("The claims in words"), table] if told else []


def _tested(row: Mapping[Hashable, Any]) -> str:
    return f"{activation_title(row['activation'])} is not worse than the best fixed one"


def _marked(row: Mapping[Hashable, Any]) -> str:
    return f"{row['verdict']}{dagger(AT_CAP in row['reason'])}"


def compared(claims: pd.DataFrame) -> str:
    """Return the claims that an activation is not worse than the best fixed one, with verdicts.

    Args:
        claims: Rows of claims.csv that are comparisons.
    """
    told = []
    for row in claims.to_dict("records"):
        why = f" ({literal(row['reason'])})" if row["reason"] else ""
        told.append(f"The claim “{literal(row['text'] or row['place'])}”: {_marked(row)}{why}.")
    return " ".join(told)


COLUMNS = (
    TableColumn("the paper's words", ("claim",), words=True),
    TableColumn("we test it as", ("tested",), words=True),
    VERDICT,
    TableColumn("evidence", words=True),
)


def adapts(view: View) -> tuple[str, str]:
    """Return whether Adaact is not worse than the best fixed activation."""
    verdict, measured = claim_on_best(view)
    told = "an affine g is never relu, tanh or sigmoid, whatever k0 and k1"
    told += f"; {measured}" if measured else ""
    if view.tuned:
        told += f"; with tuned learning rates: {claim_on_best(view.tuned.view)[0]}"
    return verdict, told


def claim_on_best(view: View) -> tuple[str, str]:
    """Return verdict and evidence on “not worse than the best fixed activation”, as typed."""
    claims = view.verdicts[view.verdicts["kind"] == "comparison"]
    if claims.empty:
        return "not measured", ""
    row = claims.iloc[0]
    family = view.headline.set_index(["dataset", "reference"])
    place = (row["deciding_dataset"], row["deciding_reference"])
    if place not in family.index:
        return str(row["verdict"]), str(row["reason"])
    told = f"{title(place[0])}, against {activation_title(place[1])}: {gap(family.loc[place], 3)}"
    return _marked(row.to_dict()), told


def variance(view: View) -> tuple[str, str]:
    """Return whether the initial scalars have the variance 1 / fan_avg, which is 1 for one number.

    Within four standard errors of a variance, which normal draws would leave once in 16,000 times.
    """
    mine = view.networks[view.networks["activation"] == ADAACT]
    names = [f"{name}{INITIAL}" for name in coefficient_names(mine)]
    values = pd.Series(mine[names].to_numpy(float).ravel()).dropna().drop_duplicates()
    if len(values) < 2:
        return "not measured", ""
    found = float(values.var(ddof=1))
    holds = abs(found - 1) < 4 * (2 / (len(values) - 1)) ** 0.5
    told = (
        f"fan_avg of one number is 1; Keras' initializer gives variance {number(found, 2)} over "
        f"{count(len(values), 'initial value')}"
    )
    return ("holds" if holds else "does not hold"), told


def one_hidden_layer(view: View) -> tuple[str, str]:
    """Return on which data sets the paper's network has one hidden layer."""
    mine = view.networks[view.networks["activation"] == ADAACT]
    if "k0_2" not in mine or mine.empty:
        return "not measured", ""
    deep = mine.groupby("dataset", sort=False)["k0_2"].count() > 0
    names = joined(title(str(name)) for name in deep.index[deep])
    if not names:
        return "holds", "one hidden layer on every data set measured"
    word = "does not hold" if deep.all() else "holds in part"
    return word, f"two hidden layers on {names}"


def multiple_runs(_view: View) -> tuple[str, str]:
    """Return how many runs the notebook shows of each data set."""
    published = load_published()
    seeds = joined(f"{title(name)} {run.seed}" for name, run in published.items())
    return "not shown", f"the notebook shows one run of each data set, from one seed: {seeds}"


STATEMENTS: Sequence[tuple[str, str, Callable[[View], tuple[str, str]]]] = (
    (
        "adapts to the most suitable activation function according to the data-set",
        "Adaact is not worse than the best fixed activation on any data set",
        adapts,
    ),
    ("1-hidden layer", "each network has one hidden layer", one_hidden_layer),
    ("learned from multiple runs", "several runs of each network are reported", multiple_runs),
    (
        "k0 and k1 drawn with variance 1/fan_avg",
        "the initial k0 and k1 have that variance",
        variance,
    ),
)
"""The paper's words, what they are tested as, and what returns verdict and evidence."""
