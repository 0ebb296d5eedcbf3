import numpy as np
import pandas as pd
import pytest

from bench.analysis.regressions import UNPENALISED, distances
from tests.bench.analysis.frames import trials_of


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


def test_a_fit_that_has_not_converged_marks_its_cell():
    (row,) = rows(network([[0.5]]), fit([0.1], reason="not converged in 100 iterations"))

    assert row["converged"] is False


@pytest.mark.parametrize("columns", [{"status": "diverged"}, {"collapse_error": np.nan}])
def test_other_networks_and_trials_without_a_loss_are_left_out(columns):
    (row,) = rows(network([[0.5]]), network([[0.9]], "linear", **columns), fit([0.1]))

    assert row["activation"] == "adaact"


def test_splits_without_a_fit_are_left_out():
    (row,) = rows(network([[0.5], [0.6]]), fit([0.1]))

    assert row["n"] == 1
    assert rows(network([[0.5]])) == []
