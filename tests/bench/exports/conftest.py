import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.exports import export
from bench.records import Trial
from bench.store import Store
from bench.study import Study
from tests import helpers


def store_and_export(folder: Path, study: Study, trials: list[Trial]) -> Path:
    """Store trials in a fresh store and export their study beside it."""
    facts = {**helpers.FACTS, "versions": {"python": "3.12"}, "data": dict(study.data)}
    with Store(folder / "trials.sqlite") as store:
        for trial in trials:
            fingerprint = study.fingerprint(trial.key.dataset, trial.key.activation)
            store.add([trial], fingerprint, seconds=0.25)
        export(store, study, folder, facts)
    return folder


@pytest.fixture
def exported(tmp_path: Path, small_study: Study) -> Callable[..., Path]:
    """Stores trials in a fresh store, exports the small study or another, returns the folder."""

    def exported(trials: list[Trial], study: Study = small_study) -> Path:
        folder = tmp_path / f"results{len(list(tmp_path.iterdir()))}"
        return store_and_export(folder, study, trials)

    return exported


@pytest.fixture(scope="session")
def mixed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a study with a failed and a diverged trial among good ones."""
    study = helpers.two_sets(6)
    failed, diverged, *others = study.keys()
    trials = [helpers.trial(failed, "failed"), helpers.trial(diverged, "diverged")]
    folder = tmp_path_factory.mktemp("mixed")
    return store_and_export(folder, study, [*trials, *map(helpers.trial, others)])


@pytest.fixture
def mixed(mixed_once: Path, tmp_path: Path) -> Path:
    """A copy of that folder."""
    return Path(shutil.copytree(mixed_once, tmp_path / "mixed"))
