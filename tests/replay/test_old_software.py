"""The old environment: its releases, its Python, and what is said where there is none."""

import os
import sys
from pathlib import Path

import pytest

from bench.errors import UserError
from replay import old_software


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine with nothing in PATH, and no Python of pyenv's or uv's."""
    for name in ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "HOME", "PATH"):
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / "PATH").mkdir()
    return tmp_path


def program(path, text):
    """An executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return path


def test_every_package_is_pinned():
    version, packages = old_software.releases()
    assert version == "3.9"
    assert packages[0] == "tensorflow-cpu==2.5.3"
    assert all("==" in package for package in packages)


@pytest.mark.skipif(os.name == "nt", reason="pyenv's folders")
def test_a_python_that_only_pyenv_has_is_found(bare):
    version = "{}.{}".format(*sys.version_info)
    for patch in (f"{version}.1", "2.7.18"):
        own = bare / "PYENV_ROOT/versions" / patch / "bin/python"
        own.parent.mkdir(parents=True)
        own.symlink_to(sys.executable)
    assert Path(old_software.interpreter(version)).resolve() == Path(sys.executable).resolve()


def test_without_the_old_python_one_line_says_so(bare):
    told = r"^no Python 3\.9 in PATH.*`uv python install 3\.9`.*$"
    with pytest.raises(old_software.NoPythonError, match=told):
        old_software.interpreter("3.9")


@pytest.mark.skipif(os.name == "nt", reason="a script that names its interpreter")
def test_uv_is_asked_to_fetch_one(bare):
    asked = bare / "asked"
    program(bare / "PATH/uv", f"import sys; open({str(asked)!r}, 'w').write(str(sys.argv[1:]))")
    with pytest.raises(UserError, match=r"no Python 3\.9"):
        old_software.interpreter("3.9")
    assert asked.read_text() == "['python', 'install', '--quiet', '3.9']"


@pytest.fixture
def made(monkeypatch):
    """Which environments were made, of this Python and without packages."""
    import virtualenv

    calls = []

    class Session:
        def __init__(self, arguments):
            self.folder = Path(arguments[-1])

        def run(self):
            self.folder.mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(old_software, "interpreter", lambda _: sys.executable)
    monkeypatch.setattr(virtualenv, "session_via_cli", Session)
    monkeypatch.setattr(old_software, "_install", lambda *call: calls.append(call))
    return calls


def test_an_environment_is_made_once_and_anew_with_other_releases(made, tmp_path, monkeypatch):
    def fail(*_):
        raise UserError("no wheel")

    with monkeypatch.context() as patch:
        patch.setattr(old_software, "_install", fail)
        with pytest.raises(UserError, match="no wheel"):
            old_software.prepare(tmp_path / "old")  # is not taken for done
    python = old_software.prepare(tmp_path / "old")
    assert old_software.prepare(tmp_path / "old") == python
    assert len(made) == 1
    monkeypatch.setattr(old_software, "releases", lambda: ("3.9", ["numpy==1.19.4"]))
    old_software.prepare(tmp_path / "old")
    assert made[1:] == [(python, ["numpy==1.19.4"])]


@pytest.mark.skipif(os.name == "nt", reason="a script that names its interpreter")
def test_pip_s_reason_is_told_in_one_line(tmp_path):
    text = "import sys; sys.exit('WARNING: w\\nERROR: No matching distribution found for x\\nhint')"
    python = program(tmp_path / "python", text)
    told = r"^the old .* No matching distribution found for x$"
    with pytest.raises(UserError, match=told) as failed:
        old_software._install(python, ["x"])
    assert not isinstance(failed.value, old_software.NoPythonError)


@pytest.mark.skipif(os.name == "nt", reason="a script that names its interpreter")
def test_a_script_that_dies_is_a_user_error(tmp_path):
    python = program(tmp_path / "python", "raise SystemExit(3)")
    with pytest.raises(UserError, match=r"^notebook\.py ended with code 3 on iris\.$"):
        old_software.train(python, tmp_path / "out.json", "iris", tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="a script that names its interpreter")
def test_the_script_is_told_what_to_train(tmp_path):
    text = "import json, sys; json.dump(sys.argv[1:], open(sys.argv[2], 'w'))"
    python = program(tmp_path / "python", text)
    told = old_software.train(python, tmp_path / "out.json", "iris", Path("data"), "--seeds", "7")
    assert told[0].endswith("notebook.py")
    assert told[2:] == ["--datasets", "iris", "--data-dir", "data", "--seeds", "7"]
