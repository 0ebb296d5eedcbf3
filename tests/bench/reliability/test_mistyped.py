"""Mistyped by one edit: answered at once, and with what was meant."""

import random
import re
import resource
import string
import subprocess
import sys

import pytest

from baselines import ACTIVATIONS
from bench.data import DATASETS
from bench.study import TRAINERS
from bench.training.protocols import ASKED

COMMANDS = ("run", "report", "check", "show", "data")
OPTIONS = (
    *("--quick", "--datasets", "--activations", "--protocols", "--seeds", "--epochs"),
    *("--trainer", "--workers", "--stall-timeout", "--results", "--data-dir"),
)
NAMES = {
    "--datasets": tuple(DATASETS),
    "--activations": tuple(ACTIVATIONS),
    "--protocols": ASKED,
    "--trainer": TRAINERS,
}
LIMIT_SECONDS = 1.0  # of the processor; others may be at work beside

# Importing TensorFlow would be an error, which is shown as a traceback.
WITHOUT_TENSORFLOW = """
import sys
sys.modules["tensorflow"] = sys.modules["keras"] = None
from bench.cli import main
main(sys.argv[1:])
"""


def edited(word, rng):
    """Return a word with one letter left out, put in, replaced, or swapped with the next."""
    at, letter = rng.randrange(len(word)), rng.choice(string.ascii_lowercase + "-")
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        )
    )


def mistyped(rng):
    """What was meant, and a command line in which it is mistyped."""
    option = rng.choice(list(NAMES))
    kinds = ((COMMANDS,), (OPTIONS, "run"), (NAMES[option], "run", option))
    like, *prefix = rng.choice((*kinds, kinds[-1]))
    meant = word = rng.choice(like)
    while word in like:
        word = edited(meant, rng)
    return meant, (*prefix, word)


def processor_seconds():
    """What all children that have ended have taken."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.mark.scorecard(8, "names and options mistyped by one edit")
@pytest.mark.parametrize("count", [6, pytest.param(500, marks=pytest.mark.slow)])
def test_what_is_mistyped_is_answered_at_once_with_what_was_meant(
    environment, tmp_path, count, record_property
):
    rng, missed, slowest = random.Random(8), [], 0.0
    for _ in range(count):
        meant, arguments = mistyped(rng)
        program = [sys.executable, "-c", WITHOUT_TENSORFLOW, *arguments]
        began = processor_seconds()
        ended = subprocess.run(
            program, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        slowest = max(slowest, processor_seconds() - began)
        assert (ended.returncode, ended.stdout) == (2, ""), (arguments, ended.stderr)
        assert ended.stderr.count("\n") == 1
        names = re.findall(
            r"[\w-]+", ended.stderr.partition("Did you mean")[2].replace(" or ", " ")
        )
        if meant not in names or len(names) > 3:
            missed.append((arguments, ended.stderr))
    print(*missed, sep="\n")  # noqa: T201 (shown where the test fails)
    assert list(tmp_path.iterdir()) == []
    assert len(missed) <= 0.05 * count
    if count > 6:  # of `tox -e stress`, which alone asserts limits in seconds
        assert slowest < LIMIT_SECONDS
    record_property("tried", count)
