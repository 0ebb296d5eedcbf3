import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bench.records import Trial
from bench.store import Store
from bench.study import Study
from tests import helpers


def bits(values: Sequence[float]) -> bytes:
    """Floats to the last bit: NaN equals NaN, and 0.0 is not -0.0."""
    return struct.pack(f"{len(values)}d", *values)


def content(trial: Trial) -> dict:
    """Everything in a trial, in a form that ``==`` compares to the last bit."""
    fields = dict(vars(trial))
    fields["history"] = {name: bits(curve) for name, curve in trial.history.items()}
    fields["outcomes"] = (trial.outcomes.dtype, trial.outcomes.tolist())
    for name in ("scores", "coefficients"):
        fields[name] = {column: bits([value]) for column, value in fields[name].items()}
    return fields


def fill(store: Store, study: Study, trials: Sequence[Trial]) -> None:
    for dataset in study.datasets:
        block = [trial for trial in trials if trial.key.dataset == dataset]
        store.add(block, study.fingerprint(dataset), seconds=1.0)


@pytest.fixture(scope="session")
def contents() -> Callable[[Sequence[Trial]], list[dict]]:
    """Of trials, what ``==`` compares to the last bit."""
    return lambda trials: [content(trial) for trial in trials]


@pytest.fixture
def filled(tmp_path: Path, small_study: Study) -> Path:
    """A closed store that holds all of the small study."""
    path = tmp_path / "trials.sqlite"
    with Store(path) as store:
        store.set_study(small_study)
        fill(store, small_study, helpers.trials(small_study))
    return path
