"""Colours, markers and line styles."""

import pytest
from matplotlib.colors import to_rgb

from baselines import ACTIVATIONS
from bench.reporting.series_styles import LOOKS, PLACES, activation_looks, looks


def test_eight_series_differ_in_colour_marker_and_line():
    eight = list(looks([str(i) for i in range(8)]).values())
    for part in ("color", "marker", "linestyle"):
        assert len({repr(getattr(look, part)) for look in eight}) == 8
    many = list(looks([str(i) for i in range(24)]).values())
    assert many[:8] == eight
    assert len(set(map(repr, many))) == 24


def seen(names):
    """Colour and marker by name."""
    return {name: look[:2] for name, look in activation_looks(names).items()}


def test_no_two_activations_of_a_report_look_alike():
    free = len(LOOKS) ** 2 - len({*PLACES, *ACTIVATIONS})
    own = [f"package.module:Activation{n}" for n in range(free)]
    shown = seen([*ACTIVATIONS, *own])
    assert {*PLACES, *ACTIVATIONS, *own} == {*shown}
    assert len({*shown.values()}) == len(shown)
    assert len(seen(map(str, range(100)))) == 100 + len(PLACES)  # some of them alike


def test_an_activation_looks_the_same_in_every_report():
    names = ["relu", "my_activations:Sine", "adaact"]
    assert seen(names)["my_activations:Sine"] == ("#56B4E9", "^")
    assert seen(reversed(names)) == seen(names)
    assert seen([])["adaact"] == seen(names)["adaact"]


@pytest.mark.parametrize("look", LOOKS)
def test_no_colour_vanishes_on_white(look):
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(look.color)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    assert 1.05 / (luminance + 0.05) > 2  # contrast as WCAG defines it; yellow has 1.3
