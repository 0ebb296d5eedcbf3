"""Files are the old ones or the new ones, never halves."""

import pandas as pd
import pytest

from bench.reporting import output


def test_a_file_is_replaced_whole_and_its_folder_made(tmp_path):
    path = output.write_text(tmp_path / "tables" / "a.txt", "é\n")
    output.write_text(path, "ü\n")
    assert path.read_bytes() == "ü\n".encode()
    assert [entry.name for entry in path.parent.iterdir()] == ["a.txt"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    path = output.write_text(tmp_path / "a.txt", "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="No space"):
        output.write_text(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_table_keeps_its_digits(tmp_path):
    path = output.write_csv(tmp_path / "a.csv", pd.DataFrame({"x": [0.1 + 0.2]}))
    assert path.read_bytes() == b"x\n0.30000000000000004\n"
