"""Each kind of column: what it becomes, and what is said of it."""

import numpy as np
import pandas as pd
import pytest

N = 40
FLOATS = [round(n * 1.37 + 0.1, 2) for n in range(N)]
ARABIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")

# By kind: how a number is written, and what is said of it.
WRITTEN = {
    "dollars": (lambda v: f"${v}", "a number, without $"),
    "euros": (lambda v: f"{v} €", "a number, without €"),
    "percent": (lambda v: f"{v}%", "a number, without %"),
    "decimal commas": (lambda v: str(v).replace(".", ","), "a number, decimal commas"),
    "thousands": (lambda v: f"{v * 1e4:,.2f}", "a number, commas between thousands"),
    "dollars with thousands": (
        lambda v: f"${v * 1e4:,.2f}",
        "a number, without $, commas between thousands",
    ),
    "minus": (lambda v: str(-v), "a number"),
    "exponents": (lambda v: f"{v:e}", "a number"),
    "digits of another script": (lambda v: str(v).translate(ARABIC), "a number"),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_number_is_read_however_it_is_written(made, case):
    form, said = WRITTEN[case]
    column, x = made([form(value) for value in FLOATS])
    factor = {"thousands": 1e4, "dollars with thousands": 1e4, "minus": -1}.get(case, 1)
    np.testing.assert_allclose(x[:, 0], np.array(FLOATS) * factor, rtol=1e-6)
    assert (column.kind, column.gaps, column.done) == ("number", 0, said)


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


LEFT_OUT = {
    "ids": ([f"K{n:03}" for n in range(N)], "id", "all 40 texts differ"),
    "prose": ([f"the text of row {n}" for n in range(N)], "text", "all 40 texts differ"),
    "rare texts": (
        [f"K{n // 2}" for n in range(N)],
        "text",
        "20 different texts, none in 10 rows or more",
    ),
    "day or month": (
        [f"{n % 12 + 1}/{n % 5 + 1}/2021" for n in range(N)],
        "date",
        "dates of which the order of day and month is not certain",
    ),
    "short years": (DATES.strftime("%d.%m.%y"), "date", "dates with years of two digits"),
    "one number": (["7"] * N, "constant", "one value only (7)"),
    "one text": (["same"] * N, "constant", "one value only ('same')"),
    "one text and gaps": (
        [*["k"] * 9, *[""] * (N - 9)],
        "text",
        "one text only ('k'), in fewer than 10 rows",
    ),
    "no value": ([""] * N, "empty", "no value"),
    "commas before three digits": (
        [f"{n},{n + 100}" for n in range(1, N + 1)],
        "text",
        "numbers with a comma before three digits; --decimal says what it is",
    ),
    "two currencies": (
        [f"{'$€'[n % 2]}{n}.5" for n in range(N)],
        "text",
        "amounts in $ and €",
    ),
    "some percent": (
        [f"{n}{'%' * (n % 2)}" for n in range(N)],
        "text",
        "numbers of which some carry %",
    ),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_a_column_is_left_out_for_the_true_reason(write, read, case):
    texts, kind, why = LEFT_OUT[case]
    rows = [f'"{text}",{n * n},{"ab"[n % 2]}' for n, text in enumerate(texts)]
    own = read(write("it,x,kind", *rows))
    assert own.dataset.feature_names == ("x",)
    assert (own.columns[0].kind, own.columns[0].done) == (kind, f"left out: {why}")


WHOLE = {
    "ids": (range(N), "id", "all whole and different, as ids are; --drop if they are"),
    "leading zeros": (
        [f"{n % 30:04}" for n in range(N)],
        "code",
        "with leading zeros, as codes have; --categorical if they are",
    ),
    "few levels": (
        [n % 4 for n in range(N)],
        "code",
        "4 whole values, as codes have; --categorical if they are",
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_whole_numbers_that_look_like_ids_or_codes_are_named(made, case):
    texts, kind, why = WHOLE[case]
    column, x = made(texts)
    assert (column.kind, column.done) == (kind, f"a number, {why}")
    np.testing.assert_array_equal(x[:, 0], np.array(list(texts)).astype(int))


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
