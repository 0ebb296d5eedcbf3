"""The rules by which a claim is judged.

A published figure is one more run, rounded. If it came from the same procedure as the n runs at
hand, its place among them is any of n + 1 with equal chance, whatever the distribution; the test
asks for nothing else. It conditions on the rows: the paper's test set is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bench.analysis import ALPHA
from bench.analysis.minimum_sample import FEWEST_RUNS, too_few
from bench.analysis.spread import median_interval
from bench.data import title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from bench.records import Claim

NAN = float("nan")

# The verdicts that `check --strict` does not let pass.
WANTING = frozenset({"not reproduced", "differs", "refuted"})


@dataclass(frozen=True)
class Verdict:
    """What the trials say about one claim.

    Attributes:
        seeds: Runs with a number.
        median: Median of the runs.
        low: Lower end of the exact interval of the median.
        high: Upper end.
        p: Of the figure's place among the runs.
        at_most: Runs not above the claim, after rounding.
        at_least: Runs not below it.
        verdict: ``reproduced, not reproduced, cannot tell``; ``exact, differs``; ``supported,
            refuted, cannot tell``; or ``not measured``.
        reason: What limits or decides the verdict; empty where nothing needs saying.
    """

    seeds: int = 0
    median: float = NAN
    low: float = NAN
    high: float = NAN
    p: float = NAN
    at_most: float = NAN
    at_least: float = NAN
    verdict: str = "not measured"
    reason: str = ""


class Place(NamedTuple):
    """Where a figure lies among runs: p, runs at most the figure, runs at least the figure."""

    p: float
    at_most: int
    at_least: int


def place_among(runs: np.ndarray, figure: float, decimals: int) -> Place:
    """Return the two-sided p-value of a published figure's place among single runs.

    ``p = min(1, 2 (1 + m) / (n + 1))``, where m is the smaller of the numbers of runs at most and
    at least the figure. The runs are rounded as the figure was (half to even, as Python rounds),
    and those that tie count on both sides. Exact, or cautious with ties, for exchangeable runs of
    any distribution.

    Args:
        runs: Unrounded, shape (n,).
        figure: As published.
        decimals: Digits after the point as published.

    """
    rounded, target = np.round(runs, decimals), np.round(figure, decimals)
    at_most, at_least = int((rounded <= target).sum()), int((rounded >= target).sum())
    p = min(1.0, 2 * (1 + min(at_most, at_least)) / (len(runs) + 1))
    return Place(p, at_most, at_least)


def judge_figure(runs: np.ndarray, claim: Claim, cap: int | None = None, note: str = "") -> Verdict:
    """Return whether the published figure could be one more of these runs.

    Reproduced: p > 0.05. Not reproduced: p <= 0.05. Cannot tell: the figure lies outside all
    runs, but they are too few for p <= 0.05; or the epochs were capped, so that the runs are not
    of the claim's protocol.

    Args:
        runs: Scores of single runs, unrounded, shape (n,), n > 0.
        claim: The published figure.
        cap: The cap on epochs, if there was one.
        note: What else limits the verdict; goes into the reason.
    """
    place = place_among(runs, claim.value, claim.decimals)
    low, high = median_interval(runs)
    verdict, reasons = "reproduced", [note]
    if len(runs) < FEWEST_RUNS:
        reasons.insert(0, too_few(len(runs), FEWEST_RUNS, "place a figure outside them"))
        if min(place.at_most, place.at_least) == 0:
            verdict = "cannot tell"
    elif place.p <= ALPHA:
        verdict = "not reproduced"
    if cap is not None:
        verdict = "cannot tell"
        reasons.insert(0, f"epochs capped at {cap}")
    return Verdict(
        seeds=len(runs),
        median=float(np.median(runs)),
        low=low,
        high=high,
        **place._asdict(),
        verdict=verdict,
        reason="; ".join(filter(None, reasons)),
    )


def judge_count(counts: np.ndarray, claim: Claim, note: str = "") -> Verdict:
    """Return whether every trial has exactly the claimed count.

    Args:
        counts: The count in each trial, shape (n,), n > 0.
        claim: The published count.
        note: What limits the verdict.
    """
    return Verdict(
        seeds=len(counts),
        median=float(np.median(counts)),
        verdict="exact" if bool((counts == claim.value).all()) else "differs",
        reason=note,
    )


def judge_comparison(
    claim: Claim, headline: pd.DataFrame, epochs: Mapping[str, int | None]
) -> Verdict:
    """Return whether an activation is not worse than the best fixed one.

    Not worse than the best is not worse than each, so every comparison has to hold by itself.
    Supported: every interval lies above minus its margin. Refuted: some comparison is *worse* (by
    Holm) and its whole interval lies below minus its margin. Else: cannot tell.

    Conditions on what the headline comparison conditions on.

    Args:
        claim: Its ``dataset`` may be ``all``.
        headline: As ``headline.headline`` returns it; may be empty.
        epochs: The cap on epochs by data set.
    """
    family = [
        row
        for row in headline.to_dict("records")
        if row["arm"] == claim.activation and claim.dataset in {"all", row["dataset"]}
    ]
    measured = [row for row in family if row["verdict"] != "not measured"]
    if not measured:
        return Verdict(reason=_why_not_compared(claim, headline))
    seeds = min(row["pairs"] for row in measured)
    caps = sorted({epochs.get(row["dataset"]) or 0 for row in measured} - {0})
    if caps:
        reason = "epochs capped at " + " and ".join(map(str, caps))
        return Verdict(seeds=seeds, verdict="cannot tell", reason=reason)
    verdict, reason = _not_worse(measured, len(family) - len(measured))
    return Verdict(seeds=seeds, verdict=verdict, reason=reason)


def _why_not_compared(claim: Claim, headline: pd.DataFrame) -> str:
    arms = set(headline["arm"])
    if arms and claim.activation not in arms:
        return f"only {' and '.join(sorted(arms))} is compared with the fixed activations"
    return "the comparison needs the held-out protocol"


def _not_worse(measured: Sequence[Mapping[Any, Any]], unmeasured: int) -> tuple[str, str]:
    """Return verdict and reason; the reason names the comparison that decides."""
    refuting = [
        row for row in measured if row["verdict"] == "worse" and row["high"] < -row["margin"]
    ]
    if refuting:
        return "refuted", _against(min(refuting, key=lambda row: row["high"]))
    if unmeasured:
        return "cannot tell", f"{unmeasured} comparisons are not measured"
    fewest = min(measured, key=lambda row: row["pairs"] - row["fewest"])
    if fewest["pairs"] < fewest["fewest"]:
        return "cannot tell", too_few(fewest["pairs"], fewest["fewest"], "tell in such a family")
    deciding = min(measured, key=lambda row: row["low"] + row["margin"])
    holds = deciding["low"] > -deciding["margin"]
    return ("supported" if holds else "cannot tell"), _against(deciding)


def _against(row: Mapping[Any, Any]) -> str:
    return (
        f"{title(row['dataset'])}, against {row['baseline']}: {row['estimate']:+.4f} "
        f"({row['low']:+.4f} to {row['high']:+.4f}), margin {row['margin']:.4f}"
    ).replace("-", "−")
