"""XLA's flags, in a process that has not compiled yet."""

import pytest

from bench.training import xla


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
