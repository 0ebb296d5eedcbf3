"""The figure of test accuracy over trials."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from bench.reporting import distribution
from bench.reporting.marks import MOST_MARKS
from tests import helpers


@given(st.lists(st.floats(0, 1), max_size=50))
def test_bars_are_a_histogram(values):
    edges = np.linspace(0.25, 0.75, 11)
    made = distribution.bars(pd.Series(values, dtype=float), edges)
    counts, _ = np.histogram(values, edges)
    assert made["count"].tolist() == counts[counts > 0].tolist()


def test_a_score_that_stands_alone_in_its_bin_has_its_bar_on_it():
    made = distribution.bars(pd.Series([0.11, 0.11, 0.51, 0.52]), np.linspace(0, 1, 11))
    np.testing.assert_allclose(made["centre"], [0.11, 0.55])
    assert made["count"].tolist() == [2, 2]


def trials(**scores):
    return helpers.trial_frame(scores)


def test_the_published_value_is_drawn_as_all_values_that_round_to_it():
    scores = trials(adaact=[0.9, 0.95], relu=[0.92])
    figure = distribution.distribution(scores, {"adaact": (0.9885, 0.9895)}, "Iris")
    (panel,) = figure.axes
    (band,) = [patch for patch in panel.patches if str(patch.get_label()).startswith("published")]
    ends = band.get_x() + np.array([0, band.get_width()])
    np.testing.assert_allclose(ends, [0.9885, 0.9895])
    assert figure.titles[band.get_gid()] == ("Adaact, published: test accuracy 0.9885 to 0.9895",)
    rows = np.sort(band.get_y() + np.array([0, band.get_height()]))
    np.testing.assert_array_less(np.abs(rows), 0.5)  # the first
    low, high = panel.get_xlim()
    assert low < 0.9
    assert high > 0.99


def test_every_score_has_a_mark_also_where_a_second_panel_looks_closer():
    values = [0.3, *np.linspace(0.95, 1.0, 20)]
    figure = distribution.distribution(trials(adaact=values), {}, "Iris")
    assert [axes.get_title() for axes in figure.axes] == ["all trials", "where most trials lie"]
    marks = figure.axes[0].collections[0].get_offsets()
    np.testing.assert_allclose(np.sort(marks[:, 0]), np.unique(values))


def test_too_many_scores_have_bars_alone_and_not_too_many():
    values = np.random.default_rng(0).uniform(0.7, 1, (20, 40))
    figure = distribution.distribution(trials(**{f"a{n}": v for n, v in enumerate(values)}), {}, "")
    (panel,) = figure.axes
    assert not panel.collections
    assert 100 < len(panel.patches) <= MOST_MARKS


def test_a_row_has_its_median_and_says_how_many_trials_its_highest_bar_stands_for():
    figure = distribution.distribution(trials(adaact=[0.9, 0.9, 0.97], relu=[1.0, 1.0]), {}, "Iris")
    (panel,) = figure.axes
    medians = [line.get_xdata()[0] for line in panel.lines if line.get_label() == "median"]
    assert medians == [0.9, 1.0]
    labels = [text.get_text() for text in panel.get_yticklabels()]
    assert labels == ["Adaact\nhighest bar: 2 of 3", "relu\nhighest bar: 2 of 2"]
    two, one = ("Adaact, 2 trials: test accuracy 0.9000", "test accuracy 0.9700")
    bars = [figure.titles[patch.get_gid()][0] for patch in panel.patches]
    assert bars[:2] == [two, f"Adaact, 1 trial: {one}"]
    assert figure.titles[panel.collections[0].get_gid()] == (two, f"Adaact, seed 2: {one}")


def test_the_mark_of_one_trial_among_splits_names_its_split():
    scores = pd.concat([trials(adaact=[0.9]), trials(adaact=[0.97]).assign(split=3)])
    figure = distribution.distribution(scores, {}, "flowers")
    marks = figure.titles[figure.axes[0].collections[0].get_gid()]
    assert marks[1] == "Adaact, split 3, seed 0: test accuracy 0.9700"
