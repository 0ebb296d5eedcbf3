"""The trials that a study lacks become jobs, are trained and stored."""

from dataclasses import replace
from itertools import pairwise

import pytest

from baselines import CLASSICAL
from bench import runner
from bench.data import fingerprint
from bench.records import SCIKIT_LEARN, Done, Trial
from bench.runner import LEAST_SECONDS, jobs
from bench.store import Store
from bench.training.pools.worker_pool import Pool
from bench.training.trials.blocks import COMPILE_SECONDS, Block
from tests import helpers

ACTIVATIONS = ("adaact", "relu", "tanh", "sigmoid", "linear")


def trials(dataset, seeds, activations=ACTIVATIONS):
    return [
        helpers.key(dataset, "paper", activation, seed)
        for activation in activations
        for seed in range(seeds)
    ]


@pytest.fixture
def study(small_study):
    """A study of the many-seeds trainer on all data sets, without a cap on epochs."""
    epochs = dict.fromkeys(("iris", "banknote", "mnist"))
    return replace(small_study, trainer="many-seeds", epochs=epochs)


def largest_idle(made, workers):
    """Seconds between the end of the first worker to run dry and the end of the last job."""
    busy = [0.0] * workers
    for job in made:
        busy[busy.index(min(busy))] += job.seconds
    return max(busy) - min(busy)


def test_one_worker_gets_whole_cells_the_longest_first(study):
    asked = trials("iris", 100) + trials("mnist", 40)
    asked += trials("mnist", 1, CLASSICAL[:2])
    made = jobs(study, asked, workers=1)
    assert [len(job.keys) for job in made] == [40] * 5 + [2] + [100] * 5
    assert [job.seconds for job in made] == sorted((job.seconds for job in made), reverse=True)


@pytest.mark.parametrize("workers", [2, 3, 8, 40])
def test_the_last_jobs_are_cut_so_that_no_worker_idles_for_long(study, workers):
    asked = trials("mnist", 40) + trials("iris", 100)
    made = jobs(study, asked, workers=workers)
    keys = [key for job in made for key in job.keys]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(asked)
    assert largest_idle(made, workers) <= LEAST_SECONDS + COMPILE_SECONDS
    pieces = [job for job in made if job.cell[0] == "mnist" and len(job.keys) < 40]
    # Those of less than the least share of seconds would compile more than they train.
    assert all(job.seconds_each * len(job.keys) > LEAST_SECONDS / 2 for job in pieces)


@pytest.mark.parametrize(
    ("change", "asked", "workers", "sizes"),
    [
        ({}, trials("mnist", 40), 2, [40, 40, 20, 20, 20, 20, 10, 10, 10, 10]),
        ({"epochs": {"mnist": 8}}, trials("mnist", 10, ["relu"]), 2, [5, 5]),  # one long cell
        ({}, trials("iris", 100, ["relu"]), 8, [100]),  # small networks
        ({}, trials("iris", 100, ["relu"]) + trials("mnist", 1, CLASSICAL[:2]), 2, [1, 1, 100]),
        ({"trainer": "keras"}, trials("iris", 3, ["relu"]), 2, [1, 1, 1]),
    ],
)
def test_a_cell_is_cut_where_it_is_long(study, change, asked, workers, sizes):
    made = jobs(replace(study, **change), asked, workers=workers)
    assert [len(job.keys) for job in made] == sizes
    assert sorted(key for job in made for key in job.keys) == sorted(asked)


def test_every_result_is_stored_when_it_comes(tmp_path, small_study):
    study = replace(
        small_study,
        datasets=("iris",),
        data={"iris": fingerprint("iris")},
        protocols=("paper", "held-out"),
        seeds={"iris": (4, 2)},
        splits={"iris": (1, 0, 7)},
        models=CLASSICAL,
    )
    stored = []

    def train(block, on_epoch):
        for key in block.keys:
            stored.append(len(store.done(study)))
            yield Trial(key, "keras", "ok", epochs=1)

    with Store(tmp_path / "trials.sqlite") as store:
        asked = helpers.missing(store, study)
        fits = [key for key in asked if key.activation in CLASSICAL]
        assert len(asked) - len(fits) == 2 * (2 + 3)
        assert len(fits) == 4 * (1 + 3)
        found = runner.run(study, store, Pool(train), jobs(study, asked, workers=1))
        assert found == store.done(study) == dict.fromkeys(asked, Done("ok"))
        assert helpers.missing(store, study) == []
        losses = {trial.scores.get("train_loss") for trial in store.trials(study)}
        efforts = store.effort(study)
    assert len(losses - {None}) > 8
    assert [later > earlier for earlier, later in pairwise(stored)] == [True] * 9
    assert all(effort.attempts == 1 and effort.seconds > 0 for effort in efforts)


def test_of_a_block_that_fails_the_finished_trials_stay(tmp_path, small_study):
    study = replace(small_study, datasets=("iris",), activations=("relu",))

    def train(block, on_epoch):
        for key in block.keys:
            if key.seed == 3:
                raise ArithmeticError("it fell")
            yield Trial(key, "many", "ok", epochs=1)

    with Store(tmp_path / "trials.sqlite") as store:
        made = jobs(replace(study, trainer="many-seeds"), study.keys(), workers=1)
        runner.run(study, store, Pool(train), made)
        efforts = {effort.key.seed: effort for effort in store.effort(study)}
    assert [efforts[seed].status for seed in range(6)] == ["ok"] * 3 + ["failed"] * 3
    assert [efforts[seed].attempts for seed in range(6)] == [1, 1, 1, 3, 3, 3]


def test_a_fit_that_fails_is_stored_as_failed(tmp_path, small_study, monkeypatch):
    study = replace(small_study, datasets=("iris",), activations=(), models=CLASSICAL)
    told = []

    class Watch(runner.Watch):
        def outcome(self, outcome):
            told.append((outcome.job.title, outcome.reason))

    def fall(*_):
        raise ArithmeticError("it fell")

    monkeypatch.setattr("bench.training.trials.sklearn_trials.fit", fall)
    with Store(tmp_path / "trials.sqlite") as store:
        fits = tuple(study.keys())
        found = runner.run(study, store, Pool(), [Block(fits, SCIKIT_LEARN)], watch=Watch())
        assert found == dict.fromkeys(fits, Done("failed"))
        assert helpers.missing(store, study) == list(fits)
        (first, *_) = store.trials(study)
    assert told == [("iris paper scikit-learn's models", "ArithmeticError: it fell")]
    assert (first.trainer, first.reason) == ("scikit-learn", "ArithmeticError: it fell")
