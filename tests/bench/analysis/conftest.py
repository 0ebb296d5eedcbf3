"""Small tables that one checks by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@pytest.fixture
def cell() -> Callable[..., pd.DataFrame]:
    """Return a maker of one cell's trials: one row a seed, from 0."""

    def make(
        scores: Iterable[float],
        *,
        dataset: str = "banknote",
        protocol: str = "paper",
        activation: str = "adaact",
        **columns: object,
    ) -> pd.DataFrame:
        values = np.asarray(list(scores), dtype=float)
        frame = pd.DataFrame({"seed": range(len(values)), "test_accuracy": values})
        names = {"dataset": dataset, "protocol": protocol, "activation": activation}
        return frame.assign(**{**names, "status": "ok", "constant": False, **columns})

    return make


@pytest.fixture
def sizes() -> Mapping[str, SimpleNamespace]:
    """Return one table that is split anew for every seed, and one with an official test set."""
    return {
        "iris": SimpleNamespace(rows=150, test_rows=38),
        "mnist": SimpleNamespace(rows=70_000, test_rows=10_000),
    }
