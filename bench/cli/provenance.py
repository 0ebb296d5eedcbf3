"""Collect what only the command itself knows: command, commit, versions, machine."""

from __future__ import annotations

import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.study import Study

LIBRARIES = ("tensorflow", "keras", "numpy", "scipy", "scikit-learn", "statsmodels", "pandas")
ASKED = (
    *("datasets", "protocols", "activations", "models", "seeds", "splits", "seeds_per_split"),
    *("epochs", "trainer", "sources", "hidden", "own_models", "against"),
)
# Paths and addresses of the user's are private.
PRIVATE_OPTIONS = {"--data-dir", "--results", "--scheduler"}


def provenance(
    study: Study, arguments: Sequence[str], not_measured: Mapping[str, str]
) -> dict[str, Any]:
    """Return the facts that ``provenance.json`` holds beside those of the store."""
    return {
        **of_command(arguments),
        "machine": _machine(arguments) | dict(study.arithmetic),
        "data": dict(study.data),
        "not_measured": dict(not_measured),
    }


def of_command(arguments: Sequence[str]) -> dict[str, Any]:
    """Return command, commit and versions."""
    return {
        "command": " ".join(["adaact-bench", *_public(arguments)]),
        "commit": _commit(),
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
    }


def recorded(path: Path, study: Study) -> dict[str, Any] | None:
    """Return what a ``provenance.json`` holds if it is about this study.

    It is about an earlier one where the run that asked for this one was cut off.
    """
    facts = told(path)
    same = same_study(facts, study) and facts.get("data") == dict(study.data)
    return facts if same else None


def told(path: Path) -> dict[str, Any]:
    """Return what a ``provenance.json`` holds; nothing where it is missing or damaged."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def same_study(facts: Mapping[str, Any], study: Study) -> bool:
    """Whether the facts are of the trials that this study asks for."""
    asked, known = json.loads(study.to_json()), facts.get("study")
    return isinstance(known, dict) and all(
        (known.get(name) or None) == (asked.get(name) or None) for name in ASKED
    )


def _machine(arguments: Sequence[str]) -> dict[str, Any]:
    facts = {"cpu": _cpu(), "threads per worker": 1, "system": platform.system()}
    on_cluster = any(argument.split("=")[0] == "--scheduler" for argument in arguments)
    return facts | ({"workers": "of a cluster; all else is the driver's"} if on_cluster else {})


def _public(arguments: Sequence[str]) -> list[str]:
    kept, skip = [], False
    for argument in arguments:
        option = argument.split("=")[0]
        if not skip and option not in PRIVATE_OPTIONS:
            path = Path(argument)
            kept.append(path.resolve().name if path.exists() else argument)
        skip = not skip and argument in PRIVATE_OPTIONS
    return kept


def _commit() -> str | None:
    """Return the commit of the suite's checkout, marked if files have changed since."""
    here = Path(__file__).parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(here), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603

    try:
        changed = git("status", "--porcelain", "--", "adaact", "baselines", "bench")
        return git("rev-parse", "--short=12", "HEAD") + (" (changed)" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _cpu() -> str:
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.processor()
