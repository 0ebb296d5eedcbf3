from collections.abc import Callable
from pathlib import Path

import pytest

from bench.exports import export
from bench.records import Trial
from bench.store import Store
from bench.study import Study


@pytest.fixture
def exported(tmp_path: Path, small_study: Study) -> Callable[..., Path]:
    """Stores trials in a fresh store, exports the small study, returns the folder."""
    count = 0

    def exported(trials: list[Trial]) -> Path:
        nonlocal count
        count += 1
        folder = tmp_path / f"results{count}"
        with Store(folder / "trials.sqlite") as store:
            for trial in trials:
                store.add([trial], small_study.fingerprint(trial.key.dataset), seconds=0.25)
            export(store, small_study, folder, {"versions": {"python": "3.12"}})
        return folder

    return exported
