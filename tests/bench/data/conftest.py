"""Small data files, right and wrong."""

import gzip
import socket
import struct

import numpy as np
import pytest

import bench.data
from bench.errors import UserError

ROWS = {"train": 30, "t10k": 20}


def idx(array, magic=None, dimensions=None):
    """IDX bytes of a uint8 array; the header may lie."""
    magic = 0x0800 + array.ndim if magic is None else magic
    dimensions = array.shape if dimensions is None else dimensions
    return struct.pack(f">{1 + len(dimensions)}I", magic, *dimensions) + array.tobytes()


@pytest.fixture
def write(tmp_path):
    """Write bytes or text under a name and return the path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def write_idx(write):
    """Write a gzipped IDX file and return the path."""
    return lambda name, array, **lies: write(name, gzip.compress(idx(array, **lies)))


@pytest.fixture
def arrays():
    """Images and labels of a small MNIST, by file name."""
    rng = np.random.default_rng(0)
    files = {}
    for part, rows in ROWS.items():
        images = rng.integers(0, 256, (rows, 28, 28), np.uint8)
        files[f"{part}-images-idx3-ubyte.gz"] = images
        files[f"{part}-labels-idx1-ubyte.gz"] = np.arange(rows, dtype=np.uint8) % 10
    return files


@pytest.fixture
def small_mnist(arrays, write_idx, monkeypatch):
    """Paths of a small MNIST, with the expected row counts to match."""
    monkeypatch.setattr("bench.data.mnist.ROWS", ROWS)
    return {name: write_idx(name, array) for name, array in arrays.items()}


@pytest.fixture
def downloads(tmp_path, monkeypatch):
    """An empty download folder, no folder named by the user, no pauses between attempts."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("bench.data.cache_folder", lambda: folder)
    monkeypatch.delenv("ADAACT_DATA_DIR", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setattr("bench.data.downloads.PAUSES_SECONDS", (0.0, 0.0, 0.0))
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
        line = str(caught.value)
        assert len(line.splitlines()) == 1
        return line

    return refused


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
