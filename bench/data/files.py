"""Data files: which bytes are right, where they may lie."""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger(__name__)


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


def _mnist(name: str, sha256: str) -> File:
    bases = (
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    )
    return File(name, sha256, tuple(base + name for base in bases))


FILES: dict[str, File] = {
    file.name: file
    for file in (
        File(
            "banknote_authentication.csv",
            "d0539aaed2139ba7a587b3e34fb345ce503ff7d5d33dbf9912d8e195ce425cb9",
            (
                "https://raw.githubusercontent.com/jbrownlee/Datasets/master/banknote_authentication.csv",
            ),
        ),
        _mnist(
            "train-images-idx3-ubyte.gz",
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        _mnist(
            "train-labels-idx1-ubyte.gz",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        _mnist(
            "t10k-images-idx3-ubyte.gz",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        _mnist(
            "t10k-labels-idx1-ubyte.gz",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    )
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
        cache: Looked into last; wrong bytes in there are set aside as ``NAME.rejected``.

    Raises:
        UserError: One of ``folders`` holds something else under that name.
    """
    for folder, is_users in [*((folder, True) for folder in folders), (cache, False)]:
        path = folder / file.name
        received = _received(path)
        if received == file.sha256:
            return path
        if received and is_users:
            raise UserError(
                f"{path}: expected sha256 {file.sha256}. Received: {received}. "
                "Replace the file, or remove it and run `adaact-bench data`."
            )
        if received:
            _set_aside(path, file.sha256, received)
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


def _set_aside(path: Path, expected: str, received: str) -> None:
    """Rename a wrong file of the cache, and say so in the log."""
    rejected = path.with_name(path.name + ".rejected")
    try:
        path.replace(rejected)
    except OSError as error:
        raise UserError(
            f"{path}: expected sha256 {expected}. Received: {received}, and it cannot be set "
            f"aside ({error.strerror}). Remove it."
        ) from error
    log.warning("%s: expected sha256 %s. Received: %s. Set aside.", path, expected, received)
