"""Figures of the page."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from bench.reporting.sections.growth import growth_plot
from bench.reporting.train_test import train_against_test

from bench.reporting import curves, svg
from bench.reporting.distribution import distribution
from tests import helpers

SEEDS = [[1.0, 0.5, 0.4], [1.0, 0.6, 0.3]]


def trials():
    frame = helpers.trial_frame({"adaact": [0.9, 0.95], "my_activations:Dollar$x$": [0.3, 0.9]})
    score = frame["test_accuracy"]
    return frame.assign(train_accuracy=score, train_loss=1.1 - score, test_loss=1.2 - score)


def histories():
    rows = helpers.epoch_frame(SEEDS).assign(accuracy=0.5, val_loss=0.7, val_accuracy=[0.1] * 6)
    return pd.concat(rows.assign(activation=name) for name in trials()["activation"].unique())


def scalars():
    rows = helpers.epoch_frame(SEEDS, "k0_1").assign(k1_1=0.5)
    return curves.scalar_traces(rows, pd.DataFrame({"seed": [0, 1]}), "Iris")


def scaling():
    points = pd.DataFrame({"axis": "seeds", "size": [1, 10], "median_seconds": [0.1, 0.4]})
    fitted = pd.DataFrame({"axis": ["seeds"], "exponent": [0.6], "constant": [0.1]})
    return growth_plot(points, fitted)


FIGURES = {
    "distribution": (lambda: distribution(trials(), {"adaact": (0.9235, 0.9245)}, "Iris"), 11),
    "curves": (lambda: curves.learning_curves(histories(), "Iris", "held-out"), 16),
    "train-test": (lambda: train_against_test(histories(), trials(), "Iris", "paper"), 24),
    "scalars": (scalars, 6),
    "scaling": (scaling, 3),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_mark_has_the_title_of_its_row(name):
    draw, count = FIGURES[name]
    figure = draw()
    root = ET.fromstring(svg.svg(figure, name))
    marks = [one for one in root.iter() if one.find(f"{{{svg.SVG}}}title") is not None]
    told = [mark.find(f"{{{svg.SVG}}}title").text for mark in marks]
    assert sorted(told) == sorted(title for titles in figure.titles.values() for title in titles)
    assert len(told) == count
    assert {mark.tag.rpartition("}")[2] for mark in marks} <= {"path", "use"}


def test_a_title_too_few_or_too_many_is_an_error():
    for titles in ((), ("one", "two")):
        figure = scaling()
        figure.titles["marks-1"] = titles
        with pytest.raises(ValueError, match="zip"):
            svg.svg(figure, "scaling")


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_figure_has_the_same_bytes_and_no_date(name):
    draw, _ = FIGURES[name]
    texts = {svg.svg(draw(), name) for _ in range(2)}
    assert len(texts) == 1
    assert not re.search(r"<metadata|<style|date|matplotlib", texts.pop())


def test_text_is_text_and_a_dollar_sign_stays_one():
    text = svg.svg(distribution(trials(), {}, "Iris"), "distribution")
    words = "".join(ET.fromstring(text).itertext())
    assert "test accuracy (share of rows)" in words
    assert "Dollar$x$" in words


def test_two_figures_of_a_page_share_no_id():
    ids = [set(re.findall(r'\bid="(.*?)"', svg.svg(scaling(), name))) for name in ("one", "two")]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_a_description_cannot_end_its_attribute():
    text = svg.picture(scaling(), "scaling", 'a "b" <c>')
    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in text


def test_a_name_is_escaped_in_every_title():
    frame = trials().replace("adaact", "<img src=x onerror=alert(1)>")
    text = svg.svg(distribution(frame, {}, "Iris"), "distribution")
    assert "<img" not in text
    assert np.sum([one.tag == f"{{{svg.SVG}}}title" for one in ET.fromstring(text).iter()]) > 0
