"""Compare anybody's scores with a reference method on every data set: one family of tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.analysis.gap_estimator import (
    NO_NOISE,
    Estimate,
    Noise,
    crossed_noise,
    noise,
    over_repeats,
    over_resplits,
)
from bench.analysis.scores import paired
from bench.analysis.verdicts import few, judged, limits
from bench.data.dataset import MARGIN

if TYPE_CHECKING:
    from bench.analysis import Reason

NEW_TABLES, THESE_ROWS = "new tables", "these rows"
NESTED, CROSSED, REPEATS = "seeds nested in splits", "seeds crossed with splits", "repeats"


@dataclass(frozen=True)
class Asked:
    """What is asked of a table of scores.

    Attributes:
        reference: The method that all others are compared with; empty: the first of the table.
        metric: What the score is.
        margin: Of practical equivalence; None: the default one, if all scores lie within 0 and 1.
        higher: Whether a higher score is better.
        resplit: Whether each seed of a table without splits is a split of its own.
        test_share: Share of the rows that a split tests; None: not known, or in the table.
    """

    reference: str = ""
    metric: str = "score"
    margin: float | None = None
    higher: bool = True
    resplit: bool = False
    test_share: float | None = None


@dataclass(frozen=True, eq=False)
class Design:
    """The scores of one data set, and what is known of how they came about.

    Attributes:
        kind: ``NESTED``, ``CROSSED`` or ``REPEATS``.
        places: Trials that each method should have.
        share: Test rows divided by all other rows; NaN where that is not known.
        rows: Of the table; NaN where that is not known.
    """

    kind: str
    places: int
    share: float
    rows: float


def compared(scores: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return each method's comparison with the reference on each data set, judged as one family.

    Args:
        scores: As ``data.tables.scores.read_scores`` returns it.
        asked: What is asked of it.

    Returns:
        Columns of ``headline.headline`` as far as they apply. ``estimate`` is above 0 where the
        method is better. ``design``: see ``Design.kind``; ``population``: what the verdict is
        about; ``missing``: trials that the two lack; ``chanceless``: how many of the two have one
        seed and are taken as fits without chance; ``seed_part`` as ``estimator.Estimate`` has it.
    """
    sign = 1.0 if asked.higher else -1.0
    methods = [name for name in scores["method"].unique() if name != asked.reference]
    found = []
    for dataset, of_set in _by_split(scores, asked).groupby("dataset", sort=False):
        design = design_of(of_set, asked)
        parts = dict(iter(of_set.assign(score=sign * of_set["score"]).groupby("method")))
        none = of_set[:0]
        margin = _margin(scores, design, asked)
        for method in methods:
            pair = [parts.get(name, none) for name in (method, asked.reference)]
            names = {"dataset": dataset, "metric": asked.metric, "method": method}
            row = {**names, "reference": asked.reference, **_estimated(pair, design)}
            found.append({**row, "margin": margin, "rows": design.rows})
    family = judged(pd.DataFrame(found))
    fixed = family["table_part"] + family["seed_part"]  # what more splits can't reduce
    rows = family["rows"].where(family["seed_part"] == 0).to_numpy(float)
    needed = limits(family.assign(table_part=fixed), rows)
    return needed.assign(table_part=family["table_part"], capped=False)


def _by_split(scores: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    return scores.assign(split=scores["seed"]) if asked.resplit else scores


def design_of(of_set: pd.DataFrame, asked: Asked) -> Design:
    """Return how the scores of one data set came about; its columns and labels tell."""
    share = rows = np.nan
    if "test_rows" in of_set:
        tested, others = of_set["test_rows"].mean(), of_set["other_rows"].mean()
        share, rows = tested / others, tested + others
    elif asked.test_share is not None:
        share = asked.test_share / (1 - asked.test_share)
    if "split" not in of_set or of_set["split"].nunique() == 1:
        return Design(REPEATS, _places(of_set, ["seed"]), share, rows)
    place = ["split", "seed"]
    crossed = not asked.resplit and (of_set[place].drop_duplicates()["seed"].duplicated().any())
    places = _places(of_set, place)
    if crossed:
        places = of_set["split"].nunique() * of_set["seed"].nunique()
    return Design(CROSSED if crossed else NESTED, places, share, rows)


def _places(of_set: pd.DataFrame, place: list[str]) -> int:
    """Count the trials that each method should have: all places, or if none is common, the most."""
    by_place = of_set.groupby(place)["method"].size()
    common = (by_place > 1).any()
    return len(by_place) if common else int(of_set.groupby("method").size().max())


def _margin(scores: pd.DataFrame, design: Design, asked: Asked) -> float:
    if asked.margin is not None:
        return asked.margin
    if not scores["score"].between(0, 1).all():
        return np.nan
    return max(MARGIN, 1 / design.rows) if design.rows > 0 else MARGIN


def _estimated(pair: list[pd.DataFrame], design: Design) -> dict[str, object]:
    """Return the estimate of one comparison, and why there is none."""
    missing = sum(design.places - len(one) for one in pair)
    resplit = design.kind != REPEATS and design.share > 0
    reason: Reason
    facts: dict[str, object] = {
        "design": design.kind,
        "population": NEW_TABLES if resplit else THESE_ROWS,
        "missing": missing,
        "chanceless": 0,
    }
    if design.kind == REPEATS:
        found = over_repeats(*(one["score"].to_numpy(float) for one in pair))
        facts["seeds"] = min(map(len, pair))
        reason = few(found.splits, of="trials") if facts["seeds"] else ("no_scores",)
        return {**facts, **found.columns(), "reason": reason}
    gaps, shared, facts["seeds"] = paired(pair, "score")
    noises = [_noise(one, design) for one in shared]
    facts["chanceless"] = sum(one is NO_NOISE for one in noises)
    reason = () if len(gaps) else ("no_shared_split",)
    if len(gaps) and facts["chanceless"] == 2:
        reason = ("one_seed",)
    elif any(np.isnan(one.shared) for one in noises):
        reason = ("few_seeds",)
    if reason:
        return {**facts, **Estimate(splits=len(gaps)).columns(), "reason": reason}
    share = design.share if resplit else 0.0
    found = over_resplits(gaps.to_numpy(float), (noises[0], noises[1]), share)
    return {**facts, **found.columns(), "reason": few(found.splits)}


def _noise(trials: pd.DataFrame, design: Design) -> Noise:
    """Return the noise of one method's seeds; with one seed in all splits it has none."""
    scores, splits, seeds = (trials[name].to_numpy() for name in ("score", "split", "seed"))
    if not len(scores):
        return NO_NOISE
    if design.kind == NESTED:
        return noise(scores, splits)
    return NO_NOISE if len(set(seeds)) == 1 else crossed_noise(scores, splits, seeds)


def cells(scores: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return trials, mean and spread of each method on each data set, and what is missing.

    Args:
        scores: As ``compared`` takes it.
        asked: What is asked of it.

    Returns:
        ``dataset, method, trials, missing, mean, sd``, and ``seconds``, the median, if the scores
        have them. A method without any score on a data set has a row too.
    """
    named = _by_split(scores, asked)
    places = {name: design_of(of_set, asked).places for name, of_set in named.groupby("dataset")}
    columns = {"trials": ("score", "size"), "mean": ("score", "mean"), "sd": ("score", "std")}
    if "seconds" in scores:
        columns["seconds"] = ("seconds", "median")
    grid = pd.MultiIndex.from_product(
        [scores["dataset"].unique(), scores["method"].unique()], names=["dataset", "method"]
    )
    made = scores.groupby(["dataset", "method"]).agg(**columns).reindex(grid).reset_index()
    made["trials"] = made["trials"].fillna(0).astype(int)
    made.insert(3, "missing", made["dataset"].map(places) - made["trials"])
    return made
