"""The README's answers, and its rank order of trainers."""

import pandas as pd
import pytest

from bench.analysis.timings import COLUMNS, timing_frame
from bench.errors import UserError
from bench.exports.reading import load
from bench.reporting import readme
from bench.reporting.output import markers
from bench.reporting.sections.times import MISSING
from tests import helpers

PARTS = ("verdict", "answers", "peers")


def text(**parts):
    """The page with this between the markers of each part."""
    made = ("\n".join([markers(n)[0], part, markers(n)[1]]) for n, part in parts.items())
    return "\n\n".join(["Before", *made, "After\n"])


@pytest.fixture(scope="module")
def made(study):
    return readme.parts(load(study))


@pytest.fixture
def page(tmp_path, made, monkeypatch):
    monkeypatch.setattr(readme, "parts", lambda _: made)  # once for all tests
    path = tmp_path / "README.md"
    path.write_text(text(**dict.fromkeys(PARTS, "old")))
    return path


def test_the_tables_are_written_between_their_markers(page, study, made):
    assert not readme.current(page, study)
    readme.update(page, study)
    assert readme.current(page, study)
    assert page.read_text() == text(**{name: f"\n{part}\n" for name, part in made.items()})
    assert made["verdict"].startswith("**Undecided.** In 12 comparisons")
    assert made["answers"].count("\n| ") == 1 + 9  # its head and the published values
    page.write_text(page.read_text().replace("0.988", "0.989", 1))
    assert not readme.current(page, study)


@pytest.mark.parametrize("lost", markers("answers"))
def test_lost_markers_are_a_user_error(page, study, lost):
    page.write_text(page.read_text().replace(lost, ""))
    with pytest.raises(UserError, match="markers"):
        readme.current(page, study)


NAN = float("nan")


def row(operation, competitor, median, ratio, low):
    timed = {"dataset": "mnist", "activation": "relu", "reference": "Keras fit"}
    timed |= {"operation": operation, "competitor": competitor, "median_seconds": median}
    timed |= {"ratio": ratio, "ratio_low": low, "ratio_high": low + 0.1}
    return dict.fromkeys(COLUMNS, NAN) | timed


def test_the_fastest_trainer_of_the_same_rounds_comes_first_and_the_reference_has_1():
    raced = pd.DataFrame(
        [
            row("one epoch", "Keras fit", 2.0, NAN, NAN),
            row("one epoch", "slow", 3.0, 1.5, 1.45),
            row("one epoch", "fast", 1.0, 0.5, 0.45),
            row("whole command", "Keras fit", 9.0, NAN, NAN),  # not in the same rounds
            row("whole command", "fast", 1.0, 0.11, NAN),
            row("forward pass", "relu", 1.0, NAN, NAN),  # no trainer
        ]
    )
    _, table = readme.ranking(raced)
    assert helpers.table_rows(table) == [
        ["MNIST, one epoch", "1", "fast", "1 s", "0.50 [0.45, 0.55]"],
        ["MNIST, one epoch", "2", "Keras fit", "2 s", "1"],
        ["MNIST, one epoch", "3", "slow", "3 s", "1.50 [1.45, 1.55]"],
    ]
    (told,) = readme.ranking(timing_frame(None))
    assert told.text == MISSING
