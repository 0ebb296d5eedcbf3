import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bench.data import banknote
from bench.errors import UserError

GOOD = "3.6216,8.6661,-2.8073,-0.44699,0\n"

settings = hypothesis_settings(deadline=None)


def test_rows_become_float32_features_and_int64_labels(write):
    x, y = banknote.parse(write("table.csv", GOOD + "1e-3,+2,.5,-4.,1"))
    expected = np.array([[3.6216, 8.6661, -2.8073, -0.44699], [1e-3, 2, 0.5, -4]], np.float32)
    assert x.dtype == np.float32
    assert y.dtype == np.int64
    np.testing.assert_array_equal(x, expected)
    np.testing.assert_array_equal(y, [0, 1])


def test_windows_line_ends_change_nothing(write):
    x, y = banknote.parse(write("table.csv", GOOD.replace("\n", "\r\n") * 2))
    assert x.shape == (2, 4)
    assert y.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,2,3,0", "expected 5 fields. Received: 4"),
        ("1,2,3,4,5,0", "expected 5 fields. Received: 6"),
        ("", "expected 5 fields. Received: 0"),
        ("   ", "expected 5 fields. Received: 1"),
        ("1,2,nan,4,0", "curtosis: expected a finite number. Received: 'nan'"),
        ("1,inf,3,4,0", "skewness: expected a finite number. Received: 'inf'"),
        ("-Infinity,2,3,4,0", "variance: expected a finite number"),
        ("1e39,2,3,4,0", "variance: expected a finite number"),  # infinite in float32
        ("1,2,3,1e999,0", "entropy: expected a finite number"),
        ("1,2,3,,0", "entropy: expected a finite number. Received: ''"),
        ("1,2,three,4,0", "curtosis: expected a finite number. Received: 'three'"),
        ("1_0,2,3,4,0", "variance: expected a finite number. Received: '1_0'"),
        ("١,2,3,4,0", "variance: expected a finite number"),
        ('"1",2,3,4,0', "variance: expected a finite number. Received: '\"1\"'"),
        ('"1,2",3,4,0', "variance: expected a finite number"),
        ("1;2;3;4;0", "expected 5 fields. Received: 1"),
        ("1,2,3,4,2", "class: expected 0 or 1. Received: '2'"),
        ("1,2,3,4,-1", "class: expected 0 or 1. Received: '-1'"),
        ("1,2,3,4,0.0", "class: expected 0 or 1. Received: '0.0'"),
        ("1,2,3,4,", "class: expected 0 or 1. Received: ''"),
        ("x" * 200_000 + ",2,3,4,0", "not CSV (field larger than field limit"),
    ],
)
def test_a_bad_row_is_named_with_its_file_number_and_fault(write, refused, row, said):
    path = write("table.csv", GOOD + GOOD + row + "\n" + GOOD)
    line = refused(banknote.parse, path)
    assert line.startswith(f"{path}, row 3: ")
    assert said in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Received: an empty file"),
        (b"\xef\xbb\xbf" + GOOD.encode(), "row 1: variance: expected a finite number"),
        (GOOD.encode("utf-16"), "row 1: "),
        (b"\xff\x00\xfe", "row 1: "),
        (b"variance,skewness,curtosis,entropy,class\n", "row 1: variance: expected a finite"),
        (b"<!DOCTYPE html>\n<title>404</title>\n", "row 1: expected 5 fields"),
        (GOOD.encode() * 40_000, "expected at most 1000000 bytes"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(write, refused, content, said):
    assert said in refused(banknote.parse, write("table.csv", content))


def test_a_directory_and_a_missing_file_are_refused(tmp_path, refused):
    assert "Received: a directory" in refused(banknote.parse, tmp_path)
    assert "Received: none" in refused(banknote.parse, tmp_path / "absent.csv")


def test_a_table_with_too_few_rows_is_refused(write, refused):
    path = write(banknote.FILE, GOOD)
    assert "expected (762, 610) rows by class. Received: (1, 0)" in refused(
        banknote.load, {banknote.FILE: path}
    )


@given(content=st.binary(max_size=300) | st.text('0123456789.,-+eE"\r\n naif', max_size=300))
@settings
def test_any_content_is_refused_or_gives_a_finite_table(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        x, y = banknote.parse(path)
    except UserError:
        return
    assert x.shape == (len(y), 4)
    assert np.isfinite(x).all()
    assert set(y) <= {0, 1}


@given(
    rows=st.lists(
        st.tuples(*[st.floats(width=32, allow_nan=False, allow_infinity=False)] * 4, st.booleans()),
        min_size=1,
    )
)
@settings
def test_every_table_of_finite_numbers_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "finite.csv"
    path.write_text("".join(f"{a!r},{b!r},{c!r},{d!r},{int(y)}\n" for a, b, c, d, y in rows))
    x, y = banknote.parse(path)
    np.testing.assert_array_equal(x, np.array([row[:4] for row in rows], np.float32))
    np.testing.assert_array_equal(y, [row[4] for row in rows])
