"""What a careful reader must be told, each point with its measured number.

Each function turns rows into one sentence or two, and into an empty text where the rows that it
needs are not there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.spread import mean_coverage
from bench.data import title
from bench.reporting.names import ARM
from bench.reporting.wording import count, in_rows, joined, number, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

COLLAPSED = 0.5
"""Below it a run is taken to have collapsed; the sets have two, three and ten classes."""


def linear(spreads: pd.DataFrame, rows: int) -> str:
    """Adaact beside the activation ``linear``: the same functions without k0 and k1.

    Args:
        spreads: Test accuracy of one data set and protocol, one row per activation.
        rows: Test rows.
    """
    medians = spreads.set_index("activation")["median"].dropna()
    if not {ARM, "linear"} <= set(medians.index):
        return ""
    gap = float(medians[ARM] - medians["linear"])
    return (
        f"{title(spreads['dataset'].iloc[0])}: Adaact's median test accuracy is "
        f"{number(medians[ARM])}, that of `linear` {number(medians['linear'])} "
        f"({in_rows(gap, rows)})."
    )


def looks(trials: pd.DataFrame, histories: pd.DataFrame) -> str:
    """How often the test set was looked at, and what the epochs after the chosen one score.

    Args:
        trials: Adaact's trials of one data set under the paper's protocol, numbers only.
        histories: Their epochs; val_accuracy is then accuracy on the test set.
    """
    if trials.empty or histories.empty:
        return ""
    chosen = histories["seed"].map(trials.set_index("seed")["best_epoch"])
    at = histories[histories["epoch"] == chosen].set_index("seed")["val_accuracy"]
    after = histories[histories["epoch"] > chosen].groupby("seed")["val_accuracy"].mean()
    gains = (at - after).dropna()
    low, high = int(trials["epochs"].min()), int(trials["epochs"].max())
    times = f"{low} times" if low == high else f"{low} to {high} times"
    text = f"{title(trials['dataset'].iloc[0])}: a run looked at the test set {times}"
    if gains.empty:
        return f"{text}; none trained on after the epoch it kept."
    return (
        f"{text}; the epoch kept scores {signed(gains.mean())} on average against the epochs "
        f"after it (of {count(len(gains), 'run')} that went on, {int((gains > 0).sum())} scored "
        f"less afterwards, {int((gains < 0).sum())} more)."
    )


def seeds(trials: pd.DataFrame, claimed: float) -> str:
    """How far single runs of the same network lie apart.

    Args:
        trials: Adaact's trials of one data set and protocol, numbers only.
        claimed: Published test accuracy; NaN where there is none.
    """
    if trials.empty:
        return ""
    scores = trials["test_accuracy"]
    text = (
        f"{title(trials['dataset'].iloc[0])}: over {count(len(scores), 'seed')} test accuracy runs "
        f"from {number(scores.min())} to {number(scores.max())}"
    )
    if pd.notna(claimed):
        text += f" (published, from one seed: {number(claimed, 3)})"
    collapsed, constant = int((scores < COLLAPSED).sum()), int(trials["constant"].sum())
    if collapsed or constant:
        text += (
            f"; {count(collapsed, 'run')} ended below {COLLAPSED}, and "
            f"{count(constant, 'run')} predicted one class for every row"
        )
    return f"{text}."


def resolution(dataset: str, rows: int, claim: pd.Series | None) -> str:
    """What one test row weighs, and how far the finite test set leaves a published figure open.

    Args:
        dataset: Its name.
        rows: Test rows.
        claim: The row of claims.csv on test accuracy; None where there is none.
    """
    text = f"{title(dataset)}: one of the {rows:,} test rows weighs {number(1 / rows)}"
    if claim is None or pd.isna(claim["test_low"]):
        return f"{text}."
    return (
        f"{text}; what scores {number(claim['claimed'], 3)} on them can score "
        f"{number(claim['test_low'], 3)} to {number(claim['test_high'], 3)} on new rows "
        "(exact binomial, 95 %)."
    )


def identifiability(coefficients: pd.DataFrame) -> str:
    """How Adaact's learned scalars scatter over seeds.

    Args:
        coefficients: As ``analysis.coefficients``, one data set and protocol, Adaact's rows.
    """
    if coefficients.empty:
        return ""
    parts = (
        f"{row['coefficient'].replace('_', ' of layer ')} {number(row['minimum'], 2)} to "
        f"{number(row['maximum'], 2)} ({row['negative']} below 0, {row['sign_flips']} changed sign)"
        for _, row in coefficients.iterrows()
    )
    runs = count(int(coefficients["n"].max()), "run")
    return f"{title(coefficients['dataset'].iloc[0])}, {runs}: {'; '.join(parts)}."


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


def restored(trials: pd.DataFrame, versions: Mapping[str, str]) -> str:
    """How often restoring the best weights mattered, and under which Keras.

    Args:
        trials: Adaact's trials under the paper's protocol, numbers only.
        versions: Library versions.
    """
    if trials.empty:
        return ""
    earlier = int((trials["best_epoch"] < trials["epochs"]).sum())
    used = joined(
        f"{name} {versions[name]}" for name in ("keras", "tensorflow") if name in versions
    )
    return (
        f"In {earlier} of {count(len(trials), 'Adaact run')} the epoch kept is not the last one"
        f"{f' ({used})' if used else ''}."
    )
