"""Forms of files: separators, encodings, packing, headers; what is said of each."""

import gzip
import io
import sys

import numpy as np
import pandas as pd
import pytest

from bench.data import tables
from bench.data.tables import Reading
from bench.errors import UserError

NUMBERS = np.random.default_rng(0).normal(size=(40, 3)).round(4)
FRAME = pd.DataFrame(NUMBERS, columns=["x", "y", "z"]).assign(kind=["a", "b"] * 20)
COMMAS = FRAME.to_csv(index=False).splitlines()


@pytest.mark.parametrize(
    ("sep", "decimal", "said"),
    [
        (",", ".", "a header, fields separated by commas."),
        (";", ",", "a header, fields separated by semicolons, decimal commas."),
        ("\t", ".", "a header, fields separated by tabs."),
        ("|", ".", "a header, fields separated by bars."),
        (" ", ".", "a header, fields separated by white space."),
        (",", ",", "a header, fields separated by commas, decimal commas."),
    ],
)
def test_separator_and_decimal_sign_are_found_and_said(write, read, sep, decimal, said):
    path = write(*FRAME.to_csv(index=False, sep=sep, decimal=decimal).splitlines())
    own = read(path)
    np.testing.assert_array_equal(own.dataset.x, NUMBERS.astype(np.float32))
    assert own.source == f"own.csv: UTF-8, {said}"


HARMLESS = {
    "another separator": ([line.replace(",", "^").replace(".", ",") for line in COMMAS], "^", ","),
    "an empty column at the end": ([f"{line}," for line in COMMAS], None, None),
    "labels in single quotes": (
        [line.replace("kind", "'kind'").replace("a", "'a'") for line in COMMAS],
        None,
        None,
    ),
    "quotes": ([",".join(f'"{cell}"' for cell in line.split(",")) for line in COMMAS], None, None),
    "blank lines": ([*COMMAS[:9], "", *COMMAS[9:], "", ""], None, None),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_other_forms_of_text_give_the_same_table(write, read, case):
    lines, sep, decimal = HARMLESS[case]
    own = read(write(*lines), sep=sep, decimal=decimal)
    np.testing.assert_array_equal(own.dataset.x, NUMBERS.astype(np.float32))
    assert [column.name for column in own.columns] == ["x", "y", "z", "kind"]
    assert own.dataset.class_names == ("a", "b")


@pytest.mark.parametrize(("encoding", "name"), [("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16")])
def test_a_byte_order_mark_names_the_encoding(write, read, encoding, name):
    own = read(write(*COMMAS, encoding=encoding))
    assert own.dataset.feature_names == ("x", "y", "z")
    assert f": {name}, " in own.source


def test_another_encoding_is_named(write, read):
    path = write(*COMMAS[:-1], "1,2,3,é", *["1,2,3,é"] * 10, encoding="latin-1")
    with pytest.raises(UserError, match=r"row 41: expected UTF-8 text .* --encoding latin-1"):
        read(path)
    assert read(path, encoding="latin-1").dataset.class_names == ("a", "b", "é")


def test_gzip_and_standard_input_are_read(write, read, tmp_path, monkeypatch):
    plain = read(write(*COMMAS)).dataset.x
    packed = tmp_path / "own.csv.gz"
    packed.write_bytes(gzip.compress("\n".join(COMMAS).encode()))
    np.testing.assert_array_equal(read(packed).dataset.x, plain)
    stdin = io.TextIOWrapper(io.BytesIO("\n".join(COMMAS).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    own = tables.read("-", Reading(target="kind"), "table")
    np.testing.assert_array_equal(own.dataset.x, plain)
    assert own.source.startswith("standard input: UTF-8, ")
    packed.write_bytes(packed.read_bytes()[:-20])
    for path, told in (
        (packed, r"cannot be read \(Compressed file ended"),
        (tmp_path, "there is no such file"),
    ):
        with pytest.raises(UserError, match=told):
            read(path)


def test_parquet_is_read_or_its_extra_named(read, tmp_path, monkeypatch):
    path = tmp_path / "own.parquet"
    path.touch()
    told = r"Parquet needs pyarrow. Install it with: pip install 'adaact-bench\[parquet\]'"
    with monkeypatch.context() as without:
        for reader in ("pyarrow", "fastparquet"):
            without.setitem(sys.modules, reader, None)
        with pytest.raises(UserError, match=told):
            read(path)
    frame = FRAME.assign(x=FRAME["x"].mask(FRAME.index == 3), n=range(40))
    monkeypatch.setattr(pd, "read_parquet", lambda _: frame)
    own = read(path)
    expected = frame[["x", "y", "z", "n"]].to_numpy(np.float32)
    kept = [own.dataset.feature_names.index(name) for name in ("x", "y", "z", "n")]
    np.testing.assert_array_equal(own.dataset.x[:, kept], expected)
    assert own.columns[0].gaps == 1


@pytest.mark.parametrize("index", ["numbers", "names"])
def test_the_names_of_rows_that_pandas_and_r_write_are_left_out(write, read, index):
    frame = FRAME if index == "numbers" else FRAME.set_axis([f"row {n}" for n in range(40)])
    own = read(write(*frame.to_csv().splitlines()))
    np.testing.assert_array_equal(own.dataset.x, NUMBERS.astype(np.float32))
    assert own.columns[0].kind == "id"
    assert own.columns[0].done == "left out: without a name, as pandas and R name rows"


IRIS = [f"{n % 7}.{n},{n},{'rs'[n % 2]}" for n in range(40)]


def test_a_class_called_as_the_target_is_no_lack_of_a_header(write, read):
    lines = ["x,rs", *(f"{n},{'rs' if n % 2 else 'st'}" for n in range(40))]
    assert read(write(*lines), target="rs").dataset.class_names == ("rs", "st")


def test_without_a_header_columns_are_called_by_their_numbers(write, read):
    own = read(write(*IRIS), no_header=True, target="3")
    assert len(own.dataset.y) == 40
    assert own.dataset.feature_names == ("1", "2")
    assert "UTF-8, no header, " in own.source
    with pytest.raises(UserError, match=r"no column 'r'. Columns are called 1 to 3."):
        read(write(*IRIS), no_header=True, target="r")


def test_a_header_that_counts_the_columns_is_one(write, read):
    lines = ["0,1,2", *(f"{n},{n / 3},{n % 2}" for n in range(5, 45))]
    assert len(read(write(*lines), target="2").dataset.y) == 40
