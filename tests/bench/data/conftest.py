"""Folders, mirrors and errors that the tests of the data files share."""

import socket

import pytest

import bench.data
from bench.data import tables
from bench.errors import UserError


@pytest.fixture
def downloads(tmp_path, monkeypatch):
    """An empty download folder, no folder named by the user, no pauses between attempts."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("bench.data.cache_folder", lambda: folder)
    monkeypatch.delenv("ADAACT_DATA_DIR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr("bench.data.files.PAUSES_SECONDS", (0.0, 0.0, 0.0))
    return folder


@pytest.fixture
def closed_port():
    """A loopback port that refuses every connection: bound, but nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def refused():
    """Call something that must raise a UserError of one line; return the line."""

    def refused(function, *arguments):
        with pytest.raises(UserError) as caught:
            function(*arguments)
        assert not isinstance(caught.value, bench.data.DataMissing)  # which a study goes on without
        line = str(caught.value)
        assert len(line.splitlines()) == 1
        return line

    return refused


@pytest.fixture
def write(tmp_path):
    """Write lines and return the file: ``write("x,kind", "1,a")``."""

    def write(*lines, encoding="utf-8", name="own.csv"):
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write


@pytest.fixture(scope="session")
def read():
    """Read a table whose classes stand in the column ``kind``, with options by name."""

    def read(path, **options):
        return tables.read(str(path), tables.Reading(**{"target": "kind"} | options), "own")

    return read


@pytest.fixture
def made(write, read):
    """Return what became of a column beside the classes a and b by turns, and its inputs."""

    def made(texts, **options):
        rows = [f'"{text}",{"ab"[n % 2]}' for n, text in enumerate(texts)]
        own = read(write("it,kind", *rows), **options)
        (column,) = (column for column in own.columns if column.name == "it")
        return column, own.dataset.x

    return made


@pytest.fixture(scope="session")
def real():
    """Load a data set from the real files; skip where they are not at hand."""

    def real(name):
        try:
            bench.data.locate(name, download=False)
        except bench.data.DataMissing as missing:
            pytest.skip(str(missing))
        return bench.data.load(name)

    return real
