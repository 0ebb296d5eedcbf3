"""An environment with the releases that ``notebook.py`` names, made on the machine at hand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

SCRIPT = Path(__file__).with_name("notebook.py")
BLOCK = re.compile(r"^# /// script\n((?:#.*\n)+?)# ///$", re.MULTILINE)
REMEDY = "`uv python install {0}` or `pyenv install {0}` gets one"


class NoPythonError(UserError):
    """There is no interpreter of the old version on this machine."""


def releases() -> tuple[str, list[str]]:
    """Return the version of Python, 3.9, and the packages that the script's own header names."""
    block = BLOCK.search(SCRIPT.read_text(encoding="utf-8"))
    assert block is not None, "the script has a header"
    header = tomllib.loads(re.sub(r"^# ?", "", block[1], flags=re.MULTILINE))
    python = re.match(r">=([\d.]+)", header["requires-python"])
    assert python is not None, "the header names the oldest Python"
    return python[1], header["dependencies"]


def interpreter(version: str) -> str:
    """Return the path of a Python: in PATH, among pyenv's or uv's, or fetched by uv.

    Raises:
        NoPythonError: There is none, and uv is not there or can't fetch one.
    """
    from python_discovery import get_interpreter

    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    known = [str(path) for path in sorted(root.glob(f"versions/{version}.*/bin/python"))]
    found = get_interpreter(f"cpython{version}", known)
    if not found and (uv := shutil.which("uv")):
        subprocess.run([uv, "python", "install", "--quiet", version], check=False)  # noqa: S603
        found = get_interpreter(f"cpython{version}")
    if not found:
        raise NoPythonError(
            f"no Python {version} in PATH, nor among pyenv's or uv's; {REMEDY.format(version)}."
        )
    return str(found.executable)


def prepare(folder: Path) -> Path:
    """Return the Python of an environment with the releases; made where it is not there yet.

    Raises:
        NoPythonError: There is no such Python.
        UserError: The packages can't be installed.
    """
    import virtualenv

    version, packages = releases()
    done, wanted = folder / "installed.txt", "\n".join(packages)
    if not done.exists() or done.read_text(encoding="utf-8") != wanted:
        base = interpreter(version)
        session = virtualenv.session_via_cli(["--clear", "--python", base, str(folder)])
        session.run()
        _install(_python(folder), packages)
        done.write_text(wanted, encoding="utf-8")
    return _python(folder)


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _install(python: Path, packages: Sequence[str]) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", *packages]
    result = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if result.returncode:
        errors = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
        raise UserError(
            f"the old packages can't be installed: {(errors or ['pip gave no reason'])[-1]}"
        )


def train(
    python: str | Path, out: Path, dataset: str, data_dir: Path, *options: str
) -> dict[str, Any]:
    """Return what the script writes of its runs on one data set.

    Args:
        python: Whose software.
        out: Where the script writes.
        dataset: Its name.
        data_dir: Where its files lie.
        options: Further options of the script.

    Raises:
        UserError: The script failed; what it printed stands above.
    """
    command = [str(python), str(SCRIPT), str(out), "--datasets", dataset]
    command += ["--data-dir", str(data_dir), *options]
    code = subprocess.run(command, check=False).returncode  # noqa: S603
    if code:
        raise UserError(f"{SCRIPT.name} ended with code {code} on {dataset}.")
    runs: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return runs
