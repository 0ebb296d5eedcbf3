import numpy as np
import pandas as pd

from bench.analysis.epoch_cap import at_cap
from tests.bench.analysis.frames import trials_of


def test_a_cell_is_marked_where_more_than_a_tenth_reached_the_cap():
    scores = np.full((1, 10), 0.9)
    trials = pd.concat(
        [
            trials_of(scores, "adaact", epochs=[50] * 1 + [20] * 9),
            trials_of(scores, "relu", epochs=[50] * 2 + [20] * 8),
            trials_of(scores, "logistic-regression", trainer="scikit-learn", epochs=np.nan),
            trials_of(scores, "tanh", protocol="paper", epochs=50),
        ]
    )
    table = at_cap(trials, {("iris", "held-out"): 50})

    assert list(table["activation"]) == ["adaact", "relu"]
    assert list(table["share"]) == [0.1, 0.2]
    assert list(table["marked"]) == [False, True]
