"""What early stopping on the test set adds. The committed report holds what is measured."""

from bench.reporting.sections.selection_bias import told


def test_where_every_trial_ran_to_the_cap_the_bias_is_nil_by_construction():
    row = {"dataset": "banknote", "trials": 100, "nil": True, "at_cap": 0.99}
    assert told(row, 343) == (
        "Bank Note: nil by construction. 99% of 100 trials were still improving at the last epoch, "
        "which both choose."
    )
