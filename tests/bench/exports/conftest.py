from collections.abc import Callable
from pathlib import Path

import pytest

from bench.exports import export
from bench.records import Trial
from bench.store import Store
from bench.study import Study
from tests import helpers


@pytest.fixture
def exported(tmp_path: Path, small_study: Study) -> Callable[..., Path]:
    """Stores trials in a fresh store, exports the small study, returns the folder."""
    facts = {**helpers.FACTS, "versions": {"python": "3.12"}, "data": dict(small_study.data)}
    count = 0

    def exported(trials: list[Trial]) -> Path:
        nonlocal count
        count += 1
        folder = tmp_path / f"results{count}"
        with Store(folder / "trials.sqlite") as store:
            for trial in trials:
                store.add([trial], small_study.fingerprint(trial.key.dataset), seconds=0.25)
            export(store, small_study, folder, facts)
        return folder

    return exported


@pytest.fixture
def mixed(exported: Callable[..., Path], small_study: Study) -> Path:
    """The folder of a study with a failed and a diverged trial among good ones."""
    keys = small_study.keys()
    return exported(
        [
            helpers.trial(keys[0], "failed"),
            helpers.trial(keys[1], "diverged"),
            *map(helpers.trial, keys[2:]),
        ]
    )
