"""The comparison of like with like: its arithmetic, and one real run."""

import pytest
import typer
from scipy import stats

from bench.timing import interleave
from tools import null_comparison


def test_fewer_intervals_with_1_than_asked_for_come_by_chance_once_in_sixty_times():
    assert null_comparison.fewest(20) == 17
    assert stats.binom.cdf(16, 20, 0.95) < 1 / 60 < stats.binom.cdf(17, 20, 0.95)


GOOD, WIDE, OFF = (1.0, 0.98, 1.02), (1.0, 0.93, 1.07), (1.1, 1.09, 1.11)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([GOOD] * 20, 0),
        ([GOOD] * 17 + [OFF] * 3, 0),
        ([GOOD] * 16 + [OFF] * 4, 1),
        ([GOOD] * 19 + [WIDE], 1),
    ],
)
def test_the_command_fails_where_1_is_missed_too_often_or_an_interval_is_wide(
    found, code, monkeypatch, capsys
):
    left = list(found)
    monkeypatch.setattr(null_comparison, "compared", lambda *_: left.pop())
    with pytest.raises(typer.Exit) as ended:
        null_comparison.main(20)
    assert ended.value.exit_code == code
    inside = sum(one is not OFF for one in found)
    assert f"{inside} of 20 intervals contain 1" in capsys.readouterr().out


def test_two_nets_that_are_alike_are_compared_in_pairs(monkeypatch):
    monkeypatch.setattr(interleave, "quick", True)
    ratio, low, high = null_comparison.compared("iris", "forward")
    assert 0 < low <= ratio <= high
