from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import helpers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder of the first landing: the paper's protocol alone, no timings."""
    return helpers.results_folder(tmp_path_factory.mktemp("results"))
