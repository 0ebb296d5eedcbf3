"""Place the paper's repeated networks among other seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis.drift import METRIC
from bench.analysis.replays import REPRODUCED, judge
from bench.analysis.typical import place_among

if TYPE_CHECKING:
    import numpy as np

FLOAT32 = 6  # decimals that a float32 in [0, 1] surely holds
COLUMNS = ["dataset", "replayed", "arm", "seeds", "below", "level", "above", "p"]


def standing(comparison: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """Return the place of each repeated network among the seeds of each software, by accuracy.

    Args:
        comparison: As ``replays.compare`` returns it.
        trials: As ``drift.with_suite`` returns it.

    Returns:
        ``dataset, replayed`` (its test accuracy), ``arm, seeds``, of which so many are ``below,
        level, above``; ``p`` of that place (``typical.place_among``). No row for a network
        that was not reproduced, or for a software without a trial of the data set.
    """
    verdicts = judge(comparison).set_index("dataset")["verdict"]
    scores = comparison[comparison["figure"] == METRIC].set_index("dataset")["replayed"]
    rows = [
        {"dataset": name, "arm": arm, **_place(group[METRIC].to_numpy(float), scores[str(name)])}
        for (name, arm), group in trials.groupby(["dataset", "arm"], sort=False)
        if verdicts.get(str(name)) == REPRODUCED
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _place(scores: np.ndarray, replayed: float) -> dict[str, float]:
    place = place_among(scores, replayed, FLOAT32)
    n = len(scores)
    return {
        "replayed": replayed,
        "seeds": n,
        "below": n - place.at_least,
        "level": place.at_most + place.at_least - n,
        "above": n - place.at_most,
        "p": place.p,
    }
