"""Data sets: a registry of names, and what turns a name into a checked table.

A new data set is one function ``load(paths) -> Dataset`` and one entry in ``DATASETS``; a file that
it needs is one line in ``files.REGISTRY``. A large data set states its ``Budget`` in its entry.
"""

from __future__ import annotations

import hashlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from bench.data import dataset
from bench.data.budget import DEFAULT, MANY_LANES, Budget, Timing
from bench.data.dataset import Dataset as Dataset
from bench.data.dataset import Source
from bench.data.files import FILES, FetchError, cache_folder, fetch, find, named_folders
from bench.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from bench.data.files import Progress

DATASETS: dict[str, Source] = {
    "banknote": Source(
        title="Bank Note",
        load="bench.data.loaders:banknote",
        class_rows=(762, 610),
        test_rows=343,
        citation="V. Lohweg, banknote authentication, UCI Machine Learning Repository (2013), "
        "CC BY 4.0, https://doi.org/10.24432/C55P57",
        files=("banknote_authentication.csv",),
        budget=Budget(splits=100, seeds_per_split=10, quick_seeds_per_split=2, lanes=MANY_LANES),
    ),
    "mnist": Source(
        title="MNIST",
        load="bench.data.loaders:mnist",
        class_rows=(6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958),
        test_rows=10_000,
        citation="Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits "
        "(1998), CC BY-SA 3.0, http://yann.lecun.com/exdb/mnist/",
        files=(
            "train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz",
        ),
        official_test=True,
        # A trial takes minutes here. One epoch costs as much as a whole trial of the other sets.
        budget=Budget(
            seeds=40,  # 39 are the fewest that can place a value outside them at 5 %
            splits=40,  # of the training rows; one seed each, as a trial costs so much
            seeds_per_split=1,
            quick_seeds=3,
            quick_splits=3,
            quick_seeds_per_split=1,
            quick_epochs=3,  # most of the way: the paper's net gains .006 in the other twenty
            tuned_splits=20,  # as many fresh seeds at the chosen learning rates
            lanes=5,  # five nets with optimizer slots fill a core's cache; more are slower
            iterations=200,  # half a minute on one core; the optimum lies thousands away
            fit_each_split=False,  # together the fits would cost more than the study
            replay_seeds=10,
            timing=Timing(
                rounds=11,
                epoch_rows=12_000,  # a fifth; all of them would take too long
                seeds=10,
                epochs=7,
                keras_seeds=1,
                keras_epochs=3,
            ),
        ),
    ),
    "iris": Source(
        title="Iris",
        load="bench.data.loaders:iris",
        class_rows=(50, 50, 50),
        test_rows=38,
        margin=0.01,  # two fifths of a test row
        citation="R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of "
        "Eugenics 7 (1936), as bundled with scikit-learn (BSD-3-Clause), "
        "https://doi.org/10.1111/j.1469-1809.1936.tb02137.x",
        table_sha256="879b81724528964779983358162a724401de00141f8cb9c922d27f908396b8c7",
        # Seeds differ more here than splits do.
        budget=Budget(splits=50, seeds_per_split=40, lanes=MANY_LANES),
    ),
}


def title(name: str) -> str:
    """Return Bank Note for banknote; a data set of the user's own keeps its name."""
    return DATASETS[name].title if name in DATASETS else name


def budget(name: str) -> Budget:
    """Return how much work a data set gets; a data set of the user's own has the defaults."""
    return DATASETS[name].budget if name in DATASETS else DEFAULT


class DataMissing(UserError):  # noqa: N818 (not an error of a study, which goes on without it)
    """A data set's files are nowhere to be had; a default study goes on without it."""


def fingerprint(name: str) -> str:
    """Return a sha256 over the expected hashes of a data set; reads no file.

    Raises:
        UserError: No data set has that name.
    """
    source = _source(name)
    hashes = [source.table_sha256, *(FILES[file].sha256 for file in source.files)]
    return hashlib.sha256(" ".join(hashes).encode()).hexdigest()


def locate(
    name: str,
    data_dir: Path | None = None,
    *,
    download: bool = True,
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Return where the files of a data set lie, each with its hash checked.

    Args:
        name: Name in ``DATASETS``.
        data_dir: Folder to look into first; then ``$ADAACT_DATA_DIR``, then the user's cache.
        download: Whether to fetch into the cache what is not found.
        progress: Told of each piece of a download.

    Raises:
        DataMissing: A file is not found, nor downloaded.
        UserError: A folder of the user's holds a wrong file, or no data set has that name.
    """
    source = _source(name)
    folders, downloads = named_folders(data_dir), cache_folder()
    found = {file: find(FILES[file], folders, downloads) for file in source.files}
    paths = {file: path for file, path in found.items() if path}
    for file in source.files:
        if file in paths:
            continue
        try:
            if not download:
                raise FetchError("downloading is off")
            paths[file] = fetch(FILES[file], downloads, progress)
        except FetchError as error:
            missing = ", ".join(each for each in source.files if each not in paths)
            raise DataMissing(
                f"{source.title}: cannot find {missing}, nor download it ({error}). Put it into a "
                "folder and name that with --data-dir or $ADAACT_DATA_DIR."
            ) from error
    return paths


def load(name: str, data_dir: Path | None = None) -> Dataset:
    """Return a data set; its table is read once per process, and its arrays are read-only.

    A name that is not in ``DATASETS`` is a table of somebody's own that ``tables.save`` wrote into
    ``data_dir``.

    Raises:
        UserError: As ``locate``, or the table is not the expected one.
    """
    if name not in DATASETS and data_dir and (own := data_dir / f"{name}.npz").is_file():
        return _frozen(own)
    return _read(name, tuple(locate(name, data_dir).items()))


def table_sha256(table: Dataset) -> str:
    """Return the sha256 of ``x``, ``y`` and groups as little-endian float32 and int64."""
    integers = [table.y] if table.groups is None else [table.y, table.groups]
    parts = [table.x.astype("<f4"), *(array.astype("<i8") for array in integers)]
    return hashlib.sha256(b"".join(array.tobytes() for array in parts)).hexdigest()


def _source(name: str) -> Source:
    """Return the entry of a data set, or raise UserError."""
    if name not in DATASETS:
        raise UserError(f"no data set is called {name!r}. There are: {', '.join(DATASETS)}.")
    return DATASETS[name]


@cache
def _read(name: str, paths: tuple[tuple[str, Path], ...]) -> Dataset:
    """Read, check and freeze a table."""
    source = DATASETS[name]
    table: Dataset = pkgutil.resolve_name(source.load)(dict(paths))
    if source.table_sha256 and (received := table_sha256(table)) != source.table_sha256:
        raise UserError(
            f"{source.title}: expected a table of sha256 {source.table_sha256}. Received: "
            f"{received}. Install the tested releases (constraints.txt)."
        )
    return _freeze(table)


@cache
def _frozen(own: Path) -> Dataset:
    return _freeze(dataset.load(own))


def _freeze(table: Dataset) -> Dataset:
    for array in (table.x, table.y, table.official_test, table.groups):
        if array is not None:
            array.setflags(write=False)
    return table
