"""A planted case with real networks: the default learning rate is wrong for one arm only."""

from dataclasses import replace

import keras
import pytest

from bench.analysis.headline import headline
from bench.default_studies import default_study
from bench.exports import export
from bench.next_trials import plan
from bench.options import choose
from bench.reporting.view import View
from bench.runner import jobs, run
from bench.store import Store
from bench.training.pools.worker_pool import Pool
from tests import helpers

G, TENTH = (f"tests.bench.test_planted_rate:{name}" for name in ("g", "tenth"))


def g(z):
    return keras.ops.tanh(z)


def tenth(z):
    """The same activation in other units: with larger weights the same network."""
    return 0.1 * keras.ops.tanh(z)


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    """Ten epochs on Iris, 8 splits × 3 seeds: too few for 0.1 g at the default rate."""
    folder = tmp_path_factory.mktemp("planted")
    asked = {"datasets": "iris", "activations": f"{G},{TENTH}", "protocols": "held-out"}
    study = choose(default_study(), **asked, splits="8", seeds="3", epochs=10, tune=True)
    study = replace(study, models=("majority-class", "logistic-regression"))
    with Store(folder / "trials.sqlite") as store:
        while keys := plan(study, store.done(study)):
            run(study, store, Pool(), jobs(study, keys, workers=1))
        export(store, study, folder, helpers.FACTS | {"data": dict(study.data)})
    return View.of(folder)


def compared(view):
    (row,) = headline(
        view.trials,
        view.results.rows,
        {"iris": view.sizes["iris"]},
        methods=[TENTH],
        references=[G],
        protocol=view.headline_protocol,
    ).to_dict("records")
    return row


@pytest.mark.slow
def test_a_rate_that_is_wrong_for_one_arm_makes_a_gap_that_tuning_takes_away(view):
    untuned, tuned = compared(view), compared(view.tuned.view)
    assert untuned["verdict"] == "worse"
    assert untuned["estimate"] < -0.1
    assert tuned["verdict"] in {"undecided", "equivalent"}
    assert abs(tuned["estimate"]) < 0.03


@pytest.mark.slow
def test_the_gain_is_that_arm_s_and_its_choice_at_the_end_is_marked(view):
    rows = view.tuned.summary.set_index("activation")
    assert rows["gain_low"][TENTH] > 0.05
    assert rows["gain_low"][G] < 0 < rows["gain_high"][G]
    assert rows["at_end"][TENTH] > rows["at_end"][G] == 0
