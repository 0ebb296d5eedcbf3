"""Every fault comes from an HTTP server of this module's own, on the loopback address."""

import contextlib
import hashlib
import http.server
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bench.data import files
from bench.data.files import FetchError, File, fetch, find

RIGHT = bytes(range(256)) * 1024
NAME = "table.csv"
SHA256 = hashlib.sha256(RIGHT).hexdigest()

# The short form runs each fault once.
REPEATS = [0, *(pytest.param(repeat, marks=pytest.mark.slow) for repeat in range(1, 5))]


def sends(body, length=None, status=200):
    def send(handler):
        handler.send_response(status)
        handler.send_header("Content-Length", str(length or len(body)))
        handler.end_headers()
        handler.wfile.write(body)
        handler.wfile.flush()

    return send


def cut(share):
    return sends(RIGHT[: int(share * len(RIGHT))], length=len(RIGHT))


good, same_size = sends(RIGHT), sends(RIGHT[::-1])
page = sends(b"<!DOCTYPE html><title>Log in</title>")
not_found, server_error = sends(b"gone", status=404), sends(b"busy", status=500)


def cut_without_length(handler):
    """HTTP/1.0 may leave the length out: the end of the stream is all that shows."""
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(RIGHT[:1000])


def silent(handler):
    handler.server.released.wait(30)


def stall(handler):
    cut(0.5)(handler)
    silent(handler)


def trickle(handler):
    cut(0)(handler)
    while not handler.server.released.wait(0.01):
        handler.wfile.write(RIGHT[:1])


def reset(handler):
    cut(0.01)(handler)
    no_linger = struct.pack("ii", 1, 0)  # closing now sends RST
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
    handler.connection.shutdown(socket.SHUT_RD)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers the n-th request for a path by the n-th behaviour of its list, then the last."""

    def do_GET(self):
        behaviours = self.server.behaviours[self.path]
        self.server.requests.append(self.path)
        behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        with contextlib.suppress(OSError):  # the client hung up, as it should
            behaviour(self)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def impatient(monkeypatch):
    """Give a silent server up soon."""
    monkeypatch.setattr(files, "TIMEOUT_SECONDS", 0.5)


@pytest.fixture
def server():
    """A server whose ``file(behaviours, ...)`` makes a File with one mirror per list."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.behaviours, server.requests = {}, []
        server.released = threading.Event()

        def file(*mirrors):
            paths = [f"/{place}/{NAME}" for place in range(len(mirrors))]
            server.behaviours.update(zip(paths, map(list, mirrors), strict=True))
            address = f"http://127.0.0.1:{server.server_port}"
            return File(NAME, SHA256, tuple(address + path for path in paths))

        server.file = file
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@pytest.mark.scorecard(4, "faulty downloads")
@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (cut(0), "ChunkedEncodingError"),
        (cut(0.5), "ChunkedEncodingError"),
        (cut(0.99), "ChunkedEncodingError"),
        (cut_without_length, "wrong content"),
        (silent, "ReadTimeout"),
        (stall, "ConnectionError"),
        (reset, "ChunkedEncodingError|ConnectionError"),
        (not_found, "HTTP 404"),
        (server_error, "HTTP 500"),
        (page, "wrong content"),
        (same_size, "wrong content"),
    ],
)
def test_a_fault_leaves_nothing_and_the_attempts_are_finite(
    server, downloads, impatient, fault, said, repeat
):
    with pytest.raises(FetchError, match=rf"^127\.0\.0\.1:\d+: ({said})"):
        fetch(server.file([fault]), downloads)
    assert list(downloads.iterdir()) == []
    assert len(server.requests) == 3


@pytest.mark.scorecard(4, "faulty mirrors before a good one")
@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize(
    "fault", [cut(0), cut(0.5), silent, stall, reset, not_found, server_error, page, same_size]
)
def test_after_a_fault_the_next_mirror_is_asked(server, downloads, impatient, fault, repeat):
    path = fetch(server.file([fault], [fault, good]), downloads)
    assert path.read_bytes() == RIGHT
    assert server.requests == ["/0/table.csv", "/1/table.csv"] * 2


def test_the_rounds_over_the_mirrors_pause_longer_each_time(
    server, downloads, closed_port, monkeypatch
):
    pauses = []
    monkeypatch.setattr(files, "PAUSES_SECONDS", (0.0, 1.0, 3.0))
    monkeypatch.setattr(files.time, "sleep", pauses.append)
    closed = f"http://127.0.0.1:{closed_port}/"
    file = server.file([not_found])
    with pytest.raises(FetchError) as caught:
        fetch(replace(file, mirrors=(*file.mirrors, closed)), downloads)
    assert str(caught.value) == (
        f"127.0.0.1:{server.server_port}: HTTP 404; 127.0.0.1:{closed_port}: ConnectionError"
    )
    assert pauses == [0.0, 1.0, 3.0]
    assert server.requests == ["/0/table.csv"] * 3


def test_a_server_that_trickles_is_given_up(server, downloads, monkeypatch):
    monkeypatch.setattr(files, "ATTEMPT_SECONDS", 0.1)
    monkeypatch.setattr(files, "CHUNK_BYTES", 1)
    monkeypatch.setattr(files, "PAUSES_SECONDS", (0.0,))
    with pytest.raises(FetchError, match="TimeoutError"):
        fetch(server.file([trickle]), downloads)
    assert list(downloads.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_named_and_no_mirror_blamed(
    server, downloads, tmp_path
):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "cache"
    with pytest.raises(FetchError) as caught:
        fetch(server.file([good]), folder)
    assert str(caught.value) == f"{folder}: Not a directory"
    assert server.requests == []


@pytest.mark.scorecard(4, "downloads whose progress is told")
@pytest.mark.parametrize("repeat", REPEATS)
def test_a_good_download_prints_nothing_and_its_progress_rises_to_the_total(
    server, downloads, capfd, repeat
):
    told = []
    path = fetch(server.file([good]), downloads, lambda *news: told.append(news))
    assert capfd.readouterr() == ("", "")
    assert (path, path.read_bytes()) == (downloads / NAME, RIGHT)
    assert list(downloads.iterdir()) == [path]
    assert server.requests == ["/0/table.csv"]
    names, done, totals = zip(*told, strict=True)
    assert (set(names), set(totals)) == ({NAME}, {len(RIGHT)})
    assert list(done) == sorted(done)
    assert done[-1] == len(RIGHT)


@pytest.mark.scorecard(4, "faulty downloads")
@pytest.mark.parametrize("repeat", REPEATS)
def test_two_downloads_at_once_end_in_one_right_file(server, downloads, repeat):
    downloads.mkdir()
    (downloads / NAME).write_bytes(b"another file")
    file = server.file([good])
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda _: fetch(file, downloads), range(2)))
    assert paths == [downloads / NAME] * 2
    assert [path.read_bytes() for path in downloads.iterdir()] == [RIGHT]


def holds_bytes(folder):
    with contextlib.suppress(FileNotFoundError):  # pooch tries the folder with a passing file
        return any(path.stat().st_size for path in folder.iterdir())
    return False


@pytest.mark.scorecard(4, "faulty downloads")
@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("repeat", REPEATS)
def test_a_kill_midway_leaves_no_file_under_the_final_name(server, downloads, repeat):
    file = server.file([stall, good])
    code = (
        "import sys; from pathlib import Path; from bench.data.files import File, fetch; "
        "fetch(File(*sys.argv[1:3], (sys.argv[3],)), Path(sys.argv[4]))"
    )
    arguments = [file.name, file.sha256, *file.mirrors, str(downloads)]
    with subprocess.Popen([sys.executable, "-c", code, *arguments]) as child:
        deadline = time.monotonic() + 60
        while not holds_bytes(downloads):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert find(file, [], downloads) is None
    assert not (downloads / NAME).exists()
    assert fetch(file, downloads).read_bytes() == RIGHT
