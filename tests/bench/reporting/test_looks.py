"""Colours, markers and line styles."""

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
