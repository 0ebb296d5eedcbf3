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
from bench.analysis.verdicts import FEWEST_SPLITS, one_sided_p, worded

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


def judged_at_looks(
    looks: Sequence[pd.DataFrame], largest: Mapping[str, int], *, ordinary_first: bool = False
) -> pd.DataFrame:
    """Return the family of the last look, judged with what the looks before have spent.

    Args:
        looks: The same family at growing sizes, as ``headline.headline`` returns it.
        largest: Splits of the largest size, by data set, fixed before the first look.
        ordinary_first: Whether the first look was an ordinary run, which spends the whole level.

    Returns:
        The last look with the columns of ``verdicts.worded`` made from sequential p-values, and
        ``looks`` (how many), ``information`` (of the last), ``level_spent`` (of .05 at the looks
        so far; above .05 after an ordinary first look). The simultaneous interval is that of the
        last look with new information.
    """
    last = looks[-1].copy().reset_index(drop=True)
    times = np.maximum.accumulate([information(look, largest) for look in looks], axis=0)
    level = ALPHA / max(1, len(last))
    for place in range(len(last)):
        own = [look.iloc[place] for look in looks]
        if min(one["splits"] for one in own) < FEWEST_SPLITS or np.isnan(times[:, place]).any():
            continue
        p = _sequential(own, times[:, place], ordinary_first=ordinary_first)
        ends = _repeated_interval(own, times[:, place], level)
        names = ["p_difference", "p_equivalent", "simultaneous_low", "simultaneous_high"]
        last.loc[place, names] = [*p, *ends]
    last["looks"], last["information"] = len(looks), times[-1]
    last["level_spent"] = [
        _spent(times[:, place], ordinary_first=ordinary_first) for place in range(len(last))
    ]
    return worded(last)


def _sequential(
    looks: list[pd.Series], times: np.ndarray, *, ordinary_first: bool
) -> tuple[float, float]:
    """Return the sequential p-values of one comparison: of no gap, and of a gap of the margin."""
    shifts = {
        "difference": (0.0, 1),
        "above": (looks[-1]["margin"], 1),
        "below": (looks[-1]["margin"], -1),
    }
    p = {}
    for name, (margin, sign) in shifts.items():
        one = np.array(
            [
                one_sided_p(
                    margin + sign * look["estimate"], look["standard_error"], look["freedom"]
                )
                for look in looks
            ]
        )
        sides = 2 if name == "difference" else 1
        p[name] = sequential_p(stats.norm.isf(np.clip(one, 1e-300, 1 - 1e-16)), times, sides)
        if ordinary_first:
            first = 2 * min(one[0], 1 - one[0]) if sides == 2 else one[0]
            p[name] = min(p[name], float(first))
    return p["difference"], max(p["above"], p["below"])


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
    if np.isnan(times).any():
        return float("nan")
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
    return "no narrower" if (np.sqrt(undecided) > NARROWER).all() else ""
