from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import helpers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser

    from bench.study import Study

# Limits in seconds are for `tox -e stress`; a busy machine must not fail a property.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIETLY = (
    "--disable-background-networking",
    "--disable-gpu",
    "--no-sandbox",  # root in a container has no other way
)


# The discard port answers nobody.
NOBODY = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "127.0.0.1:9")


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment variables of a user without data files, without a network, outside of CI."""
    kept = {name: value for name, value in os.environ.items() if name not in helpers.NOT_SET}
    own = {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache")), "PYTHONPATH": str(ROOT)}
    return kept | NOBODY | own


@pytest.fixture
def small_study() -> Study:
    """A study of 22 trials."""
    return helpers.two_sets(6)


@pytest.fixture(scope="session")
def large_study() -> Study:
    """A study that a writing process needs a while for: 318 trials."""
    return helpers.two_sets(80)


@contextmanager
def dask(*arguments: str) -> Iterator[int]:
    """One of Dask's own programs on loopback, with all that it starts; gives its process id."""
    command = [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"]
    # Its workers can import what stands in for training.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as program:
        try:
            yield program.pid
        finally:
            os.killpg(program.pid, signal.SIGKILL)


@contextmanager
def start_cluster(folder: Path, workers: int) -> Iterator[str]:
    """A scheduler and workers of one thread, each with a nanny; gives the scheduler's address."""
    contact = folder / "scheduler.json"
    with dask("scheduler", "--port", "0", "--scheduler-file", str(contact)):
        while not contact.exists() or not contact.read_text():
            time.sleep(0.05)
        address = json.loads(contact.read_text())["address"]
        options = ["--nworkers", str(workers), "--nthreads", "1", "--memory-limit", "0"]
        with dask("worker", address, *options, "--local-directory", str(folder)):
            yield address


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Dask scheduler with two workers; a test leaves it with as many."""
    pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with start_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as address:
        yield address


@pytest.fixture(scope="session")
def dask_cluster() -> Callable[..., AbstractContextManager[str]]:
    """Starts a cluster of one's own: ``with dask_cluster(folder, workers=1) as address``."""
    return start_cluster


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium as the system has it; none is downloaded."""
    named = os.environ.get("CHROMIUM")
    path = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed; $CHROMIUM may name one")
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(QUIETLY))
        yield running
        running.close()
