"""What a study lacks is planned as jobs, made and stored."""

from dataclasses import replace

import pytest

from bench import runner
from bench.data import fingerprint
from bench.records import CeilingKey, Trial, TrialKey
from bench.runner import LEAST_SECONDS, cut, plan
from bench.store import Store
from bench.training.blocks import COMPILE_SECONDS, Block
from bench.training.executors import Pool
from bench.training.jobs import Regressions

ACTIVATIONS = ("adaact", "relu", "tanh", "sigmoid", "linear")


def trials(dataset, seeds, activations=ACTIVATIONS):
    return [
        TrialKey(dataset, "paper", activation, seed)
        for activation in activations
        for seed in range(seeds)
    ]


@pytest.fixture
def study(small_study):
    """A study of the many-seeds trainer on all data sets, without a cap on epochs."""
    epochs = dict.fromkeys(("iris", "banknote", "mnist"))
    return replace(small_study, trainer="many-seeds", epochs=epochs)


def largest_idle(jobs, workers):
    """Seconds between the end of the first worker to run dry and the end of the last job."""
    busy = [0.0] * workers
    for job in jobs:
        busy[busy.index(min(busy))] += job.seconds
    return max(busy) - min(busy)


def test_one_worker_gets_whole_cells_the_longest_first(study):
    asked = trials("iris", 100) + trials("mnist", 40)
    fits = [CeilingKey("mnist", "paper", -1, penalty) for penalty in ("l2", "none")]
    jobs = plan(study, asked, fits, workers=1)
    assert [len(job.keys) for job in jobs] == [40] * 5 + [2] + [100] * 5
    assert [job.seconds for job in jobs] == sorted((job.seconds for job in jobs), reverse=True)


@pytest.mark.parametrize("workers", [2, 3, 8, 40])
def test_the_last_jobs_are_cut_so_that_no_worker_idles_for_long(study, workers):
    asked = trials("mnist", 40) + trials("iris", 100)
    jobs = plan(study, asked, [], workers=workers)
    keys = [key for job in jobs for key in job.keys]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(asked)
    assert largest_idle(jobs, workers) <= LEAST_SECONDS + COMPILE_SECONDS
    pieces = [job for job in jobs if job.dataset == "mnist" and len(job.keys) < 40]
    # Those of less than the least share of seconds would compile more than they train.
    assert all(job.seconds_each * len(job.keys) > LEAST_SECONDS / 2 for job in pieces)


def test_the_first_cells_stay_whole(study):
    jobs = plan(study, trials("mnist", 40), [], workers=2)
    assert [len(job.keys) for job in jobs[:2]] == [40, 40]
    assert len(jobs[-1].keys) < 40


def test_a_single_long_cell_is_split_among_the_workers(study):
    capped = replace(study, epochs={"mnist": 8})
    jobs = plan(capped, trials("mnist", 10, ["relu"]), [], workers=2)
    assert [job.seeds for job in jobs] == [tuple(range(5)), tuple(range(5, 10))]


def test_small_networks_are_not_split(study):
    jobs = plan(study, trials("iris", 100, ["relu"]), [], workers=8)
    assert [len(job.keys) for job in jobs] == [100]


def test_with_keras_a_block_is_a_trial(study):
    jobs = plan(replace(study, trainer="keras"), trials("iris", 3, ["relu"]), [], workers=2)
    assert [job.seeds for job in jobs] == [(0,), (1,), (2,)]


def test_long_regressions_are_fitted_side_by_side(study):
    fits = [CeilingKey("mnist", "paper", -1, penalty) for penalty in ("l2", "none")]
    jobs = plan(study, trials("iris", 100, ["relu"]), fits, workers=2)
    assert [job.keys for job in jobs] == [(fits[0],), (fits[1],), jobs[2].keys]


@pytest.mark.parametrize("most", [0.5, 2.0, 3.0, 100.0])
def test_pieces_are_of_equal_size_and_none_takes_longer_than_allowed(most):
    block = Block("iris", "paper", "relu", tuple(range(11)), "many-seeds", seconds_each=1.0)
    pieces = cut(block, most)
    assert [seed for piece in pieces for seed in piece.seeds] == list(block.seeds)
    sizes = {len(piece.seeds) for piece in pieces}
    assert max(sizes) - min(sizes) <= 1
    assert max(sizes) <= max(1, most)


def test_every_result_is_stored_when_it_comes(tmp_path, small_study):
    study = replace(small_study, datasets=("iris",), data={"iris": fingerprint("iris")})
    study = replace(study, protocols=("paper", "held-out"), seeds={"iris": (4, 2)})
    stored = []

    def train(block, on_epoch):
        for key in block.keys:
            stored.append(len(study.keys()) - len(store.missing(study)))
            yield Trial(key, "keras", "ok", epochs=1)

    with Store(tmp_path / "trials.sqlite") as store:
        asked, fits = store.missing(study), store.ceilings.missing(study)
        assert len(fits) == 2 + 4
        jobs = plan(study, asked, fits, workers=1)
        runner.run(study, store, Pool(train), jobs)
        assert store.missing(study) == store.ceilings.missing(study) == []
        found = store.ceilings.of(study)
        efforts = store.effort(study)
    assert stored == list(range(len(asked)))  # each is there before the next is trained
    assert [ceiling.key for ceiling in found] == sorted(fits)
    assert len({ceiling.train_loss for ceiling in found}) == 6
    assert all(effort.attempts == 1 and effort.seconds > 0 for effort in efforts)


def test_of_a_block_that_fails_the_finished_trials_stay(tmp_path, small_study):
    study = replace(small_study, datasets=("iris",), activations=("relu",))

    def train(block, on_epoch):
        for key in block.keys:
            if key.seed == 3:
                raise ArithmeticError("it fell")
            yield Trial(key, "many", "ok", epochs=1)

    with Store(tmp_path / "trials.sqlite") as store:
        jobs = plan(replace(study, trainer="many-seeds"), study.keys(), [], workers=1)
        runner.run(study, store, Pool(train), jobs)
        efforts = {effort.key.seed: effort for effort in store.effort(study)}
    assert [efforts[seed].status for seed in range(6)] == ["ok"] * 3 + ["failed"] * 3
    assert [efforts[seed].attempts for seed in range(6)] == [1, 1, 1, 3, 3, 3]


def test_a_fit_that_fails_is_tried_again_by_the_next_run(tmp_path, small_study, monkeypatch):
    study = replace(small_study, datasets=("iris",), data={"iris": fingerprint("iris")})
    told = []

    class Watch(runner.Watch):
        def outcome(self, outcome):
            told.append((outcome.job.title, outcome.reason))

    def fall(*_):
        raise ArithmeticError("it fell")

    monkeypatch.setattr("bench.training.regressions.fit", fall)
    with Store(tmp_path / "trials.sqlite") as store:
        fits = store.ceilings.missing(study)
        runner.run(study, store, Pool(), [Regressions(tuple(fits))], watch=Watch())
        assert store.ceilings.missing(study) == fits
    assert told == [("iris paper logistic regressions", "ArithmeticError: it fell")]
