"""The gate on ratios, on made-up runs."""

import json

import numpy as np
import pytest
import typer

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
                    "operation": "forward pass",
                    "competitor": name,
                    "reference": "relu",
                    "paired": True,
                },
            }
            for name, data in seconds.items()
        ],
    }


@pytest.mark.parametrize(
    ("now", "slower"),
    [
        (run(1.3), False),
        (run(1.35), False),
        (run(0.7), False),
        (run(2.6), True),
        (run(speed=3.0), False),  # of the machine, not of the activation
    ],
)
def test_only_a_ratio_that_has_clearly_grown_is_slower(now, slower):
    both = compare.compared(run(), now, compare.TOLERANCE)
    assert both["competitor"].tolist() == ["adaact"]
    assert both["slower"].tolist() == [slower]


@pytest.mark.parametrize(
    ("now", "told"),
    [(run(machine="CPU B"), "processors differ"), (run() | {"benchmarks": []}, "in common")],
)
def test_runs_of_other_machines_or_without_a_common_pair_are_refused(now, told):
    with pytest.raises(UserError, match=told):
        compare.compared(run(), now, compare.TOLERANCE)


def exit_code(folder, *runs):
    """The command's, on files with these texts."""
    paths = [folder / f"{n}.json" for n in range(len(runs))]
    for path, text in zip(paths, runs, strict=True):
        path.write_text(text)
    with pytest.raises(typer.Exit) as ended:
        compare.main(*paths)
    return ended.value.exit_code


@pytest.mark.parametrize("now", [1.3, 2.6])
def test_the_command_says_what_became_slower_and_fails(now, tmp_path, capsys):
    slower = now > 2
    assert exit_code(tmp_path, json.dumps(run()), json.dumps(run(adaact=now))) == slower
    assert ("| slower |" in capsys.readouterr().out.replace("  ", "")) == slower


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_a_file_of_another_kind_is_one_line_on_stderr(tmp_path, capsys, content):
    assert exit_code(tmp_path, json.dumps(run()), content) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
