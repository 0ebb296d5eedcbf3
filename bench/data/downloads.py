"""Downloads: mirrors in turn, finite retries, and never a wrong file under the final name."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bench.data.files import File

Progress = Callable[[str, int, int], None]
"""Called with file name, bytes received, bytes in all (0: the server does not say)."""

TIMEOUT_SECONDS = 20.0  # without an answer, or between two packets
ATTEMPT_SECONDS = 900.0  # for one file: 10 MB at 11 kB/s; ends an attempt that only trickles
PAUSES_SECONDS = (0.0, 1.0, 3.0)  # before each round over the mirrors
CHUNK_BYTES = 65_536


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
