"""Hash what a user's module consists of: its text, the modules it imports, versions of libraries.

Nothing is executed: import statements are read from the text, wherever in it they stand.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import sys
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec

INSTALLED = {"site-packages", "dist-packages"}
KNOWN = {"tensorflow", "keras", "numpy", "sklearn"}  # whose versions each fingerprint holds
OURS = {"adaact", "baselines", "bench"}


def sha256(module: str) -> str | None:
    """Return the sha256 of a module and of what it imports; None: there is no such module.

    It is that of the file alone where that imports no other file of the user's and no library
    beside those of ``KNOWN``.
    """
    spec = find(module)
    if spec is None:
        return None
    files, libraries = parts(module)
    own = hashlib.sha256(_content(spec)).hexdigest()
    helpers = {name: digest for name, digest in files.items() if name != module}
    if not helpers and not libraries:
        return own
    whole = {"module": own, "helpers": helpers, "libraries": libraries}
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def parts(module: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the sha256 of each of the user's files by module, and each library's version."""
    waiting, seen, files = [module], set(), {}
    libraries: set[str] = set()
    while waiting:
        name = waiting.pop()
        top = name.partition(".")[0]
        if name in seen or top in sys.stdlib_module_names or top in OURS:
            continue
        seen.add(name)
        spec = find(name)
        if spec is None:
            continue  # an attribute; or absent, which the import will tell
        if not is_own(spec):
            libraries.add(top)
            continue
        files[name] = hashlib.sha256(_content(spec)).hexdigest()
        waiting += _imported(spec)
    return files, _versions(libraries - KNOWN)


def is_own(spec: ModuleSpec | None) -> bool:
    """Return whether a module is the user's: a file that was not installed as a library."""
    places = [spec.origin, *(spec.submodule_search_locations or ())] if spec else []
    named = [Path(place) for place in places if place and place not in ("built-in", "frozen")]
    return bool(named) and not any(INSTALLED.intersection(place.parts) for place in named)


def find(name: str) -> ModuleSpec | None:
    """Return where a module is; its packages are not imported."""
    top, *below = name.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    for depth in range(len(below)):
        if spec is None or spec.submodule_search_locations is None:
            return None
        full = ".".join((top, *below[: depth + 1]))
        spec = PathFinder.find_spec(full, list(spec.submodule_search_locations))
    return spec


def _content(spec: ModuleSpec) -> bytes:
    path = Path(spec.origin or "")
    return path.read_bytes() if path.is_file() else b""


def _imported(spec: ModuleSpec) -> Iterator[str]:
    """Yield the names that may be modules in a module's import statements, and its packages."""
    package = spec.name if spec.submodule_search_locations else spec.name.rpartition(".")[0]
    yield from _with_packages(package)
    try:
        tree = ast.parse(_content(spec))
    except (SyntaxError, ValueError):
        return  # no Python, or a slip, which the import will tell
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_packages(alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level]
            base = ".".join(filter(None, [*(above if node.level else ()), node.module]))
            yield from _with_packages(base)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _with_packages(name: str) -> Iterator[str]:
    names = name.split(".") if name else []
    yield from (".".join(names[: depth + 1]) for depth in range(len(names)))


def _versions(libraries: set[str]) -> dict[str, str]:
    known = packages_distributions() if libraries else {}
    return {
        name: " ".join(sorted(f"{one} {version(one)}" for one in known.get(name, ())))
        for name in libraries
    }
