"""What a run says of itself."""

import json
import subprocess
from dataclasses import replace

import pytest

from bench.cli import provenance
from bench.options import choose
from bench.study import default_study


@pytest.fixture
def facts():
    return provenance.provenance(
        choose(default_study(), datasets="iris"),
        ["run", "--data-dir", "/home/me", "--results=/tmp/a", "--seeds", "2"],
        {"mnist": "no network"},
    )


def test_a_run_tells_what_its_results_rest_on(facts):
    assert {"python", "tensorflow", "keras", "numpy"} <= facts["versions"].keys()
    assert facts["machine"]["threads per worker"] == 1
    assert list(facts["data"]) == ["iris"]
    assert facts["not_measured"] == {"mnist": "no network"}


def test_where_somebody_keeps_files_is_left_out(facts):
    assert facts["command"] == "adaact-bench run --seeds 2"


def test_of_a_cluster_no_address_is_told():
    study = choose(default_study(), datasets="iris")
    facts = provenance.provenance(study, ["run", "--scheduler", "tcp://10.0.0.1:8786"], {})
    assert facts["command"] == "adaact-bench run"
    assert facts["machine"]["workers"].startswith("of a cluster")


def test_the_commit_says_whether_the_code_was_changed_since(monkeypatch):
    said = {"status": " M bench/study.py", "rev-parse": "0123456789ab"}

    def git(command, **_):
        return subprocess.CompletedProcess(command, 0, said[command[3]], "")

    monkeypatch.setattr(subprocess, "run", git)
    assert provenance._commit() == "0123456789ab (changed)"
    said["status"] = ""
    assert provenance._commit() == "0123456789ab"


def test_without_git_there_is_no_commit(monkeypatch):
    def no_git(*_, **__):
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", no_git)
    assert provenance._commit() is None


def test_what_a_run_of_other_layers_or_sources_told_is_not_taken_over(tmp_path, facts):
    path, study = tmp_path / "provenance.json", choose(default_study(), datasets="iris")
    facts["study"] = json.loads(study.to_json())
    path.write_text(json.dumps(facts))
    assert provenance.recorded(path, study) == facts
    assert provenance.recorded(path, replace(study, hidden=(128,))) is None
    assert provenance.recorded(path, replace(study, sources={"mine:bent": "00"})) is None


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"study": {}}'])
def test_of_a_damaged_record_nothing_is_taken_over(tmp_path, content):
    path = tmp_path / "provenance.json"
    if content is not None:
        path.write_text(content)
    assert provenance.recorded(path, choose(default_study(), datasets="iris")) is None
