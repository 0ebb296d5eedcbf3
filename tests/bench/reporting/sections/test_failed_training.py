"""How often training fails, in words."""

from types import SimpleNamespace

import pandas as pd

from bench.reporting.document import Prose, Table
from bench.reporting.sections import failed_training


def shares(dataset, **failed):
    rows = [
        {"dataset": dataset, "activation": name, "failed": n, "share": n / 100}
        for name, n in failed.items()
    ]
    return pd.DataFrame(rows)


def test_shares_are_told_by_data_set_with_the_highest_first():
    table = pd.concat([shares("mnist", adaact=1, relu=0), shares("iris", relu=5, adaact=21)])
    assert failed_training.told(table) == (
        "On MNIST training fails in: Adaact 1.0% and relu 0.0%. On Iris training fails in: Adaact "
        "21.0% and relu 5.0%."
    )


def test_the_thirds_of_the_first_slopes_are_told():
    thirds = [("iris", n, 33) for n in (4, 4, 13)]
    starts = pd.DataFrame(thirds, columns=["dataset", "failed", "trials"])
    assert failed_training.mechanism(starts) == (
        "Iris, Adaact: by thirds of the product of both layers' initial k1, from small to large, "
        "4 of 33, 4 of 33 and 13 of 33 fail."
    )


def test_data_sets_without_a_failure_and_other_protocols_are_left_out(monkeypatch):
    tables = [shares("banknote", adaact=0, relu=0), shares("iris", adaact=21, relu=0)]
    held_out = pd.concat(tables).assign(protocol="held-out", trials=100)
    starts = held_out[held_out["activation"] == "adaact"]
    monkeypatch.setattr(failed_training, "by_initial_values", lambda _: starts)
    view = SimpleNamespace(headline_protocol="held-out", of_adaact=True, trials=None)
    view.failed = pd.concat([held_out, held_out.assign(protocol="paper", failed=9)])
    blocks = failed_training.failed_training(view)
    (table,) = [block.frame for block in blocks if isinstance(block, Table)]
    assert set(zip(table["dataset"], table["protocol"], strict=True)) == {("iris", "held-out")}
    assert not [block for block in blocks if isinstance(block, Prose) and "Note" in block.text]
    view.failed = held_out.assign(failed=0)
    assert failed_training.failed_training(view) == []
