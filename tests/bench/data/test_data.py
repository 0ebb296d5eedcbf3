import gzip
import hashlib
import os
import struct
from pathlib import Path

import numpy as np
import pytest

import bench.data
from bench.data import DATASETS, DataMissing, loaders
from bench.data.dataset import Source
from bench.data.files import FILES, File

EACH = [
    name if not source.files else pytest.param(name, marks=pytest.mark.data)
    for name, source in DATASETS.items()
]


@pytest.mark.parametrize("name", EACH)
def test_every_data_set_keeps_the_contract(real, name):
    source, dataset = DATASETS[name], real(name)
    assert dataset.name == name
    assert dataset.x.shape == (source.rows, len(dataset.feature_names))
    assert dataset.x.dtype == np.float32
    assert np.isfinite(dataset.x).all()
    assert dataset.y.shape == (source.rows,)
    assert dataset.y.dtype == np.int64
    assert np.bincount(dataset.y).tolist() == list(source.class_rows)
    assert len(dataset.class_names) == dataset.classes == source.classes
    assert not dataset.x.flags.writeable
    assert not dataset.y.flags.writeable


# Of the tables that the committed results were trained on.
TRAINED_ON = {
    "banknote": "e6e3501a3838a461751f02d62be06d196bc6ae3a596b40fd0c609d89aef081dd",
    "mnist": "b90e833b821ecfe68a7596e1b1d6d836acfa4204d250bce192c47d713a654820",
}


@pytest.mark.data
@pytest.mark.parametrize("name", TRAINED_ON)
def test_a_verified_file_gives_the_same_table_to_the_last_bit(real, name):
    assert bench.data.table_sha256(real(name)) == TRAINED_ON[name]


def test_mnist_puts_training_rows_first_and_divides_pixels_by_255(tmp_path):
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (rows, 28, 28), np.uint8) for rows in (30, 20)]
    labels = [np.arange(rows, dtype=np.uint8) % 10 for rows in (30, 20)]
    files = dict(zip(loaders.IMAGES + loaders.LABELS, images + labels, strict=True))
    for name, array in files.items():
        header = struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)
        (tmp_path / name).write_bytes(gzip.compress(header + array.tobytes()))
    dataset = loaders.mnist(in_folder(tmp_path, files))
    pixels = np.concatenate(images).reshape(50, 784)
    # The notebook divides in float64, and Keras rounds.
    np.testing.assert_array_equal(dataset.x, (pixels / 255.0).astype(np.float32))
    np.testing.assert_array_equal(dataset.y, np.concatenate(labels))
    np.testing.assert_array_equal(dataset.official_test, np.arange(30, 50))


def test_a_changed_table_of_a_library_is_refused(monkeypatch, refused):
    monkeypatch.setitem(DATASETS, "changed", one_line(table_sha256="0" * 64))
    assert f"expected a table of sha256 {'0' * 64}. Received: " in refused(
        bench.data.load, "changed"
    )


def one_line(**more):
    """The registry entry that a new data set costs."""
    load = "bench.data.loaders:iris"
    return Source("New", load, class_rows=(50, 50, 50), test_rows=38, citation="-", **more)


def test_every_data_set_has_a_fingerprint_of_its_own_that_follows_its_files(monkeypatch):
    before = {name: bench.data.fingerprint(name) for name in DATASETS}
    assert len(set(before.values())) == len(DATASETS)
    name = "t10k-labels-idx1-ubyte.gz"
    monkeypatch.setitem(FILES, name, File(name, "0" * 64, ()))
    assert bench.data.fingerprint("mnist") != before["mnist"]
    assert bench.data.fingerprint("banknote") == before["banknote"]


@pytest.mark.parametrize("function", [bench.data.fingerprint, bench.data.locate, bench.data.load])
def test_an_unknown_name_is_refused_with_the_known_ones(refused, function):
    assert refused(function, "bank") == (
        "no data set is called 'bank'. There are: banknote, mnist, iris."
    )


RIGHT = b"the right bytes"
NAMES = ("one.csv", "two.csv")


@pytest.fixture
def toy(downloads, closed_port, monkeypatch):
    """A data set of two files whose only mirror refuses connections; yields its folder maker."""
    for name in NAMES:
        sha256 = hashlib.sha256(RIGHT + name.encode()).hexdigest()
        monkeypatch.setitem(
            FILES, name, File(name, sha256, (f"http://127.0.0.1:{closed_port}/{name}",))
        )
    monkeypatch.setitem(DATASETS, "toy", one_line(files=NAMES))

    def fill(folder: Path, names=NAMES, content=RIGHT):
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / name).write_bytes(content + name.encode())
        return folder

    return fill


def in_folder(folder, names=NAMES):
    return {name: folder / name for name in names}


@pytest.mark.scorecard(4, "faulty downloads")
@pytest.mark.parametrize(
    "repeat", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 5))]
)
def test_the_named_folder_comes_before_the_variable_and_the_cache(
    toy, tmp_path, downloads, monkeypatch, repeat
):
    named, variable = toy(tmp_path / "named", NAMES[:1]), toy(tmp_path / "variable")
    toy(downloads)
    monkeypatch.setenv("ADAACT_DATA_DIR", str(variable))
    each_on_its_own = in_folder(named, NAMES[:1]) | in_folder(variable, NAMES[1:])
    assert bench.data.locate("toy", named) == each_on_its_own
    assert bench.data.locate("toy") == in_folder(variable)
    monkeypatch.setenv("ADAACT_DATA_DIR", str(tmp_path / "absent"))
    (tmp_path / "file").touch()
    assert bench.data.locate("toy", tmp_path / "file") == in_folder(downloads)  # without a network
    monkeypatch.setenv("ADAACT_DATA_DIR", "")
    assert bench.data.locate("toy") == in_folder(downloads)


@pytest.mark.parametrize("place", ["named", "cache"])
@pytest.mark.parametrize(
    ("make", "told"),
    [
        (os.mkfifo, "a pipe (not a readable file)"),  # not waited for
        (Path.mkdir, "Is a directory"),
    ],
)
def test_what_cannot_be_read_in_the_place_of_a_file_is_named(
    toy, tmp_path, downloads, refused, place, make, told
):
    folder = toy(tmp_path / place, NAMES[1:])
    make(folder / NAMES[0])
    assert f"Received: {told}" in refused(bench.data.locate, "toy", tmp_path / "named")


@pytest.mark.parametrize(
    ("names", "download", "why"),
    [
        (NAMES[:1], True, "two.csv, nor download it (127.0.0.1:{port}: ConnectionError)"),
        ((), False, "one.csv, two.csv, nor download it (downloading is off)"),
    ],
)
def test_one_line_says_what_is_missing_and_how_to_give_it(
    toy, tmp_path, closed_port, downloads, names, download, why
):
    named = toy(tmp_path / "named", names)
    toy(downloads, NAMES[1:], b"cut ")  # passed over
    with pytest.raises(DataMissing) as caught:
        bench.data.locate("toy", named, download=download)
    assert str(caught.value) == (
        f"New: cannot find {why.format(port=closed_port)}. "
        "Put it into a folder and name that with --data-dir or $ADAACT_DATA_DIR."
    )


def test_every_file_has_secure_addresses_and_a_whole_hash():
    for name, file in FILES.items():
        assert file.mirrors
        assert all(url.startswith("https://") and url.endswith(f"/{name}") for url in file.mirrors)
        assert len(bytes.fromhex(file.sha256)) == 32
    assert {name for source in DATASETS.values() for name in source.files} == set(FILES)
