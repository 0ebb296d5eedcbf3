"""What early stopping on the test set adds, in words."""

from bench.reporting.sections.selection_bias import told

ROW = {"dataset": "iris", "trials": 100, "median": 1 / 38, "higher": 60, "equal": 30, "lower": 10}
ROW |= {"mean": 0.5 / 38, "low": 0.001, "high": 0.02, "at_cap": 0.02, "nil": False}


def test_median_and_counts_come_before_the_mean():
    assert told(ROW, 38) == (
        "Iris: median +0.0263 over 100 trials. The epoch that the test loss chooses scores higher "
        "in 60 of them, the same in 30, lower in 10. Mean +0.0132 [+0.0010, +0.0200], 0.5 of 38 "
        "test rows more."
    )


def test_where_every_trial_ran_to_the_cap_the_bias_is_nil_by_construction():
    assert told(ROW | {"dataset": "banknote", "nil": True, "at_cap": 0.99}, 343) == (
        "Bank Note: nil by construction. 99% of 100 trials were still improving at the last epoch, "
        "which both choose."
    )
