"""The README's answers, and its rank order of trainers."""

import pandas as pd
import pytest

from bench.analysis.timings import COLUMNS, timing_frame
from bench.errors import UserError
from bench.exports.reading import load
from bench.reporting import readme
from bench.reporting.markdown import render
from bench.reporting.output import markers
from bench.reporting.sections.times import MISSING

PARTS = ("verdict", "answers", "peers")
MARKERS = [marker for name in PARTS for marker in markers(name)]


def text(**parts):
    """The page with this between the markers of each part."""
    made = ("\n".join([markers(n)[0], part, markers(n)[1]]) for n, part in parts.items())
    return "\n\n".join(["Before", *made, "After\n"])


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(text(**dict.fromkeys(PARTS, "old")))
    return path


def test_the_tables_are_written_between_their_markers(page, study):
    assert not readme.current(page, study)
    readme.update(page, study)
    assert readme.current(page, study)
    parts = {name: f"\n{part}\n" for name, part in readme.parts(load(study)).items()}
    assert page.read_text() == text(**parts)
    assert parts["verdict"].startswith("\n**Undecided.** In 12 comparisons")
    assert parts["answers"].count("\n| ") == 1 + 9  # its head and the published values


def test_a_changed_number_is_noticed(page, study):
    readme.update(page, study)
    page.write_text(page.read_text().replace("0.988", "0.989", 1))
    assert not readme.current(page, study)


@pytest.mark.parametrize("lost", MARKERS)
def test_lost_markers_are_a_user_error(page, study, lost):
    page.write_text(page.read_text().replace(lost, ""))
    with pytest.raises(UserError, match="markers"):
        readme.current(page, study)


NAN = float("nan")


def row(operation, competitor, median, ratio, low):
    return {
        **dict.fromkeys(COLUMNS, NAN),
        "dataset": "mnist",
        "activation": "relu",
        "operation": operation,
        "competitor": competitor,
        "reference": "Keras fit",
        "median_seconds": median,
        "ratio": ratio,
        "ratio_low": low,
        "ratio_high": low + 0.1,
    }


@pytest.fixture
def raced():
    return pd.DataFrame(
        [
            row("one epoch", "Keras fit", 2.0, NAN, NAN),
            row("one epoch", "slow", 3.0, 1.5, 1.45),
            row("one epoch", "fast", 1.0, 0.5, 0.45),
            row("whole command", "Keras fit", 9.0, NAN, NAN),
            row("whole command", "fast", 1.0, 0.11, NAN),
            row("forward pass", "relu", 1.0, NAN, NAN),
        ]
    )


def shown(timings):
    return render(readme.ranking(timings))


def test_the_fastest_comes_first_and_the_reference_has_1(raced):
    lines = [line for line in shown(raced).splitlines() if "one epoch" in line]
    assert [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in lines] == [
        ["1", "fast", "1 s", "0.50 [0.45, 0.55]"],
        ["2", "Keras fit", "2 s", "1"],
        ["3", "slow", "3 s", "1.50 [1.45, 1.55]"],
    ]


def test_what_was_not_measured_in_the_same_rounds_is_not_ranked(raced):
    assert "whole command" not in shown(raced)


def test_activations_are_no_trainers(raced):
    assert "forward pass" not in shown(raced)


def test_without_times_the_place_says_how_to_measure_them():
    assert shown(timing_frame(None)).split() == MISSING.split()
