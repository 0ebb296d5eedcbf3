"""Distances to the optimum: paired by split, affine nets only."""

import math

import pandas as pd
import pytest

from bench.analysis.regressions import distances
from tests import helpers


def trial(seed, loss, activation="adaact", protocol="held-out", **fields):
    """A row of trials.csv."""
    names = {"dataset": "iris", "protocol": protocol, "activation": activation, "seed": seed}
    known = {"collapse_error": 1e-16, "train_loss": loss}
    return helpers.cell_frame([1.0], **{**names, **known, **fields})


def fit(seed, loss, protocol="held-out", penalty="none", *, converged=True):
    return helpers.ceiling(
        penalty, protocol=protocol, seed=seed, train_loss=loss, converged=converged
    )


def rows(trials, fits):
    return distances(pd.concat(trials), helpers.ceiling_frame(fits)).to_dict("records")


def test_each_trial_is_held_against_the_fit_of_its_own_split():
    trials = [trial(0, 0.5), trial(1, 0.9), trial(2, 0.4)]
    fits = [fit(2, 0.1), fit(0, 0.1), fit(1, 0.2, converged=False), fit(0, 9.0, penalty="l2")]
    (row,) = rows(trials, fits)
    assert (row["activation"], row["n"], row["converged"]) == ("adaact", 3, False)
    measured = [row[name] for name in ("median", "minimum", "maximum")]
    assert measured == pytest.approx([0.4, 0.3, 0.7])


def test_one_split_for_all_seeds_serves_them_all():
    trials = [trial(seed, 0.5, name, "paper") for name in ("adaact", "linear") for seed in (0, 1)]
    table = rows(trials, [fit(-1, 0.6, "paper")])
    assert [(row["activation"], row["n"]) for row in table] == [("adaact", 2), ("linear", 2)]
    assert all(row["median"] == pytest.approx(-0.1) for row in table)
    assert all(row["converged"] is True for row in table)


@pytest.mark.parametrize(
    ("seed", "fields"), [(0, {"status": "diverged"}), (0, {"collapse_error": math.nan}), (7, {})]
)
def test_other_nets_trials_without_numbers_and_splits_without_a_fit_are_left_out(seed, fields):
    (row,) = rows([trial(0, 0.5), trial(seed, 0.9, "linear", **fields)], [fit(0, 0.1)])
    assert row["activation"] == "adaact"


def test_without_fits_there_are_no_rows():
    assert rows([trial(0, 0.5)], []) == []
