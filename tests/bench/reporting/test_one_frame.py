"""Sentences, tables and CSV files of a report hold the same values, whatever the trials.

The CSV files are read from disk. The sentences of the report must be those that the files give, and
the frames of its tables must be the files' rows.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bench.reporting import report
from bench.reporting.csv_files import frames, write_csv_files
from bench.reporting.document import Bullets, Prose, Table
from bench.reporting.sections import comparison, failed_training, published, selection_bias
from bench.reporting.view import View
from tests import helpers

ROWS = {"banknote": 343, "mnist": 10_000, "iris": 38}
CELL = ["dataset", "protocol", "activation"]


@dataclass(frozen=True)
class Made:
    """A report: its tables and sentences, and the files beside it."""

    view: View
    tables: list
    sentences: list
    files: dict

    def shown(self, columns):
        """The frames of the tables that have these columns."""
        return [table.frame for table in self.tables if set(columns) <= set(table.columns)]

    def file(self, name):
        """A CSV file; no row where it is not there."""
        return self.files.get(name, frames(self.view)[name][:0])


def sentences_of(block):
    if isinstance(block, Prose):
        return [block.text]
    return block.items if isinstance(block, Bullets) else []


def read(path, frame):
    """A CSV file; empty words stay words."""
    numbers = {name: [""] for name in frame.select_dtypes("number")}
    return pd.read_csv(path, keep_default_na=False, na_values=numbers)


def same_rows(shown, written):
    """Assert that a table's frame has a file's rows, in the columns that the file has."""
    names = list(written)
    pd.testing.assert_frame_equal(
        shown[names].reset_index(drop=True),
        written.reset_index(drop=True),
        check_dtype=False,
        rtol=1e-12,
    )


def failed_rows(made):
    """The file's rows of the comparison's protocol, of the data sets with a failure."""
    rows = made.file("tables/failed_training.csv")
    rows = rows[rows["protocol"] == made.view.headline_protocol]
    return rows[rows.groupby("dataset")["failed"].transform("max") > 0]


def check_tables(made):
    for shown in made.shown(comparison.COLUMNS):
        same_rows(shown, made.file("tables/headline.csv"))
    for shown in made.shown(failed_training.COLUMNS):
        same_rows(shown, failed_rows(made))
    verdicts = made.file("claims.csv")
    (values,) = made.shown(published.COLUMNS)
    same_rows(values, verdicts[verdicts["kind"] == "figure"])


def check_scores(made):
    scores = made.file("tables/scores.csv").set_index([*CELL, "metric"])
    tables = [table.frame for table in made.tables if "activation" in list(table.frame)[:1]]
    measured = scores["median"].dropna().index.unique("dataset")
    sets = [name for name in made.view.study["datasets"] if name in measured]
    for dataset, table in zip(sets, tables, strict=True):
        for column in table:
            protocol, _, score = column.partition(" ")
            if score in ("test_accuracy", "test_f1", "train_accuracy"):
                cells = [(dataset, protocol, name, score) for name in table["activation"]]
                rows = scores["median"].reindex(cells)
                np.testing.assert_allclose(table[column], rows, rtol=1e-12)


def expected_sentences(made):
    """What the files say, in the sections' words."""
    verdicts = made.file("claims.csv")
    values = verdicts[verdicts["kind"] == "figure"]
    yield published.real(values)
    yield published.typical(values)
    yield published.counted(verdicts[verdicts["kind"] == "exact"])
    headline = made.file("tables/headline.csv")
    if (headline["verdict"] != "not measured").any():
        yield comparison.verdict_sentence(headline)
        for row in headline[headline["verdict"] == "undecided"].to_dict("records"):
            yield comparison.would_decide(row)
    failed = failed_rows(made)
    if len(failed):
        yield failed_training.told(failed)
    bias = made.file("tables/selection_bias.csv")
    for row in bias[bias["activation"] == "adaact"].to_dict("records"):
        yield selection_bias.told(row, ROWS[row["dataset"]])


def check_sentences(made):
    for text in expected_sentences(made):
        assert text in made.sentences


def check_texts(made):
    """The text of a cell begins with the number that it sorts by, rounded."""
    for table in made.tables:
        for column in table.columns:
            pairs = zip(column.cells(table.frame), column.keys(table.frame), strict=True)
            for text, key in pairs:
                told = re.match(r"[+−]?\d+(?:,\d{3})*(?:\.(\d+))?(%?)|[+−]?\.(\d+)", text)
                if key is None or told is None:
                    continue
                value = float(told[0].translate(str.maketrans("−", "-", ",%")))
                digits = len(told[1] or told[3] or "")
                scale = 100 if told[2] else 1
                assert abs(value - key * scale) <= 0.5001 * 10.0**-digits


CHECKS = (check_tables, check_scores, check_sentences, check_texts)


def checked(made):
    for check in CHECKS:
        check(made)
    return made


FAST = (Phase.generate,)  # a smaller failing study is not worth minutes of search


def spoiler(seed, noise):
    """Return what makes networks of any kind: ahead, behind, tied, constant, failed, missing."""

    def spoil(trials):
        rng = np.random.default_rng(seed)
        trials = trials[rng.random(len(trials)) < rng.choice([0.7, 1])].copy()
        own = trials["trainer"] != "scikit-learn"
        cells = list(zip(*(trials[name] for name in CELL), strict=True))
        levels = {cell: rng.choice([0.45, 0.9, 0.95, 1.0]) for cell in dict.fromkeys(cells)}
        rows = trials["dataset"].map(ROWS).to_numpy()
        level = np.array([levels[cell] for cell in cells]) + noise * rng.normal(size=len(trials))
        right = np.round(rows * np.clip(level, 0, 1))
        gained = np.clip(right + rng.integers(-2, 3, len(trials)), 0, rows) / rows
        for name in ("train_accuracy", "test_accuracy", "test_f1"):
            trials[name] = np.where(own, right / rows, trials[name])
        biased = trials["test_accuracy_stopped_on_test"]
        trials["test_accuracy_stopped_on_test"] = np.where(biased.notna(), gained, np.nan)
        trials["constant"] = own & (rng.random(len(trials)) < 0.1)
        trials["parameters"] += rng.choice([0, 0, 1])
        states = rng.choice(["ok", "diverged", "failed"], len(trials), p=[0.9, 0.05, 0.05])
        states = np.where(own, states, "ok")
        reasons = np.where(states == "failed", "it fell", trials["reason"])
        return trials.assign(status=states, reason=reasons)

    return spoil


@st.composite
def studies(draw):
    """Arguments of ``results_folder``: seeds by data set, protocols, how the trials are spoilt."""
    names = draw(st.lists(st.sampled_from(list(ROWS)), min_size=1, unique=True))
    few, many = st.integers(1, 12), st.just(60)
    protocols = st.sampled_from([("paper",), ("held-out",), ("paper", "paper-clean", "held-out")])
    spoil = st.builds(spoiler, st.integers(0, 2**32), st.sampled_from([0, 0.01, 0.2]))
    return {
        "seeds": {name: draw(few if name == "mnist" else few | many) for name in names},
        "protocols": draw(protocols),
        "spoil": draw(spoil),
    }


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """The maker of reports: ``make(seeds=..., protocols=..., spoil=...) -> Made``."""

    def make(**study):
        folder = helpers.results_folder(tmp_path_factory.mktemp("study"), **study)
        view = View.of(folder)
        blocks = report.report(view).blocks
        write_csv_files(view, folder)
        written = {path: f for path, f in frames(view).items() if (folder / path).exists()}
        return Made(
            view,
            [block for block in blocks if isinstance(block, Table)],
            [text for block in blocks for text in sentences_of(block)],
            {path: read(folder / path, frame) for path, frame in written.items()},
        )

    return make


@given(study=studies())
@settings(max_examples=2, derandomize=True, phases=FAST)
def test_sentences_tables_and_files_hold_the_same_values(make, study):
    checked(make(**study))


@pytest.mark.slow
@given(study=studies())
@settings(max_examples=100, phases=FAST)
def test_they_hold_the_same_values_in_many_studies(make, study):
    checked(make(**study))


def test_every_kind_of_sentence_and_table_is_among_those_compared(make):
    study = {"seeds": {"banknote": 40, "iris": 40}, "spoil": spoiler(7, 0.2)}
    made = checked(make(**study, protocols=("paper", "paper-clean", "held-out")))
    assert made.shown(comparison.COLUMNS)
    assert made.shown(failed_training.COLUMNS)
    told = " ".join(expected_sentences(made))
    for phrase in ("undecided", "training fails in", "lower in", "Counts of parameters"):
        assert phrase in told
