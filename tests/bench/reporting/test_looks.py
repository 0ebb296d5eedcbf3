"""Colours, markers and line styles."""

import pytest
from matplotlib.colors import to_rgb

from baselines import ACTIVATIONS
from bench.reporting.looks import LOOKS, PLACES, activation_look, looks


def test_eight_series_differ_in_colour_marker_and_line():
    eight = list(looks([str(i) for i in range(8)]).values())
    for part in ("color", "marker", "linestyle"):
        assert len({repr(getattr(look, part)) for look in eight}) == 8
    many = list(looks([str(i) for i in range(24)]).values())
    assert many[:8] == eight
    assert len(set(map(repr, many))) == 24


def seen(name):
    return activation_look(name)[:2]


def test_no_two_activations_of_the_suite_look_alike():
    assert len({seen(name) for name in (*PLACES, *ACTIVATIONS)}) == len({*PLACES, *ACTIVATIONS})


def test_an_activation_of_ones_own_looks_like_none_of_the_suites():
    own = {f"package.module:Activation{n}" for n in range(200)}
    assert not {seen(name) for name in own} & {seen(name) for name in PLACES}
    assert seen("my_activations:Sine") == ("#56B4E9", "^")  # in every report


@pytest.mark.parametrize("look", LOOKS)
def test_no_colour_vanishes_on_white(look):
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(look.color)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) > 2  # contrast as WCAG defines it; yellow has 1.3
