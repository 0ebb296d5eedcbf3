"""Files are the old ones or the new ones, never halves."""

import os
import stat

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


@pytest.mark.parametrize("place", ["a.txt", ".a.txt.partial"])
def test_nothing_is_written_through_a_link(tmp_path, place):
    victim = tmp_path / "victim"
    victim.write_text("kept")
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / place).symlink_to(victim)
    output.write_text(folder / "a.txt", "new")
    assert victim.read_text() == "kept"
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("a.txt", "new")]


def test_a_link_made_meanwhile_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / ".a.txt.partial").symlink_to(tmp_path / "victim")
    monkeypatch.setattr("pathlib.Path.unlink", lambda *_, **__: None)
    with pytest.raises(FileExistsError):
        output.write_text(tmp_path / "a.txt", "new")
    assert not (tmp_path / "victim").exists()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_a_file_keeps_its_permissions(tmp_path, mode):
    path = output.write_text(tmp_path / "a.txt", "old")
    path.chmod(mode)
    output.write_text(path, "new")
    assert (stat.S_IMODE(path.stat().st_mode), path.read_text()) == (mode, "new")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_replaced(tmp_path, make):
    make(tmp_path / "a.txt")
    with pytest.raises(OSError, match="Not a regular file"):
        output.write_text(tmp_path / "a.txt", "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
