"""Which chart takes the place of which picture of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.reporting.figures import learned, scalars_file, stem
from bench.reporting.html import scores, traces
from bench.reporting.html.distribution import distribution
from bench.reporting.names import ARM
from bench.reporting.view import cell, published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.reporting.html.parts import Drawing
    from bench.reporting.view import View


def charts(view: View) -> dict[str, Drawing]:
    """Every chart, under the file name of the picture that shows the same."""
    return {
        file: drawing
        for dataset in view.study["datasets"]
        for protocol in view.study["protocols"]
        for file, drawing in _cell(view, dataset, protocol)
    }


def _cell(view: View, dataset: str, protocol: str) -> Iterator[tuple[str, Drawing]]:
    trials = cell(view.scored, dataset, protocol)
    histories = view.histories(dataset, protocol)
    if trials.empty or histories.empty:
        return
    name = stem(dataset, protocol)
    figure = published(view, dataset, protocol)
    marks = {ARM: figure} if pd.notna(figure) else {}
    yield f"{name}-seeds.png", distribution(trials, marks)
    yield f"{name}-curves.png", scores.learning_curves(histories, protocol)
    against = scores.train_against_test(histories, trials, protocol)
    yield f"{name}-train-test.png", against
    for activation, mine in learned(histories):
        whose = trials[trials["activation"] == activation]
        yield scalars_file(name, activation), traces.scalar_traces(mine, whose)
