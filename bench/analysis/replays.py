"""Compare the paper's own networks, repeated in the old TensorFlow, digit by digit.

This needs no statistics: a network from another seed or another initializer differs from the
published one in its first digits.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.published import Published
    from bench.records import Claim

DECIMALS = 3  # the paper prints its scores to three; to as many, all of a run has to come again
REPRODUCED, NOT_REPRODUCED = "reproduced", "not reproduced"
NO_AGREEMENT = -1  # agreement of numbers that not even round to one whole number

COLUMNS = [
    *("dataset", "seed", "figure", "epoch", "published", "decimals"),
    *("replayed", "difference", "agreed", "noise"),
]
RUN_COLUMNS = ["dataset", "seed", "figures", "full", "fewest", "verdict"]


def compare(runs: Sequence[Mapping[str, Any]], published: Mapping[str, Published]) -> pd.DataFrame:
    """Return published and replayed numbers side by side, one row a number.

    Args:
        runs: The runs of ``replay.json``; those of other data sets are passed over.
        published: As ``load_published`` returns it.

    Returns:
        ``dataset, seed`` (of the replay), ``figure, epoch`` (0: of the whole run), ``published,
        decimals`` (as printed), ``replayed`` (NaN where the run ended before), ``difference``,
        ``agreed`` (to how many decimals; -1: to none), ``noise``.
    """
    rows = [
        {"dataset": run["dataset"], "seed": run["seed"], **row}
        for run in runs
        if run["dataset"] in published
        for row in _rows(run, published[run["dataset"]])
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"noise": bool})


def _rows(run: Mapping[str, Any], published: Published) -> Iterator[dict[str, object]]:
    for (figure, epoch), value in published.figures.items():
        replayed = _figure(run, figure, epoch)
        yield {
            "figure": figure,
            "epoch": epoch,
            "published": float(value),
            "decimals": _decimals(value),
            "replayed": replayed,
            "difference": replayed - float(value),
            "agreed": agreement(value, replayed),
            "noise": figure in published.noise,
        }


def _figure(run: Mapping[str, Any], figure: str, epoch: int) -> float:
    if epoch == 0:
        return float(run[figure])
    after = run["history"].get(figure, ())
    return float(after[epoch - 1]) if epoch <= len(after) else float("nan")


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def agreement(published: Decimal, replayed: float) -> int:
    """Return to how many of the printed decimals a number agrees, or ``NO_AGREEMENT``.

    To d decimals: they are at most half a unit of the d-th apart.
    """
    if math.isnan(replayed):
        return NO_AGREEMENT
    gap = abs(Decimal(replayed) - published)
    steps = range(_decimals(published), -1, -1)
    return next((d for d in steps if gap <= Decimal(5).scaleb(-d - 1)), NO_AGREEMENT)


def judge(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return whether each run was replayed, one row a run.

    *Reproduced*: every number but rounding noise agrees to ``DECIMALS`` decimals, or to all that it
    was printed with. Else *not reproduced*.

    Args:
        comparison: As ``compare`` returns it.

    Returns:
        ``dataset, seed, figures`` (numbers compared, noise apart), ``full`` (those that agree in
        every printed decimal), ``fewest`` (decimals to which the others agree at least; NaN
        without others), ``verdict``.
    """
    rows = []
    judged = comparison[~comparison["noise"]]
    for (dataset, seed), run in judged.groupby(["dataset", "seed"], sort=False):
        full = run["agreed"] == run["decimals"]
        agrees = (run["agreed"] >= run["decimals"].clip(upper=DECIMALS)).all()
        fewest = run["agreed"].mask(full).min()  # NaN where all agree in full
        verdict = REPRODUCED if agrees else NOT_REPRODUCED
        rows.append((dataset, seed, len(run), int(full.sum()), fewest, verdict))
    return pd.DataFrame(rows, columns=RUN_COLUMNS)


def reproduced(claims: Sequence[Claim], comparison: pd.DataFrame) -> list[str]:
    """Return for each claim *reproduced*, *not reproduced*, or nothing where no replay tells.

    A published value was reproduced if its network was, and if it rounds to what the claim says. A
    single value of another network says nothing.

    Args:
        claims: Only values of the published networks can be reproduced.
        comparison: As ``compare`` returns it.
    """
    verdicts = judge(comparison).set_index("dataset")["verdict"]
    rows = comparison[comparison["epoch"] == 0].itertuples()
    whole = {(row.dataset, row.figure): (row.published, row.replayed) for row in rows}
    return [_reproduced(claim, whole, verdicts) for claim in claims]


def _reproduced(claim: Claim, whole: Mapping[Any, Any], verdicts: pd.Series) -> str:
    key = (claim.dataset, claim.metric)
    own = claim.kind == "figure" and (claim.activation, claim.protocol) == ("adaact", "paper")
    if not own or key not in whole:
        return ""
    published, again = (round(value, claim.decimals) for value in whole[key])
    if published != claim.value:
        return ""  # another paper's claim
    return str(verdicts[claim.dataset]) if again == claim.value else NOT_REPRODUCED


def neighbouring_seeds(seeds: pd.DataFrame, published: Mapping[str, Published]) -> pd.DataFrame:
    """Return the seeds beside the paper's own, epoch by epoch; one row a seed, sorted.

    Args:
        seeds: As ``replay_seeds.csv``.
        published: As ``load_published`` returns it.

    Returns:
        ``dataset, seed, paper_used_for`` (tuple of the data sets that the paper trained with this
        seed), ``epochs, best_epoch`` (the epoch with the least test loss, from 1), ``kept_epoch``
        (the one whose weights were scored: the last one if stopping never fired),
        ``test_accuracy, test_f1`` (of those weights), ``last`` (test accuracy after the last
        epoch), ``highest`` (after the best of all epochs), ``test_accuracies`` (array, after each
        epoch).
    """
    used = [
        tuple(name for name, run in published.items() if run.seed == seed) for seed in seeds["seed"]
    ]
    curves = [np.array(str(text).split(), float) for text in seeds["test_accuracies"]]
    table = seeds.drop(columns=["software", "test_accuracies"])
    table.insert(2, "paper_used_for", used)
    table["last"] = [curve[-1] for curve in curves]
    table["highest"] = [curve.max() for curve in curves]
    table["test_accuracies"] = pd.Series(curves, table.index)
    return table.sort_values(["dataset", "seed"], ignore_index=True)
