"""The look of the figures."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread

from bench.reporting import style


@style.styled
def drawn():
    figure, axes = style.panels(1, 2, height=3)
    axes[0][0].plot([0, 1], [0, 1])
    axes[0][0].set_ylabel("a label that stands at the very edge")
    figure.suptitle("title")
    style.diagonal(axes[0][0])
    return figure


def test_the_same_figure_has_the_same_bytes_whatever_the_users_settings(tmp_path):
    path = style.save(drawn(), tmp_path / "a.png")
    first = path.read_bytes()
    assert b"Software" not in first
    assert imread(path).shape[1] == 1_500  # for a page of 1,000 pixels
    with mpl.rc_context({"font.size": 30, "savefig.dpi": 20, "axes.grid": False}):
        # Reading the backend chooses one; it is not a setting that a style may touch.
        before = {name: mpl.rcParams[name] for name in mpl.rcParams if name != "backend"}
        assert style.save(drawn(), path).read_bytes() == first
        assert before.items() <= dict(mpl.rcParams).items()


def test_a_sign_that_the_font_lacks_is_drawn_without_a_word(tmp_path, recwarn):
    figure = drawn()
    figure.suptitle("日本 🦋")
    style.save(figure, tmp_path / "a.png")
    assert not recwarn.list


def test_there_is_no_diagonal_where_the_axes_share_no_value():
    _, axes = style.panels(1, 1, height=3)
    axes[0][0].plot([0, 1], [5, 6])
    style.diagonal(axes[0][0])
    assert len(axes[0][0].lines) == 1


@pytest.mark.parametrize("sign", [".", ":", "_", " ", "x"])
def test_a_long_name_is_broken_and_never_cut(sign):
    name = sign.join(["activation"] * 20)
    lines = style.wrapped(name, inches=2).split("\n")
    assert max(map(len, lines)) <= 2 / style.LETTER
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")


def test_long_names_in_title_labels_and_legend_stay_within_the_figure(tmp_path):
    figure, axes = style.panels(1, 1, height=4)
    name = "a_package.with_a.module:AndAnActivationWithALongName"
    axes[0][0].plot([0, 1], label=name)
    style.heading(figure, f"{name}, {name}: learned scalars per epoch")
    style.legend(figure, axes[0][0])
    pixels = imread(style.save(figure, tmp_path / "a.png"))[..., :3]
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert (edge == 1).all()
