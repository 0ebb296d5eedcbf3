import pandas as pd
import pytest

from bench.analysis.replay_rank import standing


def comparison(verdict_gap=0.0):
    """A run of one published number, the test accuracy, that came again, or not."""
    rows = [("test_accuracy", 0.9, 0.9), ("test_loss", 0.2, 0.2 + verdict_gap)]
    return pd.DataFrame(
        [
            {"dataset": "iris", "seed": 45, "figure": name, "epoch": 0, "published": published}
            | {"decimals": 4, "replayed": again, "agreed": 4 if published == again else 0}
            | {"noise": False}
            for name, published, again in rows
        ]
    )


def runs(*scores, arm="suite"):
    return pd.DataFrame({"dataset": "iris", "arm": arm, "test_accuracy": scores})


def test_runs_are_counted_below_level_and_above():
    arms = pd.concat([runs(0.8, 0.85, 0.9 + 1e-9, 0.95), runs(1.0, 1.0, 0.95, arm="old")])
    suite, old = standing(comparison(), arms).to_dict("records")
    assert (suite["seeds"], suite["below"], suite["level"], suite["above"]) == (4, 2, 1, 1)
    assert suite["p"] == 1
    assert (old["below"], old["level"], old["above"], old["p"]) == (0, 0, 3, pytest.approx(0.5))


def test_a_run_that_was_not_replayed_has_no_standing():
    assert standing(comparison(0.1), runs(0.9)).empty
    assert standing(comparison()[:0], runs(0.9)).empty
