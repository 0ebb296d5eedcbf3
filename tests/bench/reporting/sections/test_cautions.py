"""Cautions: every branch."""

import math

import pandas as pd
import pytest

from bench.reporting.sections import cautions, panels
from tests import helpers


def medians(**values):
    return pd.DataFrame(
        {"dataset": "iris", "activation": list(values), "median": list(values.values())}
    )


def arm(**columns):
    """Adaact's trials on Iris."""
    rows = {"epochs": [4, 5], "best_epoch": [2, 5]} | columns
    return helpers.trial_frame({"adaact": [1.0, 0.9]}, **rows)


def test_adaact_stands_beside_linear():
    assert cautions.linear(medians(adaact=1.0, linear=37 / 38), 38) == (
        "Iris: Adaact's median test accuracy is 1.0000, that of `linear` 0.9737 "
        "(1 of 38 test rows more)."
    )


@pytest.mark.parametrize("values", [{"adaact": 1.0}, {"linear": 1.0, "adaact": math.nan}])
def test_without_both_nothing_is_said_of_linear(values):
    assert cautions.linear(medians(**values), 38) == ""


def history(*accuracies):
    return helpers.epoch_frame(accuracies, "val_accuracy")


def test_the_kept_epoch_is_compared_with_later_ones():
    text = cautions.stopping(arm(), history([0.5, 1.0, 0.9, 0.9], [0.9] * 5))
    assert text == (
        "Iris: training evaluated the test set 4 to 5 times. The accuracy of the kept epoch minus "
        "that of later epochs is +0.1000 on average (of 1 trial that continued, 1 scored less "
        "afterwards and 0 more)."
    )


def test_a_trial_that_kept_its_last_epoch_has_none_after_it():
    trials = arm(epochs=[2, 2], best_epoch=[2, 2])
    assert cautions.stopping(trials, history([0.5, 1.0], [0.5, 1.0])) == (
        "Iris: training evaluated the test set 2 times; no trial continued after the "
        "epoch that it kept."
    )


def test_without_rows_nothing_is_said():
    assert cautions.stopping(arm()[:0], history([0.5])) == ""
    assert cautions.seeds(arm()[:0], 1.0) == ""
    assert cautions.restored(arm()[:0], {}) == ""
    assert cautions.identifiability(pd.DataFrame()) == ""


def test_the_range_over_seeds_stands_beside_the_published_figure():
    assert cautions.seeds(arm(), 1.0) == (
        "Iris: over 2 seeds test accuracy ranges from 0.9000 to 1.0000 (published, from one seed: "
        "1.000)."
    )
    assert cautions.seeds(arm(), math.nan) == (
        "Iris: over 2 seeds test accuracy ranges from 0.9000 to 1.0000."
    )


def test_collapsed_and_constant_runs_are_counted():
    text = cautions.seeds(arm(test_accuracy=[0.3, 0.4], constant=[True, False]), math.nan)
    assert text.endswith(
        "; 2 trials scored below 0.5, and 1 trial predicted one class for every row."
    )


def test_one_row_is_the_step_of_an_accuracy():
    claim = pd.Series({"claimed": 1.0, "test_low": 0.907, "test_high": 1.0})
    step = "Iris: one of 38 test rows is 0.0263 of accuracy"
    assert cautions.resolution("iris", 38, None) == f"{step}."
    assert cautions.resolution("iris", 38, claim.replace(0.907, math.nan)) == f"{step}."
    assert cautions.resolution("iris", 38, claim) == (
        f"{step}; a network that scores 1.000 on them may score 0.907 to 1.000 on new rows "
        "(exact binomial, 95 %)."
    )


def test_the_scatter_of_the_scalars_is_told():
    table = pd.DataFrame(
        {
            "dataset": "iris",
            "coefficient": ["k0_1", "k1_2"],
            "minimum": [-1.0, 0.5],
            "maximum": [1.0, 2.0],
            "negative": [3, 0],
            "sign_flips": [1, 0],
            "n": [5, 5],
        }
    )
    assert cautions.identifiability(table) == (
        "Iris, 5 trials: k0 of layer 1 −1.00 to 1.00 (3 below 0, 1 changed sign); "
        "k1 of layer 2 0.50 to 2.00 (0 below 0, 0 changed sign)."
    )


def test_an_interval_of_a_mean_says_what_it_is_worth():
    few, many = pd.Series([0, 3, 40]), pd.Series([100, 0])
    assert panels.coverage(few) == "With 3 pairs there is no interval for a mean."
    assert panels.coverage(many).startswith(
        "In our simulations the interval of a mean of 100 pairs"
    )
    assert panels.coverage(pd.Series([0])) == ""


def test_restored_weights_are_counted_with_the_versions():
    assert cautions.restored(arm(), {"keras": "3.15.0", "numpy": "2"}) == (
        "In 1 of 2 Adaact trials the kept epoch is not the last one (keras 3.15.0)."
    )
    assert cautions.restored(arm(), {}) == (
        "In 1 of 2 Adaact trials the kept epoch is not the last one."
    )
