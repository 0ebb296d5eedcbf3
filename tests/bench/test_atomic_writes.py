"""Files are the old ones or the new ones, never halves."""

import os
import stat

import pytest

from bench.reporting.output import write_text


def test_a_file_is_replaced_whole_and_its_folder_made(tmp_path):
    path = write_text(tmp_path / "tables" / "a.txt", "é\n")
    write_text(path, "ü\n")
    assert path.read_bytes() == "ü\n".encode()
    assert [entry.name for entry in path.parent.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("place", ["a.txt", ".a.txt.partial"])
def test_nothing_is_written_through_a_link(tmp_path, place):
    victim = tmp_path / "victim"
    victim.write_text("kept")
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / place).symlink_to(victim)
    write_text(folder / "a.txt", "new")
    assert victim.read_text() == "kept"
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("a.txt", "new")]


def test_a_link_made_meanwhile_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / ".a.txt.partial").symlink_to(tmp_path / "victim")
    monkeypatch.setattr("pathlib.Path.unlink", lambda *_, **__: None)
    with pytest.raises(FileExistsError):
        write_text(tmp_path / "a.txt", "new")
    assert not (tmp_path / "victim").exists()


@pytest.mark.parametrize("mode", [0o640, 0o444])
def test_a_file_keeps_its_permissions(tmp_path, mode):
    path = write_text(tmp_path / "a.txt", "old")
    path.chmod(mode)
    write_text(path, "new")
    assert (stat.S_IMODE(path.stat().st_mode), path.read_text()) == (mode, "new")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_replaced(tmp_path, make):
    make(tmp_path / "a.txt")
    with pytest.raises(OSError, match="Not a regular file"):
        write_text(tmp_path / "a.txt", "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
