"""Tables of somebody's own, good and bad ones."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bench.data import load, tables
from bench.errors import UserError
from bench.training.trainers.training_task import scaled, scaling

LOADERS = {"breast_cancer": load_breast_cancer, "wine": load_wine, "digits": load_digits}
CLASSES = "ab" * 20
LIKE_CODES = [
    f"a number, {n} whole values, as codes have; --categorical if they are" for n in range(11)
]


def columns(**texts):
    """Lines of a table; one more column, ``kind``, holds the classes a and b by turns."""
    frame = pd.DataFrame(texts).assign(kind=list(CLASSES)[: len(next(iter(texts.values())))])
    return frame.to_csv(index=False).splitlines()


@pytest.mark.parametrize("name", LOADERS)
def test_scikit_learns_tables_come_as_they_are(name):
    own, expected = tables.bundled(name), LOADERS[name]()
    kept = np.ptp(expected.data, axis=0) > 0
    np.testing.assert_array_equal(own.dataset.x, expected.data[:, kept].astype(np.float32))
    np.testing.assert_array_equal(own.dataset.y, expected.target)
    assert len(own.dataset.feature_names) == own.dataset.x.shape[1]
    assert [column.inputs > 0 for column in own.columns] == kept.tolist()


@pytest.mark.parametrize("name", LOADERS)
def test_a_table_written_by_pandas_comes_back(name, write, read):
    data = LOADERS[name](as_frame=True)
    kept = data.frame.loc[:, data.frame.nunique() > 1]
    own = read(write(*kept.to_csv(index=False).splitlines()), target="target")
    expected = kept.drop(columns="target")
    np.testing.assert_array_equal(own.dataset.x, expected.to_numpy().astype(np.float32))
    np.testing.assert_array_equal(own.dataset.y, data.target)
    assert own.dataset.feature_names == tuple(expected.columns)
    assert {column.done for column in own.columns[:-1]} <= {"a number", *LIKE_CODES}


def test_text_becomes_a_column_for_each_category(write, read):
    texts = ["red", "blue", "", "green"] * 9 + ["red", "blue", "red", "blue"]
    own = read(write(*columns(colour=texts, x=range(40))))
    assert own.dataset.feature_names == ("colour = blue", "colour = red", "colour = (other)", "x")
    expected = pd.get_dummies(pd.Series(texts))[["blue", "red", "green"]].to_numpy(np.float32)
    np.testing.assert_array_equal(own.dataset.x[:, :3], expected)
    colour = own.columns[0]
    assert (colour.kind, colour.values, colour.gaps, colour.inputs) == ("category", 3, 9, 3)
    assert colour.done == (
        "2 categories, an input of 0 and 1 for each; one for the one with fewer than 10 rows"
    )


def test_a_category_that_is_called_other_is_among_the_others(write, read):
    texts = ["(other)"] * 15 + ["red"] * 20 + ["blue"] * 5
    own = read(write(*columns(colour=texts, x=range(40))))
    assert own.dataset.feature_names == ("colour = red", "colour = (other)", "x")
    assert own.dataset.x[:, :2].sum(axis=0).tolist() == [20, 20]


GOOD = columns(x=range(40), y=range(40))
NO_HEADER = [f"{n % 7}.{n},{n},{'rs'[n % 2]}" for n in range(40)]
REMEDY = "--no-header --target 3"
GROUPED = [f"{n % 17},{n % 2}" for n in range(80)]


def with_line_8(line):
    return [*GOOD[:7], line, *GOOD[8:]]


BAD = {  # lines and options
    "expected a header and rows. Received: nothing": ([], {}),
    "expected rows below the header": (GOOD[:1], {}),
    "row 8: expected 3 fields. Received: 2": (with_line_8("3,a"), {}),
    "row 8: expected 3 fields. Received: 4": (with_line_8("3,3,3,a"), {}),
    "row 8: expected text. Received: a zero byte": (with_line_8("3\0,3,a"), {}),
    "column 'x', row 8: .*'inf'.*--missing inf": (with_line_8("inf,3,a"), {}),
    "column 'x', row 8: .*'1e300'": (with_line_8("1e300,3,a"), {}),
    "row 8: not CSV .*--sep": (with_line_8('"3,3,a'), {}),
    "a name of its own for each column. Received: 'x'": (["x,x,kind", *GOOD[1:]], {}),
    "a name of its own for each column. Received: ''": (["x,,kind", *GOOD[1:]], {}),
    "--target: .* no column 'kind'. Did you mean kinds": (["x,y,kinds", *GOOD[1:]], {}),
    "two classes or more": ([GOOD[0], *(f"{n},{n},a" for n in range(40))], {}),
    "expected a column to learn from": (["kind", *CLASSES], {}),
    "column 'x is missing': it becomes a column 'x is missing', as another one does": (
        ["x,x is missing,kind", ",0,a", *(f"{n},{n % 3},{'ab'[n % 2]}" for n in range(40))],
        {},
    ),
    f"'0.0, 0, r'.* {REMEDY}": (NO_HEADER, {"target": "r"}),  # one of the target's values
    f"{REMEDY}, as": ([f"{line[:-1]}{n % 2}" for n, line in enumerate(NO_HEADER)], {}),
    rf"'\?, \?, r'.* {REMEDY}": (["?,?,r", *NO_HEADER], {"target": "r"}),
    f"no header: {REMEDY}": (NO_HEADER, {"target": "3"}),
    "row 1: expected a header": (
        [f"{'xyz'[n % 3]},q,{'rs'[n % 2]}" for n in range(40)],
        {"target": "c"},
    ),
    "--drop: .* has no column 'yy'. Did you mean y": (GOOD, {"drop": "x,yy"}),
    "--categorical: .* has no column 'q'": (GOOD, {"categorical": "q"}),
    "--groups: .* has no column 'q'": (GOOD, {"groups": "q"}),
    "expected a column to learn from .*'x' is left out: --drop": (GOOD, {"drop": "x,y"}),
    "row 2: expected a group": (
        ["g,x,kind", *(f"{n // 4 or ''},{line}" for n, line in enumerate(GROUPED))],
        {"groups": "g"},
    ),
    "expected groups enough": (
        ["g,x,kind", *(f"{n % 2},{line}" for n, line in enumerate(GROUPED))],
        {"groups": "g"},
    ),
}


@pytest.mark.parametrize("told", BAD)
def test_a_bad_table_is_one_line_that_names_the_place(write, read, told):
    lines, options = BAD[told]
    with pytest.raises(UserError, match=told) as error:
        read(write(*lines), **options)
    assert "own" in str(error.value)
    assert "\n" not in str(error.value)


WRONG = {
    "--sep: expected one sign": {"sep": "ab"},
    "--decimal: expected . or ,": {"decimal": ";"},
    "--encoding: expected a name such as latin-1. Received: 'utf-9'": {"encoding": "utf-9"},
    "--encoding: expected a name such as latin-1. Received: 'hex'": {"encoding": "hex"},
    "--merge-rare, --drop-rare: expected one": {"merge_rare": True, "drop_rare": True},
    "--positive: no class 'A'. Did you mean a": {"positive": "A"},
}


@pytest.mark.parametrize("told", WRONG)
def test_an_option_that_does_not_fit_is_one_line(write, read, told):
    with pytest.raises(UserError, match=told):
        read(write(*GOOD), **WRONG[told])


def test_load_gives_back_what_save_wrote_and_nobody_can_change_it(write, tmp_path, read):
    own = read(write(*columns(x=["", *range(39)], colour=["r", "g"] * 20))).dataset
    tables.save(own, tmp_path)
    again = load("own", tmp_path)
    np.testing.assert_array_equal(again.x, own.x)
    np.testing.assert_array_equal(again.y, own.y)
    assert (again.feature_names, again.class_names) == (own.feature_names, own.class_names)
    with pytest.raises(ValueError, match="read-only"):
        again.x[0] = 0


def test_missing_numbers_are_imputed_and_scaled_as_scikit_learn_does():
    rng = np.random.default_rng(0)
    x = rng.normal(5, 3, size=(80, 3)).astype(np.float32)
    x[rng.random(x.shape) < 0.2] = np.nan
    expected = make_pipeline(SimpleImputer(), StandardScaler()).fit(x[:60]).transform(x[60:])
    np.testing.assert_allclose(scaled(x[60:], *scaling(x[:60])), expected, atol=1e-5)
