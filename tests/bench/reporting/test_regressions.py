"""Sentences on logistic regression: every branch, and agreement with the rows."""

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.regressions import distances
from bench.reporting import regressions
from tests import helpers


def fits(*, splits=1, cut=0, penalties=("none",), loss=0.05):
    """Unpenalised fits, of which some did not converge."""
    return helpers.ceiling_frame(
        helpers.ceiling(
            penalty,
            seed=seed,
            train_accuracy=0.98214,
            train_loss=loss,
            iterations=200 if seed < cut else 60,
            converged=seed >= cut,
        )
        for seed in range(splits)
        for penalty in penalties
    )


NOWHERE = pd.DataFrame({"activation": [], "n": []})


def stopped(losses, optimum=0.05):
    """Distances of Adaact networks that stopped at these losses, one seed each."""
    columns = {"train_loss": losses, "collapse_error": 0.0}
    trials = helpers.trial_frame({"adaact": [1.0] * len(losses)}, **columns)
    return distances(trials, fits(splits=len(losses), loss=optimum))


def test_both_fits_are_told_with_train_and_test_accuracy():
    assert regressions.scores(fits(penalties=("none", "l2"))) == (
        "Iris: scikit-learn's logistic regression on the same split scores (train/test accuracy) "
        "0.9821/1.0000 (C=1) and 0.9821/1.0000 (unpenalised)."
    )


def test_a_fit_that_did_not_converge_says_so():
    assert regressions.scores(fits(cut=1)).endswith(
        "0.9821/1.0000 (unpenalised, stopped at 200 iterations)."
    )


def test_without_fits_nothing_is_said():
    assert regressions.scores(fits(splits=0)) == ""
    assert regressions.note(fits(splits=0), NOWHERE) == ""
    assert regressions.note(fits(penalties=("l2",)), NOWHERE) == ""
    assert regressions.stopped(NOWHERE) == ""


def test_the_loss_of_the_fit_is_compared_with_that_of_networks():
    assert regressions.note(fits(), stopped([0.06, 0.09, 0.25])) == (
        "Logistic regression is scikit-learn's, unpenalised, on the same training rows; it is "
        "not a "
        "network. Its training loss is 0.0500 nats per row; no network of affine layers can have "
        "a lower one. Loss of the trained networks on these rows minus that of the fit: "
        "Adaact +0.0400 (median of 3 trials; +0.0100 to +0.2000)."
    )


def test_one_trial_has_no_median():
    assert regressions.stopped(stopped([0.06])).endswith("Adaact +0.0100 (1 trial).")


def test_every_affine_activation_is_told():
    both = pd.concat([stopped([0.06]), stopped([0.07]).assign(activation="linear")])
    assert regressions.stopped(both).endswith(
        "Adaact +0.0100 (1 trial) and linear +0.0200 (1 trial)."
    )


@pytest.mark.parametrize(
    ("splits", "cut", "phrase"),
    [
        (3, 0, "nats per row, median over 3 splits; no network of affine"),
        (1, 1, "nats per row; 1 of 1 fit stopped at 200 iterations, so the lowest"),
        (3, 2, "median over 3 splits; 2 of 3 fits stopped at 200 iterations, so the"),
    ],
)
def test_what_the_fit_is_worth_is_told(splits, cut, phrase):
    assert phrase in regressions.note(fits(splits=splits, cut=cut), NOWHERE)


@given(st.lists(st.floats(0, 5), min_size=2, max_size=9), st.floats(0, 2))
def test_what_is_said_of_the_distances_agrees_with_the_losses(losses, optimum):
    text = regressions.stopped(stopped(losses, optimum)).replace("−", "-")
    told = re.search(r"Adaact (\S+) \(median of (\d+) trials; (\S+) to (\S+)\)\.$", text)
    assert told
    gaps = pd.Series(losses) - optimum
    assert int(told[2]) == len(losses)
    measured = [float(told[place]) for place in (1, 3, 4)]
    assert measured == pytest.approx([gaps.median(), gaps.min(), gaps.max()], abs=6e-5)
