"""Check docs/statistics.md against the code: names, and numbers that it states."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import bench.analysis

PAGE = (Path(__file__).parents[3] / "docs" / "statistics.md").read_text(encoding="utf-8")
MODULES = [
    import_module(f"bench.analysis.{module.name}")
    for module in iter_modules(bench.analysis.__path__)
]


def test_every_function_named_in_the_page_is_one_of_the_analysis():
    names = set(re.findall(r"`([a-z_]+)\(?\)?`", PAGE))
    found = {name for name in names if any(callable(getattr(m, name, 0)) for m in MODULES)}

    assert len(found) > 10
    assert {name for name in names - found if "_" in name} <= set(_columns())


def _columns():
    for module in MODULES:
        yield from getattr(module, "COLUMNS", ())


def test_the_page_is_short():
    assert len(PAGE.splitlines()) < 150
