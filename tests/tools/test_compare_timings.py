"""The gate on ratios, on made-up runs."""

import json

import numpy as np
import pytest

from bench.errors import UserError
from tools import compare_timings as compare

NOISE = np.random.default_rng(1).normal(1, 0.01, (2, 25))


def run(adaact=1.3, machine="CPU A", speed=1.0):
    """A run in which adaact takes so many times as long as relu."""
    seconds = {"relu": speed * NOISE[0], "adaact": speed * adaact * NOISE[1]}
    return {
        "machine_info": {"cpu": {"brand_raw": machine, "count": 2}, "system": "Linux"},
        "benchmarks": [
            {
                "group": "iris: forward pass",
                "name": name,
                "stats": {
                    "data": list(data),
                    "median": float(np.median(data)),
                    "iqr": 0.0,
                    "min": float(data.min()),
                    "rounds": len(data),
                },
                "extra_info": {
                    "dataset": "iris",
                    "activation": name,
                    "competitor": name,
                    "reference": "relu",
                    "paired": True,
                },
            }
            for name, data in seconds.items()
        ],
    }


@pytest.mark.parametrize(
    ("now", "slower"), [(1.3, False), (1.35, False), (0.7, False), (2.6, True)]
)
def test_only_a_ratio_that_has_clearly_grown_is_slower(now, slower):
    both = compare.compared(run(), run(adaact=now), compare.TOLERANCE)
    assert both["competitor"].tolist() == ["adaact"]
    assert both["slower"].tolist() == [slower]


def test_a_slower_machine_hour_is_not_a_slower_activation():
    both = compare.compared(run(), run(speed=3.0), compare.TOLERANCE)
    assert not both["slower"].any()


def test_runs_of_different_machines_are_refused():
    with pytest.raises(UserError, match="processors differ"):
        compare.compared(run(), run(machine="CPU B"), compare.TOLERANCE)


def test_runs_without_a_common_pair_are_refused():
    with pytest.raises(UserError, match="in common"):
        compare.compared(run(), run() | {"benchmarks": []}, compare.TOLERANCE)


@pytest.fixture
def files(tmp_path):
    """Writes runs; returns their paths."""

    def write(*runs):
        paths = [tmp_path / f"{n}.json" for n in range(len(runs))]
        for path, content in zip(paths, runs, strict=True):
            path.write_text(json.dumps(content))
        return [str(path) for path in paths]

    return write


def test_the_command_says_what_became_slower_and_fails(files, capsys):
    assert compare.main(files(run(), run(adaact=2.6))) == 1
    assert "| slower |" in capsys.readouterr().out.replace("  ", "")


def test_the_command_passes_where_nothing_changed(files, capsys):
    assert compare.main(files(run(), run())) == 0
    assert "slower" not in capsys.readouterr().out


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_file_of_another_kind_is_one_line_on_stderr(files, tmp_path, capsys, content):
    broken = tmp_path / "broken.json"
    broken.write_text(content)
    assert compare.main([*files(run()), str(broken)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
