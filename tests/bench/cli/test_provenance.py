"""What a run says of itself."""

import json
import subprocess
from dataclasses import replace

import pytest

from bench.cli import provenance
from bench.default_studies import default_study
from bench.options import choose

PRIVATE = ["run", "--data-dir", "/home/me", "--results=/tmp/a", "--scheduler", "tcp://10.0.0.1:87"]


@pytest.fixture
def study():
    return choose(default_study(), datasets="iris")


def test_a_run_tells_what_its_results_rest_on_but_no_private_place(study):
    facts = provenance.provenance(study, [*PRIVATE, "--seeds", "2"], {"mnist": "no network"})
    assert {"python", "tensorflow", "keras", "numpy"} <= facts["versions"].keys()
    assert facts["machine"]["threads per worker"] == 1
    assert facts["machine"]["workers"].startswith("of a cluster")
    assert list(facts["data"]) == ["iris"]
    assert facts["not_measured"] == {"mnist": "no network"}
    assert facts["command"] == "adaact-bench run --seeds 2"


@pytest.mark.parametrize(("changed", "mark"), [(" M bench/study.py", " (changed)"), ("", "")])
def test_the_commit_says_whether_the_code_was_changed_since(monkeypatch, changed, mark):
    def git(command, **_):
        said = {"status": changed, "rev-parse": "0123456789ab"}[command[3]]
        return subprocess.CompletedProcess(command, 0, said, "")

    monkeypatch.setattr(subprocess, "run", git)
    assert provenance._commit() == f"0123456789ab{mark}"


def test_without_git_there_is_no_commit(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert provenance._commit() is None


def test_what_a_run_of_other_layers_or_sources_told_is_not_taken_over(tmp_path, study):
    path = tmp_path / "provenance.json"
    facts = {"data": dict(study.data), "study": json.loads(study.to_json())}
    path.write_text(json.dumps(facts))
    assert provenance.recorded(path, study) == facts
    assert provenance.recorded(path, replace(study, hidden=(128,))) is None
    assert provenance.recorded(path, replace(study, sources={"mine:bent": "00"})) is None
    for damaged in ("", "{", "[]", '{"study": {}}'):
        path.write_text(damaged)
        assert provenance.recorded(path, study) is None
