"""The README's answers, and its rank order of trainers."""

import pandas as pd
import pytest

from bench.analysis.timings import COLUMNS, timing_frame
from bench.errors import UserError
from bench.reporting import readme
from bench.reporting.output import markers
from bench.reporting.sections.times import MISSING
from tests import helpers


@pytest.mark.parametrize("lost", [None, *markers("answers")])
def test_the_tables_stand_between_their_markers_which_must_be_there(tmp_path, study, lost):
    marks = [mark for name in ("verdict", "answers", "peers") for mark in markers(name)]
    path = tmp_path / "README.md"
    path.write_text("\nold\n".join(["Before", *(mark for mark in marks if mark != lost), "After"]))
    if lost:
        with pytest.raises(UserError, match="markers"):
            readme.updated(path, study)
        return
    made = readme.updated(path, study)
    path.write_text(made)
    assert readme.updated(path, study) == made
    verdict, answers = (made.partition(marks[n])[2].partition(marks[n + 1])[0] for n in (0, 2))
    assert verdict.startswith("\n\n**Undecided.** In 12 comparisons")
    assert answers.count("\n| ") == 1 + 9  # its head and the published values
    assert made.count("\nold\n") == 4  # before, after and between the parts


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
