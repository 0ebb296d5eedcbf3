"""Sizes of data sets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.fixture
def sizes() -> Mapping[str, SimpleNamespace]:
    """Return one table that is split anew, and one with an official test set."""
    return {
        "iris": SimpleNamespace(rows=150, test_rows=38, margin=0.01),
        "mnist": SimpleNamespace(rows=70_000, test_rows=2_000, margin=0.005),
    }
