"""XLA's flags, in a process that has not compiled yet."""

import pytest

from baselines import CLASSICAL
from bench.default_studies import default_study
from bench.errors import UserError
from bench.study import Study
from bench.training.trainers import xla

pytestmark = pytest.mark.scorecard(15, "cases of settings of XLA")

FIT = CLASSICAL[0]


@pytest.fixture
def flags(monkeypatch):
    """Sets the flags and the release of TensorFlow; returns what became of the flags."""

    def flags(before, release):
        monkeypatch.setenv("XLA_FLAGS", before)
        monkeypatch.setattr(xla, "version", {"tensorflow": release}.__getitem__)
        xla.add_in_one_order()
        return xla.os.environ["XLA_FLAGS"]

    return flags


def test_the_flag_joins_those_of_the_user_once(flags):
    assert flags("", "2.21.0") == xla.FLAG
    assert flags("--xla_dump_to=x", "2.21.1") == f"--xla_dump_to=x {xla.FLAG}"
    assert flags(xla.FLAG, "2.21.0") == xla.FLAG


@pytest.mark.parametrize("release", ["2.20.0", "2.22.0"])
def test_a_release_that_may_not_know_the_flag_is_left_alone(flags, release):
    assert flags("--xla_dump_to=x", release) == "--xla_dump_to=x"


@pytest.fixture
def bare(monkeypatch):
    """An environment without settings that change arithmetic."""
    for name in xla.arithmetic():
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize(
    ("variable", "value", "network", "fit"),
    [
        ("XLA_FLAGS", "--xla_cpu_enable_fast_math=true", True, False),
        ("XLA_FLAGS", xla.FLAG, False, False),
        ("TF_ENABLE_ONEDNN_OPTS", "0", True, False),
        ("ONEDNN_MAX_CPU_ISA", "AVX2", True, False),
        ("KERAS_MAX_EPOCHS", "3", True, False),
        ("OPENBLAS_CORETYPE", "Haswell", True, True),
        ("NPY_DISABLE_CPU_FEATURES", "AVX2", True, True),
        ("OMP_NUM_THREADS", "1", False, False),
        ("TF_CPP_MIN_LOG_LEVEL", "3", False, False),
    ],
)
def test_settings_that_change_arithmetic_are_in_the_fingerprint(
    bare, variable, value, network, fit
):
    before = default_study()
    bare.setenv(variable, value)
    after = default_study()
    changed = [before.fingerprint("iris", n) != after.fingerprint("iris", n) for n in ("", FIT)]
    assert changed == [network, fit]
    assert Study.from_json(after.to_json()) == after


def test_an_older_stores_study_had_no_such_settings(bare):
    text = default_study().to_json().replace('"arithmetic": {}, ', "")
    bare.setenv("XLA_FLAGS", "--xla_a=1")
    assert Study.from_json(text).arithmetic == {}


def test_without_flags_nothing_is_started(bare):
    bare.setattr(xla.subprocess, "run", None)
    xla.check_flags()


@pytest.mark.parametrize("flags", ["flags.txt", "xla_cpu_enable_fast_math=true"])
def test_a_file_in_the_place_of_flags_is_refused(bare, flags):
    bare.setenv("XLA_FLAGS", flags)
    with pytest.raises(UserError, match=f"^XLA_FLAGS: expected flags.*{flags}"):
        xla.check_flags()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ("--xla_nonsense=1", r"\(Unknown flag in XLA_FLAGS: --xla_nonsense=1\)"),
        ("--xla_cpu_enable_fast_math=maybe", "Couldn't interpret value maybe"),
    ],
)
def test_a_flag_that_xla_refuses_is_told_in_its_words(bare, flags, told):
    bare.setenv("XLA_FLAGS", flags)
    with pytest.raises(UserError, match=told) as error:
        xla.check_flags()
    assert "\n" not in str(error.value)
