"""How often training fails, in words."""

import pandas as pd

from bench.reporting.sections import failed_training


def shares(dataset, **failed):
    rows = [
        {"dataset": dataset, "activation": name, "failed": n, "share": n / 100}
        for name, n in failed.items()
    ]
    return pd.DataFrame(rows)


def test_shares_are_told_with_the_highest_first():
    table = pd.concat([shares("banknote", adaact=0, relu=0), shares("iris", relu=5, adaact=21)])
    assert failed_training.told(table) == ("On Iris training fails in: Adaact 21.0% and relu 5.0%.")


def test_the_thirds_of_the_first_slopes_are_told_where_anything_failed():
    thirds = [("iris", n, 33) for n in (4, 4, 13)] + [("mnist", 0, 13)]
    starts = pd.DataFrame(thirds, columns=["dataset", "failed", "trials"])
    assert failed_training.mechanism(starts) == (
        "Iris, Adaact: by thirds of the initial |k1 · k1'|, from low to high, 4 of 33, 4 of 33 "
        "and 13 of 33 fail."
    )
