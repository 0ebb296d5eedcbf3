"""Each kind of column: what it becomes, and what is said of it."""

import numpy as np
import pandas as pd
import pytest

N = 40
FLOATS = [round(n * 1.37 + 0.1, 2) for n in range(N)]
ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")

# By what is said of them: how numbers are written, as multiples of which number.
WRITTEN = {
    ", without $": (lambda v: f"${v}", 1),
    ", without €": (lambda v: f"{v} €", 1),
    ", without %": (lambda v: f"{v}%", 1),
    ", decimal commas": (lambda v: str(v).replace(".", ","), 1),
    ", commas between thousands": (lambda v: f"{v * 1e4:,.2f}", 1e4),
    ", without $, commas between thousands": (lambda v: f"${v * 1e4:,.2f}", 1e4),
    "": (lambda v: f"{-v:e}", -1),
    " ": (lambda v: str(v).translate(ARABIC), 1),
}


@pytest.mark.parametrize("told", WRITTEN)
def test_a_number_is_read_however_it_is_written(made, told):
    form, unit = WRITTEN[told]
    column, x = made([form(value) for value in FLOATS])
    np.testing.assert_allclose(x[:, 0], np.array(FLOATS) * unit, rtol=1e-6)
    assert (column.kind, column.gaps, column.done) == ("number", 0, f"a number{told.rstrip()}")


@pytest.mark.parametrize(("decimal", "expected"), [(".", 1101), (",", 1.101)])
def test_the_decimal_sign_decides_what_is_not_certain(made, decimal, expected):
    _, x = made([f"{n},{n + 100}" for n in range(1, N + 1)], decimal=decimal)
    assert x[0, 0] == np.float32(expected)


def test_the_decimal_sign_of_other_columns_decides_too(write, read):
    rows = [f"{n},{n + 100};{n},5;{'ab'[n % 2]}" for n in range(1, N + 1)]
    own = read(write("it;other;kind", *rows))
    assert own.dataset.x[0].tolist() == [np.float32(1.101), 1.5]


@pytest.mark.parametrize(
    "mark", ["", " ", "?", "NA", "n/a", "#N/A", "<NA>", "-", "NaN", "null", "."]
)
def test_numbers_with_marks_of_gaps_among_them_stay_numbers(made, mark):
    column, x = made([mark if n % 3 == 0 else value for n, value in enumerate(FLOATS)])
    assert (column.kind, column.gaps) == ("number", 14)
    assert column.done == (
        "a number; gaps at the mean of the training rows, and marked by an input"
    )
    np.testing.assert_array_equal(np.isnan(x[:, 0]), np.arange(N) % 3 == 0)
    np.testing.assert_array_equal(x[:, 1], np.arange(N) % 3 == 0)


def test_other_texts_among_numbers_are_gaps_that_are_said(made):
    column, x = made(["lt1" if n % 4 == 3 else value for n, value in enumerate(FLOATS)])
    assert (column.kind, column.gaps) == ("number", 10)
    assert column.done.startswith("a number; 10 other texts ('lt1' in row 5) as gaps; ")
    assert np.isnan(x[3, 0])


def test_a_text_can_be_named_a_gap(made):
    column, _ = made(["99.9" if n % 4 == 0 else n + 0.5 for n in range(N)], missing="99.9")
    assert column.gaps == 10


DATES = pd.date_range("2021-01-30", periods=N, freq="9D")
FORMS = ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%B %d, %Y"]


@pytest.mark.parametrize("form", FORMS)
def test_dates_become_days(made, form):
    column, x = made(DATES.strftime(form))
    assert (column.kind, column.done) == ("date", "days since 2021-01-30")
    np.testing.assert_array_equal(x[:, 0], 9 * np.arange(N))


def test_a_time_of_day_is_a_part_of_a_day(made):
    _, x = made([f"2021-01-{n % 28 + 1:02} {n % 24:02}:30:00" for n in range(N)])
    np.testing.assert_allclose(x[:3, 0], [0.5 / 24, 1 + 1.5 / 24, 2 + 2.5 / 24], rtol=1e-6)


LEFT_OUT = {  # by why: a column that gives no input
    "id: left out: all 40 texts differ": [f"K{n:03}" for n in range(N)],
    "text: left out: all 40 texts differ": [f"the text of row {n}" for n in range(N)],
    "text: left out: 20 different texts, none in 10 rows or more": [f"K{n // 2}" for n in range(N)],
    "date: left out: dates of which the order of day and month is not certain": [
        f"{n % 12 + 1}/{n % 5 + 1}/2021" for n in range(N)
    ],
    "date: left out: dates with years of two digits": DATES.strftime("%d.%m.%y"),
    "constant: left out: one value only (7)": ["7"] * N,
    "constant: left out: one value only ('same')": ["same"] * N,
    "text: left out: one text only ('k'), in fewer than 10 rows": [*["k"] * 9, *[""] * (N - 9)],
    "empty: left out: no value": [""] * N,
    "text: left out: numbers with a comma before three digits; --decimal says what it is": [
        f"{n},{n + 100}" for n in range(1, N + 1)
    ],
    "text: left out: amounts in $ and €": [f"{'$€'[n % 2]}{n}.5" for n in range(N)],
    "text: left out: numbers of which some carry %": [f"{n}{'%' * (n % 2)}" for n in range(N)],
}
WHOLE = {  # by what is pointed out: a column that stays an input
    "id: a number, all whole and different, as ids are; --drop if they are": range(N),
    "code: a number, with leading zeros, as codes have; --categorical if they are": [
        f"{n % 30:04}" for n in range(N)
    ],
    "code: a number, 4 whole values, as codes have; --categorical if they are": [
        n % 4 for n in range(N)
    ],
}


@pytest.mark.parametrize("told", [*LEFT_OUT, *WHOLE])
def test_a_column_is_left_out_or_doubted_for_the_true_reason(write, read, told):
    texts = (LEFT_OUT | WHOLE)[told]
    rows = [f'"{text}",{n * n},{"ab"[n % 2]}' for n, text in enumerate(texts)]
    own = read(write("it,x,kind", *rows))
    assert f"{own.columns[0].kind}: {own.columns[0].done}" == told
    assert own.dataset.feature_names == (("x",) if told in LEFT_OUT else ("it", "x"))
    if told in WHOLE:
        np.testing.assert_array_equal(own.dataset.x[:, 0], np.array(list(texts)).astype(int))


def test_codes_become_categories_where_they_are_named(made):
    column, x = made([n % 4 for n in range(N)], categorical="it")
    assert (column.kind, column.inputs) == ("category", 4)
    np.testing.assert_array_equal(x, np.eye(4)[np.arange(N) % 4])


def test_a_category_called_none_stays_one_and_is_said(made):
    column, x = made(["none", "some"] * 20)
    assert column.gaps == 0
    assert column.done.endswith("; 'none' is one of them, --missing none makes it a gap")
    assert x.shape == (N, 2)


def test_columns_are_dropped_by_name_also_with_commas_in_it(write, read):
    rows = [f"{n * n},{n / 3},{n / 7},{'ab'[n % 2]}" for n in range(N)]
    path = write('"a, b",c,x,kind', *rows)
    assert read(path, drop="a, b").dataset.feature_names == ("c", "x")
    own = read(path, drop="c,x")
    assert own.dataset.feature_names == ("a, b",)
    assert own.columns[1].done == "left out: --drop"
