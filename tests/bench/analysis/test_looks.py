import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.looks import (
    NEVER,
    after_looks,
    alpha_spent,
    boundaries,
    growing,
    information,
    judged_at_looks,
    level_spent,
    sequential_p,
    stop_reason,
)
from bench.analysis.verdicts import judged
from tests.bench.analysis.frames import family

FIVE = np.arange(1, 6) / 5


def look(estimate, splits, trial=1e-4, table=1e-5, margin=0.01, names=("relu",)):
    """Return a headline of one data set whose trial part falls with the number of splits."""
    part = trial * 50 / splits
    facts = {"reference": names, "freedom": 1e6, "margin": margin, "splits": splits}
    facts |= {"trial_part": part, "table_part": table}
    return judged(family(*estimate, error=(part + table) ** 0.5, **facts))


def test_five_equal_looks_have_the_published_boundaries():
    # Of the program ld98 (Reboussin et al. 2000), which spends .025 on each side by itself.
    assert boundaries(FIVE, 0.025, sides=1) == pytest.approx(
        [4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=5e-4
    )


def test_the_boundaries_spend_what_the_function_says():
    critical = boundaries(FIVE)

    for looks in range(1, 6):
        spent = level_spent(FIVE[:looks], critical[:looks])
        assert spent == pytest.approx(alpha_spent(FIVE[:looks])[-1], abs=1e-6)
    assert alpha_spent(np.array([1.0, 1.3])) == pytest.approx([0.05, 0.05])


@pytest.mark.parametrize("sides", [1, 2])
def test_close_looks_agree_with_the_normal_distribution(sides):
    times = np.array([0.74, 0.86, 0.98])
    critical = boundaries(times, 0.05, sides)
    covariance = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))
    normal = stats.multivariate_normal(cov=covariance, seed=0)
    lower = -critical if sides == 2 else np.full(3, -np.inf)

    assert 1 - normal.cdf(critical, lower_limit=lower) == pytest.approx(
        alpha_spent(times)[-1], abs=2e-4
    )


def test_one_look_at_the_largest_size_is_an_ordinary_test():
    assert boundaries(np.ones(1)) == pytest.approx([stats.norm.isf(0.025)])
    assert sequential_p(np.array([2.2]), np.ones(1)) == pytest.approx(2 * stats.norm.sf(2.2))
    assert sequential_p(np.array([1.8]), np.ones(1), sides=1) == pytest.approx(stats.norm.sf(1.8))


def test_a_look_without_new_information_spends_nothing():
    assert boundaries(np.array([0.5, 0.5, 1.0]))[1] == NEVER
    assert boundaries(np.array([0.5, 0.5, 1.0]))[2] == boundaries(np.array([0.5, 1.0]))[1]


def test_the_sequential_p_is_the_level_whose_boundary_is_met():
    for level in (0.001, 0.05 / 12, 0.05, 0.4):
        critical = boundaries(FIVE[:3], level)
        z = critical - [1, 1, 0]  # met at the third look

        assert sequential_p(z, FIVE[:3]) == pytest.approx(level, rel=1e-4)
        assert sequential_p(-z, FIVE[:3]) == pytest.approx(level, rel=1e-4)


def test_looking_again_never_takes_a_rejection_back():
    first = sequential_p(np.array([3.6]), FIVE[1:2])

    assert sequential_p(np.array([3.6, 0.0]), FIVE[1:3]) == pytest.approx(first, rel=1e-4)


def test_information_keeps_what_more_trials_do_not_reduce():
    found = information(look([0.0], 25), {"iris": 100})

    assert found == pytest.approx([(2e-4 / 4 + 1e-5) / (2e-4 + 1e-5)])
    assert information(look([0.0], 100), {"iris": 100}) == pytest.approx([1.0])


def test_one_look_at_the_largest_size_gives_the_ordinary_verdicts():
    names = ("relu", "tanh", "linear")
    one = look([0.05, 0.0, 0.009], 100, trial=1e-5, table=1e-6, names=names)
    table = judged_at_looks([one], {"iris": 100})

    for name in ("p_difference", "p_equivalent", "simultaneous_low", "simultaneous_high"):
        assert table[name].to_numpy() == pytest.approx(one[name].to_numpy(), rel=1e-3, abs=1e-9)
    assert list(table["verdict"]) == list(one["verdict"]) == ["better", "equivalent", "better"]
    assert table["level_spent"].to_numpy() == pytest.approx(0.05)


def test_an_early_look_needs_more():
    early = look([0.03], 25)  # z = 2.07
    ordinary = early.iloc[0]
    table = judged_at_looks([early], {"iris": 100}).iloc[0]

    assert (ordinary["verdict"], table["verdict"]) == ("better", "undecided")
    assert table["level_spent"] < 0.001
    assert table["simultaneous_low"] < ordinary["simultaneous_low"]


def test_later_looks_decide_and_say_what_was_spent():
    looks = [look([0.03], splits) for splits in (25, 50, 100)]
    table = judged_at_looks(looks, {"iris": 100}).iloc[0]

    assert (table["verdict"], table["looks"]) == ("better", 3)
    assert table["level_spent"] == pytest.approx(0.05, abs=1e-6)


def test_looks_after_an_ordinary_run_spend_more_than_the_level():
    looks = [look([0.0], 50), look([0.0], 100)]
    table = judged_at_looks(looks, {"iris": 100}, ordinary=[True]).iloc[0]

    assert 0.05 < table["level_spent"] < 0.1
    kept = judged_at_looks([look([0.022], 50), look([0.0], 100)], {"iris": 100}, ordinary=[True])
    assert kept["p_difference"][0] <= look([0.022], 50)["p_difference"][0]


def test_what_is_not_measured_stays_so():
    names = ("relu", "tanh")
    one = look([0.05, np.nan], 100, trial=1e-5, names=names)
    one.loc[1, ["trial_part", "table_part", "standard_error", "freedom"]] = np.nan
    table = judged_at_looks([one], {"iris": 100})

    assert list(table["verdict"]) == ["better", "not measured"]


@pytest.mark.parametrize(
    ("verdicts", "times", "reason"),
    [
        (["better", "equivalent"], [0.2, 0.2], "decided"),
        (["better", "undecided"], [0.2, 1.0], "largest"),
        (["undecided", "undecided"], [0.91, 0.95], "no narrower"),
        (["undecided", "undecided"], [0.91, 0.80], ""),
        (["better", "undecided"], [0.2, 0.95], "no narrower"),
    ],
)
def test_reasons_to_stop(verdicts, times, reason):
    frame = pd.DataFrame({"verdict": verdicts, "information": times, "dataset": ["iris", "wine"]})

    assert stop_reason(frame) == reason
    assert growing(frame) == ([] if reason else ["wine"])


def looks_file(*looks, ordinary=False):
    """Return looks as looks.csv has them."""
    facts = [
        {"look": place + 1, "ordinary": ordinary, "largest": 100} for place in range(len(looks))
    ]
    return pd.concat([one.assign(**own) for one, own in zip(looks, facts, strict=True)])


def sized(estimate, splits, **fields):
    return look(estimate, splits, **fields).assign(seeds=1)


def test_one_look_at_an_ordinary_run_has_the_ordinary_verdicts():
    one = sized([0.03], 25)
    table = after_looks(looks_file(one, ordinary=True), one).iloc[0]

    assert (table["verdict"], table["looks"], table["level_spent"]) == ("better", 1, 0.05)
    assert after_looks(looks_file(one), one)["verdict"].item() == "undecided"


def test_the_look_of_the_present_size_is_not_counted_twice():
    earlier, now = sized([0.03], 25), sized([0.02], 50)
    table = after_looks(looks_file(earlier, now), now)
    expected = judged_at_looks([earlier, now], {"iris": 100})

    pd.testing.assert_frame_equal(table, expected)
    assert table["looks"].item() == 2
    assert after_looks(looks_file(earlier), now)["looks"].item() == 2


def test_a_comparison_has_the_looks_at_which_it_was_measured():
    names = ("relu", "tanh")
    first, second = (look([0.03, 0.03], n, names=names) for n in (25, 50))
    first.loc[1, ["estimate", "trial_part", "table_part", "standard_error", "freedom"]] = np.nan
    table = judged_at_looks([first, second], {"iris": 100}, ordinary=[True, True])

    assert list(table["looks"]) == [2, 1]
    assert table["level_spent"][0] > 0.05 == pytest.approx(table["level_spent"][1])
    assert table["p_difference"][1] == pytest.approx(second["p_difference"][1], rel=1e-3)
