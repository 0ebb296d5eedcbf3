"""What a user's module imports decides its fingerprint; nothing of it is executed."""

import hashlib
import sys

import pytest

from bench.errors import UserError
from bench.training import source_hash
from bench.training.own_activation import check, source_sha256

pytestmark = pytest.mark.scorecard(15, "cases of sources and libraries that change")

PROGRAM = """
import helper
from package import part as other
from package.deep import far

def f(z):
    import late
    return z
"""
FILES = {
    "acts.py": PROGRAM,
    "helper.py": "raise SystemExit  # is not executed",
    "late.py": "",
    "package/__init__.py": "from . import beside",
    "package/part.py": "import json, numpy, keras",
    "package/beside.py": "",
    "package/deep.py": "from ..package import round_trip",
    "package/round_trip.py": "import acts",
    "unused.py": "",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    for name in ("acts", "helper", "package", "late", "hidden", "dynamic"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_what_is_imported_is_a_change(folder, name):
    before = source_sha256("acts:f")
    (folder / name).write_text(f"{FILES[name]}\n# changed")
    assert (source_sha256("acts:f") == before) == (name == "unused.py")
    assert "helper" not in sys.modules


def test_a_file_alone_has_the_hash_of_its_content(folder):
    (folder / "alone.py").write_text("import math, keras, tensorflow, numpy\nf = abs\n")
    digest = hashlib.sha256((folder / "alone.py").read_bytes()).hexdigest()
    assert source_sha256("alone:f") == digest


def test_the_version_of_a_library_is_a_part_of_it(folder, monkeypatch):
    (folder / "late.py").write_text("import scipy.special")
    before = source_sha256("acts:f")
    assert source_hash.parts("acts")[1].keys() == {"scipy"}
    monkeypatch.setattr(source_hash, "version", lambda _: "99")
    assert source_sha256("acts:f") != before


@pytest.mark.parametrize("text", ["def f(z:", "\0", "import nowhere.to_be.found"])
def test_a_module_that_cannot_be_read_has_a_hash_too(folder, text):
    (folder / "acts.py").write_text(text)
    assert len(source_sha256("acts:f")) == 64


def test_a_module_of_the_suites_name_is_told(folder):
    (folder / "baselines.py").write_text("f = abs")
    with pytest.raises(UserError, match=r"baselines:f: .* hides .*baselines.py. Rename yours"):
        source_sha256("baselines:f")


def test_an_import_that_no_statement_shows_is_refused(folder):
    (folder / "hidden.py").write_text("")
    text = "import importlib\nimportlib.import_module('hidden')\ndef f(z):\n    return z\n"
    (folder / "dynamic.py").write_text(text)
    with pytest.raises(UserError, match="dynamic:f: it imports hidden by no import statement"):
        check("dynamic:f")
