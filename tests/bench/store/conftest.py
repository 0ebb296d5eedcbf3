import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bench.records import Trial
from bench.store import Store
from bench.study import Study
from tests import helpers


def content(trial: Trial) -> str:
    """Everything in a trial: equal texts are numbers equal to the last bit, and NaN equals NaN."""
    outcomes = [str(trial.outcomes.dtype), trial.outcomes.tolist()]
    return json.dumps(vars(trial) | {"outcomes": outcomes}, sort_keys=True)


def fill(store: Store, study: Study, trials: Sequence[Trial]) -> None:
    for dataset in study.datasets:
        block = [trial for trial in trials if trial.key.dataset == dataset]
        store.add(block, study.fingerprint(dataset), seconds=1.0)


@pytest.fixture(scope="session")
def contents() -> Callable[[Sequence[Trial]], list[str]]:
    """Of trials, texts that ``==`` compares."""
    return lambda trials: [content(trial) for trial in trials]


@pytest.fixture
def filled(tmp_path: Path, small_study: Study) -> Path:
    """A closed store that holds all of the small study."""
    path = tmp_path / "trials.sqlite"
    with Store(path) as store:
        store.set_study(small_study)
        fill(store, small_study, helpers.trials(small_study))
    return path
