"""Data files: which bytes are right, where they may lie, and how they are fetched."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

Progress = Callable[[str, int, int], None]
"""Called with file name, bytes received, bytes in all (0: the server does not say)."""

TIMEOUT_SECONDS = 20.0  # without an answer, or between two packets
ATTEMPT_SECONDS = 900.0  # for one file: 10 MB at 11 kB/s; ends an attempt that only trickles
PAUSES_SECONDS = (0.0, 1.0, 3.0)  # before each round over the mirrors
CHUNK_BYTES = 65_536


@dataclass(frozen=True)
class File:
    """One data file.

    Attributes:
        name: File name.
        sha256: Hash of the right bytes, hexadecimal.
        mirrors: Download addresses, tried in turn.
    """

    name: str
    sha256: str
    mirrors: tuple[str, ...]


# As `sha256sum` writes them, by the folders that have them.
REGISTRY = {
    ("https://raw.githubusercontent.com/jbrownlee/Datasets/master/",): """
d0539aaed2139ba7a587b3e34fb345ce503ff7d5d33dbf9912d8e195ce425cb9  banknote_authentication.csv
""",
    (
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ): """
440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609  train-images-idx3-ubyte.gz
3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c  train-labels-idx1-ubyte.gz
8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6  t10k-images-idx3-ubyte.gz
f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6  t10k-labels-idx1-ubyte.gz
""",
}
FILES: dict[str, File] = {
    name: File(name, sha256, tuple(folder + name for folder in folders))
    for folders, sums in REGISTRY.items()
    for sha256, name in map(str.split, sums.strip().splitlines())
}


def cache_folder() -> Path:
    """Return the user's cache folder for data files; it need not exist."""
    import platformdirs

    return platformdirs.user_cache_path("adaact-bench", appauthor=False)


def house_libraries() -> None:
    """Give Keras and matplotlib folders of the suite's own; call it before either is imported.

    A user's keras.json could change precision and backend, and so what a trial gives; and both
    libraries, when they are imported, write settings into the home folder where there are none.
    """
    cache = cache_folder()
    os.environ |= {"KERAS_HOME": str(cache / "keras"), "KERAS_BACKEND": "tensorflow"}
    os.environ.setdefault("MPLCONFIGDIR", str(cache / "matplotlib"))
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # without that folder it works, too


def named_folders(data_dir: Path | None) -> list[Path]:
    """Return the folders that the user named: ``data_dir``, then ``$ADAACT_DATA_DIR``."""
    variable = os.environ.get("ADAACT_DATA_DIR")
    return [Path(folder) for folder in (data_dir, variable) if folder]


def find(file: File, folders: Sequence[Path], cache: Path) -> Path | None:
    """Return where a file lies with the right bytes, or None.

    Args:
        file: What to look for.
        folders: The user's, first one first; one that is not there is no error.
        cache: Looked into last; a file with other bytes in there is passed over.

    Raises:
        UserError: Something else has that name: other bytes in one of ``folders``, or no file.
    """
    for folder in (*folders, cache):
        path = folder / file.name
        received = _received(path)
        if received == file.sha256:
            return path
        if received and (folder is not cache or not path.is_file()):
            raise UserError(
                f"{path}: expected sha256 {file.sha256}. Received: {received}. "
                "Replace the file, or remove it and run `adaact-bench data`."
            )
    return None


def _received(path: Path) -> str | None:
    """Return the sha256 of what lies at a path, in words why there is none, or None if nothing."""
    if path.is_fifo():  # opening it would wait for whoever writes to it
        return "a pipe (not a readable file)"
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"{error.strerror} (not a readable file)"


class FetchError(Exception):
    """A file could not be had; says why, mirror by mirror."""


def fetch(file: File, folder: Path, progress: Progress | None = None) -> Path:
    """Download a file into a folder, which is made if need be.

    pooch downloads to a temporary name in the same folder, compares the hash, then renames: the
    final path is absent or right, whenever this process dies.

    Raises:
        FetchError: No mirror gave the right bytes in ``len(PAUSES_SECONDS)`` rounds, or the
            folder cannot be written to.
    """
    failures: dict[str, str] = {}
    for pause in PAUSES_SECONDS:
        time.sleep(pause)
        for url in file.mirrors:
            try:
                return _attempt(url, file, folder, _Meter(file.name, progress))
            except (OSError, ValueError) as error:  # requests' errors are OSErrors, unnumbered
                if getattr(error, "errno", None) is not None:
                    raise FetchError(f"{folder}: {_reason(error)}") from error
                failures[urlsplit(url).netloc] = _reason(error)
    raise FetchError("; ".join(f"{host}: {reason}" for host, reason in failures.items()))


def _attempt(url: str, file: File, folder: Path, meter: _Meter) -> Path:
    """Download once from one mirror; raise OSError or, for wrong bytes, ValueError."""
    import pooch

    pooch.get_logger().setLevel(logging.WARNING)  # it would write to stderr, across the bar
    folder.mkdir(parents=True, exist_ok=True)
    downloader = pooch.HTTPDownloader(
        progressbar=meter, chunk_size=CHUNK_BYTES, timeout=TIMEOUT_SECONDS
    )
    return Path(pooch.retrieve(url, file.sha256, file.name, folder, downloader=downloader))


class _Meter:
    """What pooch takes for a progress bar: passes the count on, and ends an endless attempt."""

    def __init__(self, name: str, progress: Progress | None) -> None:
        self.name = name
        self.progress = progress
        self.total = 0  # pooch sets it from the server's answer
        self.done = 0
        self.deadline = time.monotonic() + ATTEMPT_SECONDS

    def update(self, count: int) -> None:
        """Count bytes; pooch counts the last chunk as a full one, hence the cap."""
        if time.monotonic() > self.deadline:
            raise TimeoutError(f"no end after {ATTEMPT_SECONDS:g} s")
        self.done = min(self.done + count, self.total or self.done + count)
        if self.progress:
            self.progress(self.name, self.done, self.total)

    def reset(self) -> None:
        """Start to count again; pooch does so to end on the exact total."""
        self.done = 0

    def close(self) -> None:
        """Nothing to close."""


def _reason(error: OSError | ValueError) -> str:
    """Return in a few words why a download failed; requests' own texts run over many lines."""
    if isinstance(error, ValueError):
        return "wrong content (its sha256 differs)"
    response = getattr(error, "response", None)
    if response is not None:
        return f"HTTP {response.status_code}"
    return getattr(error, "strerror", None) or type(error).__name__
