"""Sentences, tables and CSV files of a report hold the same values, whatever the trials.

The CSV files are read from disk. The sentences of the report must be those that the files give, and
the frames of its tables must be the files' rows.
"""

import itertools
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bench.reporting import figures, report
from bench.reporting.document import Bullets, Details, Numbered, Prose, Table
from bench.reporting.files import frames, write_csv_files
from bench.reporting.sections import (
    cautions,
    claims,
    comparison,
    panels,
    provenance,
    selection_bias,
)
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
        """The rows of all tables with these columns, in one frame."""
        frames = [table.frame for table in self.tables if table.columns is columns]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def file(self, name, like):
        """A CSV file; no row where it is not there."""
        return self.files.get(name, like[:0])


def sentences_of(block):
    if isinstance(block, Prose):
        return [block.text]
    if isinstance(block, Bullets):
        return block.items
    points = block.points if isinstance(block, Numbered) else ()
    return [line for point in points for line in point.measured or ()]


def read(path, frame):
    """A CSV file; empty words stay words."""
    numbers = {name: [""] for name in frame.select_dtypes("number")}
    return pd.read_csv(path, keep_default_na=False, na_values=numbers)


def same_rows(shown, written):
    """Whether a table's frame has a file's rows, in the columns that the file has."""
    if written.empty:
        assert shown.empty
        return
    order = [name for name in (*CELL, "baseline", "metric", "coefficient") if name in written]
    one, other = (
        frame[list(written)].sort_values(order, ignore_index=True) for frame in (shown, written)
    )
    pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-12)


def check_tables(made):
    view = made.view
    verdicts = made.file("claims.csv", view.verdicts)
    (shown,) = [t.frame for t in made.tables if set(claims.COLUMNS) <= set(t.columns)]
    same_rows(shown, verdicts[verdicts["kind"] == "figure"])
    same_rows(
        made.shown(selection_bias.COLUMNS),
        made.file("tables/selection_bias.csv", view.selection_bias),
    )
    same_rows(made.shown(panels.PAIRED), made.file("tables/pairs.csv", view.pairs))
    same_rows(made.shown(panels.SCALARS), made.file("tables/coefficients.csv", view.coefficients))
    tested = [t.frame for t in made.tables if "p_holm" in t.frame]
    same_rows(
        pd.concat(tested or [pd.DataFrame()]), made.file("tables/headline.csv", view.headline)
    )


def check_scores(made):
    scores = made.file("tables/scores.csv", made.view.spreads).set_index([*CELL, "metric"])
    tables = [table.frame for table in made.tables if panels.TRIALS in table.columns]
    written = set(scores.index.droplevel(["activation", "metric"]))
    asked = itertools.product(*(made.view.study[name] for name in ("datasets", "protocols")))
    cells = [cell for cell in asked if cell in written]
    for (dataset, protocol), table in zip(cells, tables, strict=True):
        nets = table[table["activation"].isin(scores.index.unique("activation"))]
        for metric in scores.index.unique("metric"):
            rows = scores.loc[[(dataset, protocol, n, metric) for n in nets["activation"]]]
            np.testing.assert_allclose(nets[metric], rows["median"], rtol=1e-12)
            np.testing.assert_array_equal(nets["n"], rows["n"])


def expected_sentences(made):
    """What the files say, in the sections' words."""
    view = made.view
    verdicts, kinds = made.files["claims.csv"], made.files["claims.csv"]["kind"]
    published = verdicts[kinds == "figure"]
    yield claims.reproduced(published) + claims.against_held_out(published)
    yield claims.exact(verdicts[kinds == "exact"])
    headline = made.file("tables/headline.csv", view.headline)
    if len(headline):
        claimed = verdicts[kinds == "comparison"]
        yield comparison.headline_sentence(
            headline, claimed, comparison.unmeasured(held_out=view.held_out)
        )
    leaks = made.file("tables/selection_bias.csv", view.selection_bias)
    for _, row in leaks[leaks["activation"] == "adaact"].iterrows():
        yield selection_bias.mean_bias(row, ROWS[row["dataset"]])
    scalars = made.file("tables/coefficients.csv", view.coefficients)
    mine = scalars[(scalars["activation"] == "adaact") & (scalars["protocol"] == "paper")]
    for _, rows in mine.groupby("dataset"):
        yield cautions.identifiability(rows)


def check_sentences(made):
    for text in expected_sentences(made):
        assert any(text in told for told in made.sentences), text


def check_signs(made):
    headline = made.file("tables/headline.csv", made.view.headline)
    assert (headline.loc[headline["verdict"] == "better", "low"] > 0).all()
    assert (headline.loc[headline["verdict"] == "worse", "high"] < 0).all()


def check_texts(made):
    """The text of a cell begins with the number that it sorts by, rounded."""
    for table in made.tables:
        for column in table.columns:
            pairs = zip(column.cells(table.frame), column.keys(table.frame), strict=True)
            for text, key in pairs:
                if key is not None and text != "< .001" and column is not provenance.WALL:
                    told = re.match(r"[+−]?\d*\.?(\d*)", text)
                    value = float(told[0].replace("−", "-"))
                    assert abs(value - key) <= 0.5001 * 10.0 ** -len(told[1] * ("." in told[0]))


FAST = (Phase.generate,)  # a smaller failing study is not worth minutes of search
CHECKS = (check_tables, check_scores, check_sentences, check_signs, check_texts)


def spoiler(seed, noise):
    """Returns what makes trials of any kind: ahead, behind, tied, collapsed, failed, missing."""

    def spoil(trials):
        rng = np.random.default_rng(seed)
        trials = trials[rng.random(len(trials)) < rng.choice([0.7, 1])].copy()
        cells = [trials[name].astype(str) for name in ("dataset", "activation", "protocol")]
        levels = {cell: rng.choice([0.45, 0.9, 0.95, 1.0]) for cell in zip(*cells, strict=True)}
        level = np.array([levels[cell] for cell in zip(*cells, strict=True)])
        rows = trials["dataset"].map(ROWS).to_numpy()
        right = np.round(rows * np.clip(level + noise * rng.normal(size=len(trials)), 0, 1))
        gained = np.clip(right + rng.integers(-2, 3, len(trials)), 0, rows)
        trials["test_accuracy"] = trials["test_f1"] = right / rows
        leaked = trials["leaked_test_accuracy"].notna()
        trials["leaked_test_accuracy"] = np.where(leaked, gained / rows, np.nan)
        trials["constant"] = rng.random(len(trials)) < 0.1
        trials["best_epoch"] = np.minimum(
            trials["best_epoch"] + rng.integers(0, 3), trials["epochs"]
        )
        trials.loc[trials["collapse_flips"].notna(), "collapse_flips"] = rng.choice([0, 2])
        trials["parameters"] += rng.choice([0, 0, 1])
        states = rng.choice(["ok", "diverged", "failed"], len(trials), p=[0.9, 0.05, 0.05])
        scores = [name for name in trials if trials[name].dtype == float]
        trials.loc[states != "ok", scores] = np.nan
        trials.loc[states != "ok", "constant"] = False
        return trials.assign(status=states, reason=np.where(states == "failed", "it fell", ""))

    return spoil


@st.composite
def studies(draw):
    """Arguments of ``results_folder``: seeds by data set, protocols, how the trials are spoilt."""
    names = draw(st.lists(st.sampled_from(list(ROWS)), min_size=1, unique=True))
    few, many = st.integers(1, 12), st.just(60)
    protocols = st.sampled_from([("paper",), ("held-out",), ("paper", "held-out")])
    spoil = st.builds(spoiler, st.integers(0, 2**32), st.sampled_from([0, 0.01, 0.2]))
    return {
        "seeds": {name: draw(few if name == "mnist" else few | many) for name in names},
        "protocols": draw(protocols),
        "spoil": draw(spoil),
    }


@pytest.fixture(scope="module", autouse=True)
def without_pictures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "panel_pictures", lambda *_: [])
        yield


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """The maker of reports: ``make(seeds=..., protocols=..., spoil=...) -> Made``."""

    def make(**study):
        folder = helpers.results_folder(tmp_path_factory.mktemp("study"), **study)
        view = View.of(folder)
        blocks = report.report(view).blocks
        write_csv_files(view, folder)
        tables = [block.table if isinstance(block, Details) else block for block in blocks]
        return Made(
            view,
            [block for block in tables if isinstance(block, Table)],
            [text for block in blocks for text in sentences_of(block)],
            {
                path: read(folder / path, frame)
                for path, frame in frames(view).items()
                if (folder / path).exists()
            },
        )

    return make


@given(study=studies())
@settings(max_examples=5, derandomize=True, phases=FAST)
def test_sentences_tables_and_files_hold_the_same_values(make, study):
    made = make(**study)
    for check in CHECKS:
        check(made)


@pytest.mark.slow
@given(study=studies())
@settings(max_examples=100, phases=FAST)
def test_they_hold_the_same_values_in_many_studies(make, study):
    made = make(**study)
    for check in CHECKS:
        check(made)


def test_every_kind_of_sentence_is_among_those_compared(make):
    made = make(
        seeds={"banknote": 60, "iris": 60}, protocols=("paper", "held-out"), spoil=spoiler(7, 0.01)
    )
    assert len(list(expected_sentences(made))) == 3 + 2 + 2
