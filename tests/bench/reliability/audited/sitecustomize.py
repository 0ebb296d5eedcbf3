"""Imported by every Python process that finds this folder on its path: writes down what it does.

One line of JSON an event, into the file that $AUDIT_LOG names: kind and object. Hooks can't be
taken away again, and workers inherit the path.
"""

import json
import os
import sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
MODELS = (".keras", ".h5", ".hdf5", ".pb", ".pkl", ".pickle", ".joblib", ".npy", ".npz", ".pt")
# They unpickle what another process of ours has sent through a pipe.
PIPES = ("multiprocessing", "concurrent")
CHANGING = {
    *("os.mkdir", "os.rename", "os.link", "os.symlink", "os.truncate", "shutil.copyfile"),
    *("shutil.move", "sqlite3.connect"),
}

_log = os.open(os.environ["AUDIT_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def _say(kind, what):
    os.write(_log, (json.dumps([kind, what], default=str) + "\n").encode())


def _write(path):
    if not isinstance(path, int):  # a file that is open already
        _say("write", os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 (pathlib would call us)


def _open(path, flags):
    if flags & WRITING:
        _write(path)
    elif not isinstance(path, int) and os.fsdecode(path).endswith(MODELS):
        _say("model", os.fsdecode(path))


def _unpickle(package, module, name):
    if package.partition(".")[0] not in PIPES:
        _say("unpickle", [package, module, name])


def _hook(event, arguments):
    if event == "open":
        _open(arguments[0], arguments[2])
    elif event in CHANGING:
        _write(arguments[0])
    elif event in ("socket.bind", "socket.connect", "socket.sendto"):
        address = arguments[1]
        _say("socket", os.fsdecode(address) if isinstance(address, bytes) else address)
    elif event == "pickle.find_class":
        _unpickle(sys._getframe(1).f_globals.get("__name__", ""), *arguments)


sys.addaudithook(_hook)
