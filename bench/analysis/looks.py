"""Judge a family at several looks while trials are added, with the level spent over the looks.

A largest size is fixed beforehand. At information t, so far ``alpha(t) = 2 - 2 Phi(z / sqrt(t))``
of the level is spent, z being the quantile of 1 - alpha / 2 (O'Brien and Fleming's shape). The
information of look k is ``t_k = V_max / V_k``: variance at the largest size over variance now. The
part of the variance that more trials do not reduce stays in both, so that the estimates of two
looks correlate by ``sqrt(V_l / V_k)``, as those of a Brownian motion observed at t_k.

Source: Lan & DeMets 1983; Armitage, McPherson & Rowe 1969 for the recursion.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, stats

from bench.analysis import ALPHA
from bench.analysis.verdicts import FEWEST_SPLITS, judged, one_sided_p, worded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

NEVER = 40.0  # a boundary that nothing crosses
LEAST_STEP = 1e-6  # of information; less is no new look
SMALLEST_P = 1e-10
NARROWER = 0.95  # of a half width; a look that narrows it by less is not worth its trials


def alpha_spent(information: np.ndarray, alpha: float = ALPHA) -> np.ndarray:
    """Return what is spent of a level at each information in (0, 1]; all of it from 1 on."""
    z = stats.norm.isf(alpha / 2)
    return np.asarray(2 * stats.norm.sf(z / np.sqrt(np.minimum(information, 1.0))))


def boundaries(information: np.ndarray, alpha: float = ALPHA, sides: int = 2) -> np.ndarray:
    """Return the exact critical value of each look.

    Args:
        information: Not falling, in (0, 1], shape (looks,).
        alpha: The level in all.
        sides: 2: the test rejects where ``|Z|`` reaches the value; 1: where Z does.

    Returns:
        Shape (looks,); ``NEVER`` where a look brings no information.
    """
    motion, spent = _Motion(sides), 0.0
    found = np.full(len(information), NEVER)
    for look, (time, level) in enumerate(
        zip(information, alpha_spent(information, alpha), strict=True)
    ):
        if time - motion.time > LEAST_STEP:
            found[look] = motion.boundary(time, level - spent)
            motion.observe(time, found[look])
            spent = level
    return found


def level_spent(information: np.ndarray, critical: np.ndarray, sides: int = 2) -> float:
    """Return the probability that a true null is rejected at any of the looks.

    Args:
        information: Not falling, shape (looks,).
        critical: The critical value used at each look, shape (looks,).
        sides: As for ``boundaries``.
    """
    motion, total = _Motion(sides), 0.0
    for time, value in zip(information, critical, strict=True):
        if time - motion.time > LEAST_STEP:
            total += motion.crossing(time, value)
            motion.observe(time, value)
    return total


def sequential_p(z: np.ndarray, information: np.ndarray, sides: int = 2) -> float:
    """Return the least level at which one of the looks rejects.

    Args:
        z: Standard normal statistic of each look, shape (looks,).
        information: Not falling, in (0, 1], shape (looks,).
        sides: As for ``boundaries``.

    Returns:
        In [``SMALLEST_P``, 1]; 1 beyond .9.
    """
    reached = np.abs(z) if sides == 2 else z

    def short(log_level: float) -> float:
        return float((boundaries(information, np.exp(log_level), sides) - reached).min())

    ends = np.log(SMALLEST_P), np.log(0.9)
    if short(ends[1]) > 0:
        return 1.0
    if short(ends[0]) <= 0:
        return SMALLEST_P
    return float(np.exp(optimize.brentq(short, *ends, xtol=1e-6)))


class _Motion:
    """A Brownian motion that has not crossed a boundary so far, by its density on a grid."""

    def __init__(self, sides: int) -> None:
        self.sides, self.time = sides, 0.0
        self._points, self._mass = np.zeros(1), np.ones(1)

    def crossing(self, time: float, critical: float) -> float:
        """Return the probability of crossing at a time, not having crossed before."""
        step, limit = (time - self.time) ** 0.5, critical * time**0.5
        tail = stats.norm.sf((limit - self._points) / step)
        if self.sides == 2:
            tail = tail + stats.norm.sf((limit + self._points) / step)
        return float(self._mass @ tail)

    def boundary(self, time: float, level: float) -> float:
        """Return the critical value that is crossed with probability ``level``."""

        def excess(critical: float) -> float:
            return self.crossing(time, critical) - level

        low = 0.0 if self.sides == 2 else -NEVER
        if excess(low) <= 0:
            return low
        return NEVER if level < 1e-15 else float(optimize.brentq(excess, low, NEVER, xtol=1e-8))

    def observe(self, time: float, critical: float) -> None:
        """Go on to a time, without what has crossed there."""
        step, high = (time - self.time) ** 0.5, min(critical, 8.5) * time**0.5
        low = -high if self.sides == 2 else -8.5 * time**0.5
        self.time = time
        if high <= low:
            self._points, self._mass = np.zeros(1), np.zeros(1)
            return
        nodes, weights = _gauss_legendre(min(400, 60 + 20 * int(0.3 * (high - low) / step)))
        points = low + (nodes + 1) * (high - low) / 2
        density = stats.norm.pdf((points[:, np.newaxis] - self._points) / step) @ self._mass / step
        self._points, self._mass = points, density * weights * (high - low) / 2


@lru_cache
def _gauss_legendre(points: int) -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(points)


def information(look: pd.DataFrame, largest: Mapping[str, int]) -> np.ndarray:
    """Return variance at the largest size over variance now, one a comparison.

    Args:
        look: As ``headline.headline`` returns it.
        largest: Splits of the largest size, by data set.
    """
    splits = look["dataset"].map(largest).to_numpy(float)
    now = look["trial_part"] + look["table_part"]
    then = look["trial_part"] * np.minimum(1.0, look["splits"] / splits) + look["table_part"]
    return (then / now).mask(now == 0, 1.0).to_numpy(float)  # without any spread there is no more


def after_looks(looks: pd.DataFrame, family: pd.DataFrame) -> pd.DataFrame:
    """Return a family judged after the looks that were taken at it.

    Args:
        looks: As ``looks.csv``, sizes growing. A look of the family's own size says whether the
            family is read at an ordinary run; without one it is.
        family: As ``headline.headline`` returns it.

    Returns:
        As ``judged_at_looks``. An ordinary run without an earlier look has the ordinary verdicts.
    """
    taken = [one for _, one in looks.groupby("look", sort=False) if _equal(one, family, PLACE)]
    measured = (family["splits"] > 0).to_numpy()
    own = [one for one in taken if _equal(one[measured], family[measured], SIZE)]
    earlier = [one for one in taken if not _equal(one[measured], family[measured], SIZE)]
    ordinary = [bool(one["ordinary"].iloc[0]) for one in [*earlier, *own[:1]]]
    known = looks.dropna(subset="largest").drop_duplicates("dataset")
    largest = dict(zip(known["dataset"], known["largest"].astype(int), strict=True))
    if not earlier and (not own or ordinary[0]):
        read = judged(family)
        read["looks"], read["level_spent"] = 1, ALPHA
        read["information"] = information(family, largest)
        return read
    return judged_at_looks([*earlier, family], largest, ordinary=ordinary)


PLACE, SIZE = ["dataset", "reference"], ["splits", "seeds"]


def _equal(look: pd.DataFrame, family: pd.DataFrame, columns: list[str]) -> bool:
    return np.array_equal(look[columns].to_numpy(object), family[columns].to_numpy(object))


def judged_at_looks(
    looks: Sequence[pd.DataFrame], largest: Mapping[str, int], *, ordinary: Sequence[bool] = ()
) -> pd.DataFrame:
    """Return the family of the last look, judged with what the looks before have spent.

    A comparison's looks are those at which it was measured.

    Args:
        looks: The same family at growing sizes, as ``headline.headline`` returns it.
        largest: Splits of the largest size, by data set, fixed before the first look.
        ordinary: Of the looks from the first on: whether it was an ordinary run. One that is the
            first look at a comparison has spent the whole level on it.

    Returns:
        The last look with the columns of ``verdicts.worded`` made from sequential p-values, and
        ``looks`` (how many), ``information`` (of the last), ``level_spent`` (of .05 at the looks
        so far; above .05 after an ordinary first look). The simultaneous interval is that of the
        last look with new information.
    """
    last = judged(looks[-1].reset_index(drop=True))
    times = np.array([information(look, largest) for look in looks])
    enough = np.array([look["splits"].to_numpy() >= FEWEST_SPLITS for look in looks])
    known = enough & ~np.isnan(times)
    spent = np.full(len(last), np.nan)
    for place in np.flatnonzero(known[-1]):
        taken = np.flatnonzero(known[:, place]).tolist()
        own = [looks[look].iloc[place] for look in taken]
        clock = np.maximum.accumulate(times[taken, place])
        whole = taken[0] < len(ordinary) and bool(ordinary[taken[0]])
        p = _sequential(own, clock, ordinary_first=whole)
        ends = _repeated_interval(own, clock, ALPHA / len(last))
        names = ["p_difference", "p_equivalent", "simultaneous_low", "simultaneous_high"]
        last.loc[place, names] = [*p, *ends]
        spent[place] = _spent(clock, ordinary_first=whole)
        times[-1, place] = clock[-1]
    found = {"looks": known.sum(axis=0), "information": times[-1], "level_spent": spent}
    return worded(last.assign(**found))


def _sequential(
    looks: list[pd.Series], times: np.ndarray, *, ordinary_first: bool
) -> tuple[float, float]:
    """Return the sequential p-values of one comparison: of no gap, and of a gap of the margin."""

    def least(margin: float, sign: int, sides: int) -> float:
        p = np.array(
            [
                one_sided_p(
                    margin + sign * look["estimate"], look["standard_error"], look["freedom"]
                )
                for look in looks
            ]
        )
        z = stats.norm.isf(np.clip(p, 1e-300, 1 - 1e-16))
        first = float(p[0] if sides == 1 else 2 * min(p[0], 1 - p[0]))
        return min(sequential_p(z, times, sides), first if ordinary_first else 1.0)

    margin = looks[-1]["margin"]
    return least(0.0, 1, 2), max(least(margin, 1, 1), least(margin, -1, 1))


def _repeated_interval(
    looks: list[pd.Series], times: np.ndarray, level: float
) -> tuple[float, float]:
    """Return the interval of the last look with new information, at that look's boundary."""
    critical = boundaries(times, level)
    place = int(np.flatnonzero(critical < NEVER)[-1]) if (critical < NEVER).any() else 0
    look = looks[place]
    reach = stats.t.isf(stats.norm.sf(critical[place]), look["freedom"]) * look["standard_error"]
    return look["estimate"] - reach, look["estimate"] + reach


def _spent(times: np.ndarray, *, ordinary_first: bool) -> float:
    critical = boundaries(times)
    if ordinary_first:
        critical[0] = stats.norm.isf(ALPHA / 2)
    return level_spent(times, critical)


def stop_reason(judged: pd.DataFrame) -> str:
    """Return why no further look is taken: ``decided``, ``largest``, ``no narrower``, or nothing.

    Args:
        judged: As ``judged_at_looks`` returns it.

    Returns:
        ``decided``: no comparison is undecided. ``largest``: all undecided ones have the largest
        size. ``no narrower``: the largest size would narrow no undecided interval by 5 %. Empty
        otherwise.
    """
    undecided = judged.loc[judged["verdict"] == "undecided", "information"].to_numpy(float)
    if len(undecided) == 0:
        return "decided"
    if (undecided >= 1 - LEAST_STEP).all():
        return "largest"
    return "" if growing(judged) else "no narrower"


def growing(judged: pd.DataFrame) -> list[str]:
    """Return the data sets for which a further look is worth its trials.

    They have an undecided comparison whose interval the largest size would narrow by 5 %.

    Args:
        judged: As ``judged_at_looks`` returns it.
    """
    undecided = judged[judged["verdict"] == "undecided"]
    narrower = np.sqrt(undecided["information"].to_numpy(float)) <= NARROWER
    return list(dict.fromkeys(undecided.loc[narrower, "dataset"]))
