"""Figures of the page."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from bench.reporting import curves, svg
from bench.reporting.distribution import distribution
from bench.reporting.forest import forest
from bench.reporting.sections import perfect_score
from bench.reporting.sections.adaact import start_and_end
from tests import helpers

SEEDS = [[1.0, 0.5, 0.4], [1.0, 0.6, 0.3]]


def trials():
    return helpers.trial_frame({"adaact": [0.9, 0.95], "my_activations:Dollar$x$": [0.3, 0.9]})


def histories():
    rows = helpers.epoch_frame(SEEDS).assign(accuracy=0.5, val_loss=0.7, val_accuracy=[0.1] * 6)
    return pd.concat(rows.assign(activation=name) for name in trials()["activation"].unique())


def gaps():
    """Return a headline of two sets: five comparisons, one of them undecided."""
    sets = ["banknote", "banknote", "banknote", "iris", "iris"]
    rows = pd.DataFrame({"dataset": sets, "reference": ["relu", "tanh", "m:$a$", "relu", "tanh"]})
    words = ["better", "worse", "equivalent", "undecided", "worse"]
    rows = rows.assign(method="adaact", metric="test_accuracy", margin=0.01, verdict=words)
    return rows.assign(estimate=-0.01, low=-0.02, high=0.0, capped=rows["reference"] == "tanh")


def scalars():
    """Return trials with one scalar on the first set and two on the second."""
    first = helpers.trial_frame({"adaact": [0.9, 0.95]}, dataset="banknote", k0_1=1.0, k0_2=np.nan)
    both = pd.concat([first, helpers.trial_frame({"adaact": [1.0]}, k0_1=0.5, k0_2=0.5)])
    return both.assign(k0_1_initial=0.3, k0_2_initial=0.1)


def neighbours():
    seeds = pd.DataFrame({"seed": [42, 43, 45], "test_accuracy": [0.895, 1.0, 1.0]})
    return seeds.assign(paper_used_for=[("banknote", "mnist"), (), ("iris",)])


def iris_figure():
    return perfect_score.draw([0.9, 1.0, 0.947], 2, neighbours())


FIGURES = {
    "distribution": (lambda: distribution(trials(), {"adaact": (0.9235, 0.9245)}, "Iris"), 11),
    "curves": (lambda: curves.learning_curves(histories(), "Iris", "held-out"), 16),
    "forest": (lambda: forest(gaps()), 5 + 5),
    "start-and-end": (lambda: start_and_end(scalars()), 2 + 1 + 1),
    "perfect-score": (iris_figure, 3 + 1 + 3),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_mark_has_the_title_of_its_row(name):
    draw, count = FIGURES[name]
    figure = draw()
    text = svg.svg(figure, name)
    marks = [
        one for one in ET.fromstring(text).iter() if one.find(f"{{{svg.SVG}}}title") is not None
    ]
    told = [mark.find(f"{{{svg.SVG}}}title").text for mark in marks]
    assert sorted(told) == sorted(title for titles in figure.titles.values() for title in titles)
    assert len(told) == count
    assert {mark.tag.rpartition("}")[2] for mark in marks} <= {"path", "use"}
    assert svg.svg(draw(), name) == text  # the same bytes, with no date
    assert not re.search(r"<metadata|<style|date|matplotlib", text)


def test_a_title_too_few_or_too_many_is_an_error():
    for titles in ((), ("one", "two")):
        figure = iris_figure()
        figure.titles["marks-1"] = titles
        with pytest.raises(ValueError, match="zip"):
            svg.svg(figure, "perfect-score")


def test_text_is_text_escaped_and_a_dollar_sign_stays_one():
    frame = trials().replace("adaact", "<img src=x onerror=alert(1)>")
    text = svg.svg(distribution(frame, {}, "Iris"), "distribution")
    words = "".join(ET.fromstring(text).itertext())
    assert "test accuracy (share of rows)" in words
    assert "Dollar$x$" in words
    assert "<img" in words
    assert "<img" not in text


def test_the_forest_plot_has_verdict_margin_and_title_of_every_comparison():
    figure = forest(gaps())
    first, second = figure.axes
    assert [panel.get_title() for panel in (first, second)] == ["Bank Note", "Iris"]
    assert [one.get_text() for one in first.texts] == ["better", "worse †", "equivalent"]
    assert first.get_xlabel() == "gap in test accuracy (band: ±0.01)"
    labels = [one.get_text() for one in first.get_yticklabels()]
    assert labels == ["Adaact − relu", "Adaact − tanh", "Adaact − m:$a$"]
    assert ("Iris, Adaact minus tanh: −0.0100 [−0.0200, 0.0000], worse † (margin 0.0100)",) in (
        figure.titles.values()
    )
    low, high = first.get_xlim()
    assert low < -0.02 < 0.01 < high
