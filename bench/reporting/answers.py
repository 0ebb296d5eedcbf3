"""The first screen's sentences on Adaact: against fixed activations, the leak, the collapse.

Each function turns rows into text and decides nothing that the rows don't say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.data import title
from bench.reporting.names import ARM, activation_title
from bench.reporting.wording import (
    count,
    in_rows,
    joined,
    number,
    scientific,
    signed_spread,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Mapping

    import pandas as pd

    _Row = Mapping[Hashable, Any]

NOT_HELD_OUT = "Not measured yet: the held-out protocol was not run."
NO_ADAACT = "Not measured: Adaact is not among the activations of this study."
NO_RUNS = "Not measured: the runs on held-out data that it takes have no number, or are not there."
LEAK = "Adaact's test accuracy at the epoch that the test loss chooses, minus the clean choice's:"


def unmeasured(activations: Collection[str], *, held_out: bool) -> str:
    """Why nothing is told of Adaact on held-out data, where nothing is.

    Args:
        activations: Those of the study.
        held_out: Whether any trial ran under a held-out protocol.
    """
    if ARM not in activations:
        return NO_ADAACT
    return NO_RUNS if held_out else NOT_HELD_OUT


def beats(headline: pd.DataFrame, comparisons: pd.DataFrame, otherwise: str) -> str:
    """Does Adaact beat the fixed activations, on new data?

    Args:
        headline: The tested family, as ``analysis.headline`` has it.
        comparisons: Rows of claims.csv that are comparison claims.
        otherwise: What to say where nothing was compared.
    """
    if (headline["verdict"] == "not measured").all():
        return otherwise
    found = _counted(headline, _OUTCOMES, lambda row: row["baseline"])
    text = f"Of {count(len(headline), 'comparison')} on held-out data Adaact is {found}."
    return f"{text} {adapts(comparisons)}".strip()


def contest(table: pd.DataFrame) -> str:
    """Does any activation under test beat the best fixed one; empty where nothing was compared.

    Args:
        table: As ``analysis.contest`` has it.
    """
    if table.empty:
        return ""
    arms = count(table["arm"].nunique(), "activation")
    found = _counted(table, _CONTESTS, _contestant)
    return f"Of {count(len(table), 'case')} ({arms} under test) the one tested is {found}."


def _counted(table: pd.DataFrame, phrases: Mapping[str, str], name: Callable[[_Row], str]) -> str:
    """How many rows have each verdict, with the names of their subjects by data set."""
    parts = []
    for word, phrase in phrases.items():
        rows = table[table["verdict"] == word]
        if len(rows):
            named = "; ".join(
                f"{title(str(dataset))}: {joined(map(name, group.to_dict('records')))}"
                for dataset, group in rows.groupby("dataset", sort=False)
            )
            parts.append(f"{phrase} in {len(rows)} ({named})")
    return joined(parts)


def _contestant(row: _Row) -> str:
    """An activation; one that is better with the gap to the best fixed one."""
    name = activation_title(str(row["arm"]))
    if row["verdict"] != "better":
        return name
    gap = signed_spread(row["estimate"], row["low"], row["high"])
    return f"{name}, {gap} against {row['rival']}"


_CONTESTS = {
    "better": "better than every fixed activation",
    "no better": "no better than the best fixed one, within the margin,",
    "cannot tell": "undecided",
    "not measured": "not measured",
}

_OUTCOMES = {
    "better": "better",
    "worse": "worse",
    "equivalent": "equivalent, within the margin,",
    "cannot tell": "undecided",
    "not measured": "not measured",
}


def adapts(comparisons: pd.DataFrame) -> str:
    """The paper's claims in words, each with its verdict; empty where there are none.

    Args:
        comparisons: Rows of claims.csv that are comparison claims.
    """
    told = []
    for _, row in comparisons.iterrows():
        why = f" ({row['reason']})" if row["reason"] else ""
        told.append(f"The claim “{row['text'] or row['place']}”: {row['verdict']}{why}.")
    return " ".join(told)


DESCRIBED = "What the paper's protocol gives instead, described and not tested:"


def described(spreads: pd.DataFrame, pairs: pd.DataFrame, rows: int) -> str:
    """Adaact against the activation with the highest median, in one cell: told, not tested.

    Args:
        spreads: Test accuracy of one data set and protocol, one row per activation, as
            ``analysis.spread`` has it.
        pairs: Adaact minus each other activation, as ``paired_table`` has it.
        rows: Test rows.
    """
    medians = spreads.set_index("activation")["median"].dropna()
    others = medians.drop(ARM, errors="ignore")
    if ARM not in medians or others.empty:
        return "Adaact and a fixed activation to compare it with are not both there."
    best = str(others.idxmax())
    gap = float(medians[ARM] - others[best])
    pair = pairs[pairs["baseline"] == best].iloc[0]
    return (
        f"{title(spreads['dataset'].iloc[0])}: median test accuracy {number(medians[ARM])} against "
        f"{number(others[best])} of {best}, the highest of the others "
        f"({in_rows(gap, rows)}); P(Adaact ahead) {number(pair['superiority'], 2)} "
        f"over {count(int(pair['pairs']), 'pair')}, ties one half."
    )


def leak(row: pd.Series, rows: int) -> str:
    """What choosing the epoch by the test set added to Adaact's accuracy on one data set.

    Args:
        row: Of ``analysis.leak``.
        rows: Test rows.
    """
    return (
        f"{title(row['dataset'])}: {signed_spread(row['leak'], row['low'], row['high'])} on "
        f"average, {in_rows(row['leak'], rows)}; the test set's choice scores higher "
        f"in {row['higher']}, the same in {row['equal']}, lower in {row['lower']} of "
        f"{count(int(row['pairs']), 'run')}."
    )


def collapse(trials: pd.DataFrame) -> str:
    """What Adaact is: how exactly its nets fold into one affine map.

    Args:
        trials: Adaact's rows of trials.csv, numbers only.
    """
    folded = trials.dropna(subset=["collapse_error"])
    if folded.empty:
        return (
            "Not measured yet: no trial holds the error of its fold. By algebra, an affine map of "
            "affine maps is one affine map: each of these nets is a logistic regression."
        )
    flips = int(folded["collapse_flips"].sum())
    changed = "no test row changes" if flips == 0 else f"{count(flips, 'test row')} in all changed"
    return (
        f"A logistic regression. Of {count(len(trials), 'trained Adaact net')} {len(folded):,} "
        f"{'was' if len(folded) == 1 else 'were'} folded into one affine map each: net and map "
        f"differ by at most {scientific(folded['collapse_error'].max())} of the largest logit"
        f"{_in_float32(folded)}, and {changed} class."
    )


def _in_float32(folded: pd.DataFrame) -> str:
    """The largest error of a map used in float32; empty where no trial holds it."""
    errors = folded.get("collapse_error_float32")
    if errors is None or errors.isna().all():
        return ""
    return f" ({scientific(errors.max())} where the map is used in float32)"
