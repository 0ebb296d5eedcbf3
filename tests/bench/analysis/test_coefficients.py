import numpy as np
import pandas as pd
import pytest

from bench.analysis.coefficients import (
    UNPENALISED,
    coefficients,
    distances,
    fold_agreement,
)
from bench.csv_columns import VECTOR, names
from tests import helpers
from tests.bench.analysis.frames import trials_of


@pytest.fixture
def trials():
    return helpers.cell_frame(
        [0.9] * 4,
        k1_1_initial=[1.0, -1.0, 0.5, -2.0],
        k1_1=[1.5, -1.2, -0.1, -3.0],
        constant=[False, False, False, True],
    )


def test_signs_are_counted_and_the_spread_is_that_of_the_final_values(trials):
    row = coefficients(trials).iloc[0]

    assert (row["coefficient"], row["n"]) == ("k1_1", 4)
    assert (row["negative"], row["sign_flips"]) == (3, 1)
    assert row["constant_share"] == 0.25
    assert (row["median"], row["initial_median"]) == pytest.approx((-0.65, -0.25))
    assert (row["minimum"], row["maximum"]) == (-3.0, 1.5)
    assert row["correlation"] == pytest.approx(1.0)  # the order of the start is kept
    flat = coefficients(trials.assign(k1_1_initial=1.0)).iloc[0]
    assert np.isnan(flat["correlation"])


def test_fixed_activations_and_failed_trials_do_not_count(trials):
    relu = helpers.cell_frame([0.9], activation="relu", k1_1=np.nan, k1_1_initial=np.nan)
    failed = trials.assign(status=["ok", "ok", "ok", "failed"])
    table = coefficients(pd.concat([failed, relu]))

    assert table[["activation", "n"]].values.tolist() == [["adaact", 3]]
    assert coefficients(helpers.cell_frame([0.9])).empty


@pytest.mark.parametrize(
    ("other", "similarity"),
    [([[2, 0], [0, 0]], 1.0), ([[0, 0], [9, 0]], -1.0), ([[0, 1], [0, 0]], 0.0)],
)
def test_folds_are_compared_by_direction_and_centred_over_the_logits(other, similarity):
    folds = [[[1, 0], [0, 0]], other]
    rows = [
        ("iris", "paper", "adaact", 0, seed, f"fold_{logit}", place, value)
        for seed, fold in enumerate(folds)
        for logit, weights in enumerate(fold, start=1)
        for place, value in enumerate([*weights, 7.0])  # the bias
    ]
    table = fold_agreement(pd.DataFrame(rows, columns=names(VECTOR)))
    assert table[["n", "similarity"]].to_numpy().tolist() == [[2, pytest.approx(similarity)]]


def network(losses, activation="adaact", **columns):
    known = {"collapse_error": 1e-16, "reason": "", **columns}
    losses = np.array(losses)
    return trials_of(np.ones_like(losses), activation, **known).assign(train_loss=losses.ravel())


def fit(losses, name=UNPENALISED, reason=""):
    """Return one fit a split."""
    losses = np.array([losses]).T
    frame = trials_of(np.ones_like(losses), name, trainer="scikit-learn", reason=reason)
    return frame.assign(train_loss=losses.ravel(), collapse_error=np.nan)


def rows(*trials):
    return distances(pd.concat(trials, ignore_index=True)).to_dict("records")


def test_each_trial_is_measured_from_the_fit_of_its_own_split():
    (row,) = rows(
        network([[0.5, 0.7], [0.9, 0.4]]), fit([0.1, 0.2]), fit([9.0, 9.0], "logistic-regression")
    )

    assert (row["activation"], row["n"], row["converged"]) == ("adaact", 4, True)
    measured = [row[name] for name in ("median", "minimum", "maximum")]
    assert measured == pytest.approx([0.5, 0.2, 0.7])


def test_a_fit_can_be_unconverged_or_missing():
    (row,) = rows(network([[0.5], [0.6]]), fit([0.1], reason="not converged in 100 iterations"))

    assert (row["n"], row["converged"]) == (1, False)
    assert rows(network([[0.5]])) == []


@pytest.mark.parametrize("columns", [{"status": "diverged"}, {"collapse_error": np.nan}])
def test_other_networks_and_trials_without_a_loss_are_left_out(columns):
    (row,) = rows(network([[0.5]]), network([[0.9]], "linear", **columns), fit([0.1]))

    assert row["activation"] == "adaact"
