"""Compare activations at learning rates of their own: what was chosen, and what that changes.

The tuned comparisons are a family beside the untuned one. A final trial at the default rate is the
untuned trial of that split and seed; both families share it.
"""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from baselines import CLASSICAL
from bench import rate_choice
from bench.analysis.headline import ACCURACY, headline
from bench.analysis.scores import CELL, with_majority_scores
from bench.csv_columns import KEY
from bench.data import budget
from bench.rate_choice import ALL_SPLITS, RATES, Choice, chooses_once, uninformed_loss
from bench.records import LEARNING_RATE, SCIKIT_LEARN
from bench.training.protocols import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.analysis.headline import Size

RATE, LOSS, VALIDATION = "learning_rate", "validation_loss", "validation_accuracy"
PLACE = [*CELL, "split"]
CHOICES = [*PLACE, RATE, "at_end", LOSS]
UNTUNED = "untuned"  # in place of a reference, where an activation is compared with itself
CHANGES = [
    *("dataset", "protocol", "metric", "method", "reference", "splits", "design"),
    *("estimate", "low", "high", "standard_error", "freedom"),
]


def counted(tuning: pd.DataFrame, class_rows: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    """Return tuning trials, diverged ones with loss and accuracy of the class frequencies.

    Args:
        tuning: As ``tuning.csv.gz``.
        class_rows: By data set: rows of each class.
    """
    diverged = tuning["status"] == "diverged"
    losses = {name: uninformed_loss(rows) for name, rows in class_rows.items()}
    largest = {name: max(rows) / sum(rows) for name, rows in class_rows.items()}
    known = {LOSS: losses, VALIDATION: largest}
    return tuning.assign(
        **{
            name: tuning[name].mask(diverged, tuning["dataset"].map(values)).astype(float)
            for name, values in known.items()
        }
    )


def choices(tuning: pd.DataFrame) -> pd.DataFrame:
    """Return the chosen rates, one row a cell and split.

    Args:
        tuning: As ``counted`` returns it.

    Returns:
        ``CHOICES``. ``split`` is ``ALL_SPLITS`` where one choice holds for all; ``at_end``:
        whether the rate is the lowest or highest of the grid; ``validation_loss``: its mean. A
        choice of which a tuning trial is missing has no row.
    """
    tried = by_choice(tuning)
    places = map(Choice._make, tried[PLACE].itertuples(index=False))
    chosen = rate_choice.choices(zip(places, tried[RATE], tried[LOSS], strict=True))
    table = pd.DataFrame([(*choice, rate) for choice, rate in chosen.items()], columns=CHOICES[:5])
    means = tried.groupby([*PLACE, RATE])[LOSS].mean()
    found = means.reindex(pd.MultiIndex.from_frame(table[CHOICES[:5]])).to_numpy(float)
    return table.assign(at_end=table[RATE].isin([RATES[0], RATES[-1]]), **{LOSS: found})[CHOICES]


def by_choice(tuning: pd.DataFrame) -> pd.DataFrame:
    """Return tuning trials; ``split`` is ``ALL_SPLITS`` where one choice holds for all."""
    once = tuning["dataset"].map({name: chooses_once(name) for name in tuning["dataset"].unique()})
    return tuning.assign(split=tuning["split"].mask(once.astype(bool), ALL_SPLITS))


def tuned_trials(trials: pd.DataFrame, chosen: pd.DataFrame) -> pd.DataFrame:
    """Return the final trials of the tuned protocols.

    Args:
        trials: As ``trials.csv``.
        chosen: As ``choices`` returns it.

    Returns:
        Rows of ``trials``: those of tuned protocols, and under their names the untuned ones where
        the default rate was chosen, and the fits of scikit-learn's models, which have no rate.
    """
    default = chosen[chosen[RATE] == LEARNING_RATE]
    most = {name: budget(name).tuned_splits or np.inf for name in chosen["dataset"].unique()}
    parts = [trials[trials["protocol"].isin(chosen["protocol"])]]
    for protocol in chosen["protocol"].unique():
        untuned = trials[trials["protocol"] == PROTOCOLS[protocol].tunes].assign(protocol=protocol)
        places = pd.MultiIndex.from_frame(by_choice(untuned)[PLACE])
        kept = places.isin(pd.MultiIndex.from_frame(default[PLACE]))
        kept &= (untuned["split"] < untuned["dataset"].map(most)).to_numpy()
        parts.append(untuned[kept | (untuned["trainer"] == SCIKIT_LEARN)])
    return pd.concat(parts, ignore_index=True)


def tuned_rows(rows: pd.DataFrame, protocol: str) -> pd.DataFrame:
    """Return the rows of a tuned protocol, with those of scikit-learn's models.

    Args:
        rows: As ``rows.csv``; a tuned cell has all of its final trials.
        protocol: The tuned protocol.
    """
    untuned = rows[(rows["protocol"] == PROTOCOLS[protocol].tunes)]
    models = untuned[untuned["activation"].isin(CLASSICAL)]
    return pd.concat([rows[rows["protocol"] == protocol], models.assign(protocol=protocol)])


def changes(  # noqa: PLR0913 (a family is named in full)
    untuned: pd.DataFrame,
    tuned: pd.DataFrame,
    rows: pd.DataFrame,
    sizes: Mapping[str, Size],
    activations: Sequence[str],
    protocol: str,
    *,
    method: str = "adaact",
    references: Sequence[str] = (),
    metric: str = ACCURACY,
) -> pd.DataFrame:
    """Return tuned minus untuned, of each activation and of each comparison.

    A trial's gain is its score minus that of the untuned trial of its split and seed, which is the
    same trial where the default was chosen. Gains are averaged and compared as scores are in
    ``headline``: with a variance from splits, seeds and rows, and an interval for each by itself.

    Args:
        untuned: As ``trials.csv``.
        tuned: As ``tuned_trials`` returns it.
        rows: As ``rows.csv``, with the tuned protocol's.
        sizes: The data sets, by name.
        activations: Those that were tuned.
        protocol: The tuned protocol.
        method: The activation or model under test.
        references: Those that it is compared with.
        metric: Column of ``trials``.

    Returns:
        ``CHANGES``. ``reference`` is ``UNTUNED`` in an activation's own row.
    """
    gained = _gains(untuned, tuned, protocol, metric)
    moved = gained.groupby(["dataset", "activation"])[ACCURACY].agg(
        lambda gains: float(gains.any())
    )
    by_row = _row_gains(rows, protocol).join(moved.rename("moved"), on=["dataset", "activation"])
    by_row["seeds_correct"] *= by_row["moved"]  # else both count the same trials
    parts = [
        headline(gained, by_row, sizes, methods=[one], references=others, protocol=protocol)
        for one, others in [*((name, [UNTUNED]) for name in activations), (method, references)]
        if others
    ]
    return pd.concat(parts, ignore_index=True).assign(metric=metric)[CHANGES]


def _gains(untuned: pd.DataFrame, tuned: pd.DataFrame, protocol: str, metric: str) -> pd.DataFrame:
    """Return each tuned trial with its gain as the score, and ``UNTUNED``, which gains nothing."""
    before, after = (
        with_majority_scores(one[one["protocol"] == name], metric)
        for one, name in ((untuned, PROTOCOLS[protocol].tunes), (tuned, protocol))
    )
    key = [name for name in KEY if name != "protocol"]
    both = after.merge(before[[*key, metric]], on=key, suffixes=("", " before"))
    gains = both[[*KEY, "trainer"]].assign(
        status="ok", **{ACCURACY: both[metric] - both[f"{metric} before"]}
    )
    nothing = gains.drop_duplicates(["dataset", "split"]).assign(seed=0, trainer=SCIKIT_LEARN)
    return pd.concat([gains, nothing.assign(activation=UNTUNED, **{ACCURACY: 0.0})])


def _row_gains(rows: pd.DataFrame, protocol: str) -> pd.DataFrame:
    """Return by cell and row the share of trials that got it right, tuned minus untuned."""
    place = ["dataset", "activation", "row"]
    after, before = (
        rows[(rows["protocol"] == name) & (rows["seeds_tested"] > 0)].set_index(place)
        for name in (protocol, PROTOCOLS[protocol].tunes)
    )
    shares = [one["seeds_correct"] / one["seeds_tested"] for one in (after, before)]
    gains = (shares[0] - shares[1]).dropna().rename("seeds_correct").reset_index()
    nothing = gains.drop_duplicates(["dataset", "row"]).assign(activation=UNTUNED, seeds_correct=0)
    return pd.concat([gains, nothing]).assign(protocol=protocol, seeds_tested=1)


def by_rate(tuning: pd.DataFrame) -> pd.DataFrame:
    """Return the validation accuracy of the tuning trials, one row a cell and rate.

    Args:
        tuning: As ``counted`` returns it.

    Returns:
        ``dataset, protocol, activation, learning_rate, trials, diverged``; ``validation_accuracy``:
        mean over the splits; ``error``: its standard error.
    """
    cell = [*CELL, RATE]
    groups = tuning.assign(diverged=tuning["status"] == "diverged").groupby(cell, sort=False)
    of_rate = tuning.groupby([*cell, "split"], sort=False)[VALIDATION].mean().groupby(cell)
    table = groups.agg(trials=("seed", "size"), diverged=("diverged", "sum"))
    return table.assign(**{VALIDATION: of_rate.mean(), "error": of_rate.sem()}).reset_index()


def expected(tuning: pd.DataFrame) -> pd.DataFrame:
    """Return the validation accuracy that a search of fewer rates would have reached on average.

    Over all sets of so many rates of the grid, drawn without replacement. The k-th best of n is
    the best of a set of m in ``C(n - k, m - 1)`` of ``C(n, m)`` sets.

    Args:
        tuning: As ``counted`` returns it.

    Returns:
        ``dataset, protocol, activation, rates, validation_accuracy``: of the rate with the lowest
        loss among ``rates`` of them, mean over sets and splits.

    Source: Dodge et al. 2019, "Show your work", section 3; without replacement.
    """
    tried = by_choice(tuning)
    means = tried.groupby([*PLACE, RATE])[[LOSS, VALIDATION]].mean()
    tables = {name: means[name].unstack(RATE) for name in (LOSS, VALIDATION)}
    complete = tables[LOSS].notna().all(axis=1) & tables[VALIDATION].notna().all(axis=1)
    order = tables[LOSS][complete].to_numpy().argsort(axis=1, kind="stable")
    ranked = np.take_along_axis(tables[VALIDATION][complete].to_numpy(), order, axis=1)
    most = ranked.shape[1]
    rows = []
    for rates in range(1, most + 1):
        weights = [comb(most - k, rates - 1) / comb(most, rates) for k in range(1, most + 1)]
        reached = pd.Series(ranked @ np.array(weights), tables[LOSS].index[complete])
        rows.append(reached.groupby(CELL, sort=False).mean().rename(VALIDATION).reset_index())
    table = pd.concat([row.assign(rates=n) for n, row in enumerate(rows, 1)], ignore_index=True)
    return tuning[CELL].drop_duplicates().merge(table)[[*CELL, "rates", VALIDATION]]


def summary(
    tuning: pd.DataFrame,
    chosen: pd.DataFrame,
    rates: pd.DataFrame,
    margins: Mapping[str, float],
) -> pd.DataFrame:
    """Return what was chosen and what the search took, one row a cell.

    Args:
        tuning: As ``counted`` returns it.
        chosen: As ``choices`` returns it.
        rates: As ``by_rate`` returns it.
        margins: By data set: the gap in accuracy that is too small to matter.

    Returns:
        ``dataset, protocol, activation``; ``choices``, of which ``at_end``; ``chose R`` for each
        rate R; ``low, high``: the rates within one margin of the best validation accuracy;
        ``trials``, of which ``diverged``; ``epochs``.
    """
    best = rates.groupby(CELL)[VALIDATION].transform("max")
    near = rates[rates[VALIDATION] >= best - rates["dataset"].map(margins)].groupby(CELL)[RATE]
    tried, picked = tuning.groupby(CELL, sort=False), chosen.groupby(CELL)
    columns = {"choices": picked.size(), "at_end": picked["at_end"].sum()}
    for rate in sorted(tuning[RATE].unique()):
        at_rate = (chosen[RATE] == rate).groupby([chosen[name] for name in CELL])
        columns[f"chose {rate:g}"] = at_rate.sum()
    columns |= {"low": near.min(), "high": near.max(), "trials": tried.size()}
    columns["diverged"] = rates.groupby(CELL)["diverged"].sum()
    columns["epochs"] = tried["epochs"].sum()
    return pd.DataFrame(columns).reindex(tried.size().index).reset_index()
