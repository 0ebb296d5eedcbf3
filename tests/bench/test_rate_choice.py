"""The choice of the learning rate, and what a tuned study plans."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from bench.data import DATASETS
from bench.default_studies import default_study, quick_study, table_study
from bench.errors import UserError
from bench.exports import export
from bench.exports.reading import load as load_results
from bench.next_trials import first_look, plan
from bench.options import choose
from bench.rate_choice import (
    RATES,
    TUNING_SEEDS,
    Choice,
    choices,
    class_rows,
    loss_of,
    uninformed_loss,
)
from bench.rate_choice import choose as choose_rate
from bench.records import LEARNING_RATE, Done
from bench.runner import jobs
from bench.store import Store
from bench.study import Cell
from bench.training.protocols import PROTOCOLS
from bench.training.trainers import training_loop
from bench.training.trials.blocks import Block, train_block
from tests import helpers

PLACES = [(rate, seed) for rate in RATES for seed in range(TUNING_SEEDS)]
ONE = Choice("iris", "held-out-tuned", "relu", 0)


@given(st.lists(st.floats(0, 9), min_size=len(PLACES), max_size=len(PLACES)))
def test_the_choice_is_the_rate_of_the_lowest_mean_loss(losses):
    means = np.reshape(losses, (len(RATES), TUNING_SEEDS)).mean(axis=1)
    tried = ((ONE, rate, loss) for (rate, _), loss in zip(PLACES, losses, strict=True))
    (chosen,) = choices(tried).values()
    assert means[RATES.index(chosen)] == pytest.approx(means.min(), rel=1e-15)


@pytest.mark.parametrize(
    ("equal", "chosen"),
    [
        (RATES, LEARNING_RATE),
        ((0.0003, 0.003, 0.01), 0.0003),  # both one step from the default: the lower one
        ((0.0001, 0.003), 0.003),
        ((0.0001, 0.03), 0.0001),  # two steps and three
    ],
)
def test_of_equal_rates_the_nearest_to_the_default_is_chosen(equal, chosen):
    assert choose_rate({rate: [0.5, 0.5 + (rate not in equal)] for rate in RATES}) == chosen


def test_a_failed_trial_has_no_say_and_a_rate_without_loss_is_not_chosen():
    nan = math.nan
    losses = {rate: [0.5, 0.7] for rate in RATES}
    assert choose_rate(losses | {0.01: [nan, 0.5]}) == 0.01
    assert choose_rate(losses | {LEARNING_RATE: [nan, nan]}) == 0.0003
    assert choose_rate(dict.fromkeys(RATES, (nan, nan))) == LEARNING_RATE
    assert math.isnan(loss_of("failed", 0.1, (50, 50)))


def test_a_diverged_trial_has_the_loss_of_the_class_frequencies():
    for rows in ((50, 50, 50), (762, 610), (1, 9, 90)):
        assert uninformed_loss(rows) == pytest.approx(entropy(rows), rel=1e-12)
        assert loss_of("diverged", math.nan, rows) == uninformed_loss(rows)
    assert loss_of("ok", 7.5, (50, 50)) == 7.5
    assert class_rows("own", {"own": {"classes": {"a": 3, "b": 4}}}) == [3, 4]


def test_without_all_tuning_trials_nothing_is_chosen():
    whole = [(ONE, rate, rate) for rate, _ in PLACES]
    assert choices(whole) == {ONE: RATES[0]}
    assert choices(whole[1:]) == {}


# The plan


def tuned(**options):
    """Return a study of two activations on Iris that tunes, of 2 splits and 3 seeds each."""
    asked = {"datasets": "iris", "activations": "adaact,relu", "protocols": "held-out"}
    asked |= {"splits": "2", "seeds": "3", "tune": True}
    return replace(choose(default_study(), **asked | options), models=())


def tried(study, best):
    """Return the tuning trials of a study with the lowest loss at ``best(key)``."""
    return {
        key: Done("ok", abs(math.log(key.learning_rate / best(key))))
        for key in study.keys()  # noqa: SIM118 - a study is no dictionary
        if PROTOCOLS[key.protocol].tunes_for
    }


def test_first_the_tuned_protocol_and_the_grid_then_the_trials_at_the_chosen_rates():
    study = tuned()
    first = plan(study, {})
    cells = {cell: [key for key in first if key[:3] == cell] for cell in study.cells()}
    assert [len(keys) for keys in cells.values()] == [6, 6, 24, 24, 0, 0]
    grid = cells["iris", "held-out-tuning", "relu"]
    assert {key.place for key in grid} == {
        (split, seed, rate) for split in (0, 1) for seed in (0, 1) for rate in RATES
    }
    stored = tried(study, lambda key: 0.01 if key.split else LEARNING_RATE)
    stored |= {key: Done("ok") for key in first if key not in stored}
    final = plan(study, stored)
    assert [key[:3] for key in final] == [
        ("iris", "held-out-tuned", name) for name in ("adaact", "relu") for _ in range(3)
    ]
    # At the default rate the held-out trial is the tuned one, and is not trained again.
    assert {key.place for key in final} == {(1, seed, 0.01) for seed in range(3)}
    stored |= dict.fromkeys(final, Done("failed"))
    assert plan(study, stored) == []


def test_a_split_waits_for_its_own_tuning_trials_alone():
    study = tuned()
    stored = tried(study, lambda _: 0.03)
    lost = next(key for key in stored if key.split == 1)
    del stored[lost]
    planned = plan(study, stored)
    assert lost in planned
    final = [key for key in planned if key.protocol == "held-out-tuned"]
    assert {key.split for key in final if key.activation == lost.activation} == {0}
    assert {key.split for key in final if key.activation != lost.activation} == {0, 1}


def test_more_splits_leave_the_choices_of_the_others_as_they_are():
    few, many = tuned(), first_look(tuned())
    stored = tried(few, lambda _: 0.03)
    chosen = few.chosen(stored)
    assert many.chosen(stored) == chosen
    assert set(few.keys(chosen)) <= set(many.keys(chosen))


def test_with_an_official_test_set_there_is_one_choice_and_20_splits():
    study = choose(default_study(), datasets="mnist", activations="relu", tune=True)
    places = study.places(Cell("mnist", "held-out-tuning", "relu"))
    assert places == [(split, 0, rate) for split in (0, 1) for rate in RATES]
    chosen = study.chosen(tried(study, lambda _: 0.0003))
    assert chosen == {Choice("mnist", "held-out-tuned", "relu", -1): 0.0003}
    final = study.places(Cell("mnist", "held-out-tuned", "relu"), chosen)
    assert final == [(split, 0, 0.0003) for split in range(20)]
    assert DATASETS["mnist"].budget.splits > 20


@pytest.mark.parametrize(
    ("study", "options", "protocols"),
    [
        (default_study(), {}, ("paper", "paper-clean", "held-out", "held-out-tuned")),
        (quick_study(), {}, ("paper", "paper-clean", "held-out", "held-out-tuned")),
        (table_study("own", (8,)), {}, ("held-out-scaled", "held-out-scaled-tuned")),
        (default_study(), {"protocols": "paper"}, ("paper", "held-out", "held-out-tuned")),
        (
            default_study(),
            {"protocols": "held-out-scaled-tuned", "tune": False},
            ("held-out-scaled", "held-out-scaled-tuned"),
        ),
    ],
)
def test_a_tuned_protocol_comes_with_the_one_that_it_tunes(study, options, protocols):
    assert choose(study, **{"tune": True, **options}).protocols == protocols


# Whole studies


def test_a_trial_at_another_rate_than_the_chosen_one_is_refused(tmp_path):
    protocols = ("held-out", "held-out-tuned")
    helpers.results_folder(tmp_path, seeds={"iris": 3}, protocols=protocols)
    path = tmp_path / "trials.csv"
    trials = pd.read_csv(path)
    first = trials.index[trials["protocol"] == "held-out-tuned"][0]
    right = trials.loc[first, "learning_rate"]
    for rate in {*RATES, 0.5} - {right}:
        trials.loc[first, "learning_rate"] = rate
        trials.to_csv(path, index=False)
        with pytest.raises(UserError, match=f"line {first + 2}, column learning_rate: {rate}"):
            load_results(tmp_path)
    trials.loc[first, "learning_rate"] = right
    trials.to_csv(path, index=False)
    load_results(tmp_path)


def test_an_interrupted_tuning_is_exported_and_read(tmp_path):
    study = tuned()
    with Store(tmp_path / "trials.sqlite") as store:
        for stop in (0, 40):
            trained = list(map(helpers.trial, plan(study, {})[:stop]))
            if trained:
                store.add(trained, study.fingerprint("iris"), seconds=1.0)
            export(store, study, tmp_path, helpers.FACTS | {"data": dict(study.data)})
            results = load_results(tmp_path)
            assert len(results.tuning) == max(0, stop - 12)
            assert "held-out-tuned" not in set(results.trials["protocol"])
            assert results.provenance["study"]["done"] < results.provenance["study"]["asked"]
        export(store, replace(study, protocols=("held-out",)), tmp_path, helpers.FACTS)
    assert not (tmp_path / "tuning.csv.gz").exists()


def test_the_grid_is_trained_in_one_compiled_call(monkeypatch):
    calls = []
    warm_up = training_loop.Compiled.warm_up
    monkeypatch.setattr(
        training_loop.Compiled, "warm_up", lambda *given: calls.append(1) or warm_up(*given)
    )
    study = tuned(activations="relu", splits="1", seeds="1", epochs=2)
    grid = [key for key in plan(study, {}) if key.protocol == "held-out-tuning"]
    (block,) = jobs(study, grid, workers=1)
    trained = list(train_block(block))
    assert [trial.key for trial in trained] == grid
    known = {"validation_accuracy", "validation_loss"}
    assert all(trial.scores.keys() == known for trial in trained)
    assert len(calls) == 1


def test_at_the_default_rate_a_tuned_trial_would_be_the_held_out_trial():
    keys = [helpers.key("iris", name, "relu") for name in ("held-out", "held-out-tuned")]
    (plain,), (final,) = (train_block(Block((key,), "keras", epochs=3)) for key in keys)
    assert final.scores.items() <= plain.scores.items()
