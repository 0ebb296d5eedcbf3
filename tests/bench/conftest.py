from __future__ import annotations

import runpy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.records import Ceiling, Trial
    from bench.study import Study

# Limits in seconds are for `tox -e stress`; a busy machine must not fail a property.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

STAND_IN = runpy.run_path(str(Path(__file__).with_name("stand_in.py")))


@pytest.fixture(scope="session")
def stand_in() -> Callable[..., Trial]:
    """The maker of stand-in trials: ``(key, status="ok") -> Trial``."""
    return STAND_IN["stand_in_trial"]


@pytest.fixture(scope="session")
def ceiling() -> Callable[..., Ceiling]:
    """The maker of stand-in fits on Iris: ``(penalty="none", **fields) -> Ceiling``."""
    return STAND_IN["stand_in_ceiling"]


@pytest.fixture
def small_study() -> Study:
    """A study of 22 trials."""
    return STAND_IN["stand_in_study"](6)


@pytest.fixture(scope="session")
def large_study() -> Study:
    """A study that a writing process needs a while for: 318 trials."""
    return STAND_IN["stand_in_study"](80)
