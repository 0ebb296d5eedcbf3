import gzip
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bench.data import mnist
from bench.errors import UserError

settings = hypothesis_settings(deadline=None)

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
SHAPE = IMAGES.shape


def test_training_rows_come_first_and_pixels_are_divided_by_255(small_mnist, arrays):
    dataset = mnist.load(small_mnist)
    pixels = np.concatenate([arrays[name] for name in arrays if "images" in name])
    assert dataset.x.dtype == np.float32
    np.testing.assert_array_equal(
        dataset.x, (pixels.reshape(50, 784) / 255.0).astype(np.float32)
    )  # the notebook divides in float64, and Keras rounds
    np.testing.assert_array_equal(dataset.y, np.r_[np.arange(30) % 10, np.arange(20) % 10])
    np.testing.assert_array_equal(dataset.official_test, np.arange(30, 50))


@pytest.mark.parametrize(
    ("lies", "said"),
    [
        ({"magic": 2049}, "expected magic number 2051. Received: 2049"),
        ({"magic": 0x0D03}, "expected magic number 2051. Received: 3331"),  # floats
        ({"dimensions": (3, 3, 4)}, "expected dimensions (2, 3, 4). Received: (3, 3, 4)"),
        ({"dimensions": (2, 4, 3)}, "expected dimensions (2, 3, 4). Received: (2, 4, 3)"),
        ({"dimensions": (2**32 - 1,) * 3}, "expected dimensions"),
    ],
)
def test_a_header_that_lies_is_refused(write_idx, refused, lies, said):
    path = write_idx("images.gz", IMAGES, **lies)
    line = refused(mnist.read_idx, path, SHAPE)
    assert line.startswith(f"{path}: ")
    assert said in line


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda _: b"", "expected 40 bytes. Received: 0"),
        (lambda _: gzip.compress(b""), "expected 40 bytes. Received: 0"),
        (lambda idx: gzip.compress(idx[:10]), "expected 40 bytes. Received: 10"),
        (lambda idx: gzip.compress(idx[:-1]), "expected 40 bytes. Received: 39"),
        (lambda idx: gzip.compress(idx + b"\0"), "expected at most 40 bytes"),
        (lambda idx: gzip.compress(idx)[:-9], "cannot be read (Compressed file ended"),
        (lambda idx: gzip.compress(idx)[:5], "cannot be read (Compressed file ended"),
        (lambda idx: gzip.compress(idx)[:-8] + b"\1" * 8, "cannot be read (CRC check failed"),
        (lambda idx: gzip.compress(idx) + b"more", "cannot be read (Not a gzipped file"),
        (lambda idx: gzip.compress(idx)[:10] + b"\xff" * 40, "cannot be read (Error -3"),
        (lambda idx: idx, "cannot be read (Not a gzipped file"),
        (lambda _: b"<!DOCTYPE html>", "cannot be read (Not a gzipped file"),
    ],
)
def test_a_damaged_archive_is_refused(write, write_idx, refused, content, said):
    whole = gzip.decompress(write_idx("whole.gz", IMAGES).read_bytes())
    path = write("images.gz", content(whole))
    assert said in refused(mnist.read_idx, path, SHAPE)


def test_a_gzip_bomb_is_refused_in_little_memory(write, refused):
    path = write("bomb.gz", gzip.compress(bytes(200_000_000), compresslevel=1))
    tracemalloc.start()
    line = refused(mnist.read_idx, path, SHAPE)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "expected at most 40 bytes" in line
    assert peak_bytes < 5_000_000


@pytest.mark.parametrize(
    ("labels", "received"),
    [
        ([*range(9), 10], "Received: [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]"),
        ([*range(9), 8], "Received: [0, 1, 2, 3, 4, 5, 6, 7, 8]"),
        ([*range(10), 255], "Received: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 255]"),
    ],
)
def test_labels_are_the_ten_digits_and_all_occur(write_idx, refused, labels, received):
    path = write_idx("labels.gz", np.array(labels, np.uint8))
    assert received in refused(mnist.read_labels, path, len(labels))


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz", "expected dimensions (30, 28"),
        ("train-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "expected dimensions (30,)"),
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "expected magic number 2051"),
        ("t10k-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "expected magic number 2051"),
    ],
)
def test_swapped_files_are_refused(small_mnist, refused, first, second, said):
    swapped = small_mnist | {first: small_mnist[second], second: small_mnist[first]}
    assert said in refused(mnist.load, swapped)


def test_a_directory_and_a_missing_file_are_refused(tmp_path, refused):
    assert "Received: a directory" in refused(mnist.read_idx, tmp_path, SHAPE)
    assert "Received: none" in refused(mnist.read_idx, tmp_path / "absent.gz", SHAPE)


@given(content=st.binary(max_size=200), packed=st.booleans())
@settings
def test_any_content_is_refused_or_has_the_shape(tmp_path_factory, content, packed):
    path = tmp_path_factory.getbasetemp() / "any.gz"
    path.write_bytes(gzip.compress(content) if packed else content)
    try:
        array = mnist.read_idx(path, (3,))
    except UserError:
        return
    assert array.shape == (3,)


@given(flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), max_size=3))
@settings
def test_a_flipped_archive_is_refused_or_read_right(tmp_path_factory, flips):
    header = (2049).to_bytes(4, "big") + (3).to_bytes(4, "big")
    archive = bytearray(gzip.compress(header + bytes([7, 8, 9])))
    for place, mask in flips:
        archive[place % len(archive)] ^= mask
    path = tmp_path_factory.getbasetemp() / "flipped.gz"
    path.write_bytes(archive)
    try:
        array = mnist.read_idx(path, (3,))
    except UserError:
        return
    assert array.tolist() == [7, 8, 9]


@given(labels=st.binary(min_size=1, max_size=50))
@settings
def test_every_array_of_bytes_is_read_back(tmp_path_factory, labels):
    path = tmp_path_factory.getbasetemp() / "bytes.gz"
    header = (2049).to_bytes(4, "big") + len(labels).to_bytes(4, "big")
    path.write_bytes(gzip.compress(header + labels))
    assert mnist.read_idx(path, (len(labels),)).tobytes() == labels
