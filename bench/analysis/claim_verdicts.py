"""Judge the claims of a paper, one row a claim."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from baselines import FIXED
from bench.analysis import ALPHA, Reason
from bench.analysis.replays import reproduced
from bench.analysis.scores import has_score
from bench.analysis.spread import binomial_interval, median_interval
from bench.analysis.typical import holm_over_facts, passing_range, place_among, word
from bench.analysis.verdicts import measured, measurements, one_sided_p
from bench.csv_columns import PARTS

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from bench.records import Claim

WANTING = frozenset({"not typical", "not reproduced", "refuted", "differs"})  # for `--strict`

COLUMNS = [
    *("dataset", "metric", "claimed", "seeds", "median", "low", "high"),
    *("passes_low", "passes_high", "p", "verdict", "reproduced"),
    *("kind", "activation", "protocol", "decimals", "place", "text", "fact", "p_holm"),
    *("at_most", "at_least", "also_pass", "lost", "reason", "test_low", "test_high"),
    *("deciding_dataset", "deciding_reference"),
]


def claim_verdicts(
    trials: pd.DataFrame,
    claims: Sequence[Claim],
    *,
    headline: pd.DataFrame | None = None,
    epochs: Mapping[str, int | None] | None = None,
    test_rows: Mapping[str, int] | None = None,
    comparison: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the verdict on every claim, as ``claims.csv`` has it.

    Args:
        trials: As ``trials.csv``.
        claims: In the order wanted.
        headline: As ``headline.headline`` returns it; comparison claims need it.
        epochs: The cap on epochs by data set; None or absent where the protocol ran as it is.
        test_rows: Size of the paper's test set by data set.
        comparison: The paper's own runs, as ``replays.compare`` returns them; default: none.

    Returns:
        ``COLUMNS``. Of every claim: ``seeds``: trials with the value; ``verdict``; ``reason``,
        may be empty; ``lost``: trials without the value; ``reproduced``: the replay's word,
        empty where it says nothing.

        Of a published value: ``median, low, high`` of the trials, with the exact 95 % interval;
        ``p, at_most, at_least`` of its place among them; ``fact``: the rows of a network that it
        is about; ``p_holm``: adjusted for the number of facts; ``passes_low, passes_high``: the
        published values that would have passed (p > .05), both ends included; ``also_pass``: the
        activations and models whose median lies in that range; ``test_low, test_high``: the exact
        binomial interval of a test accuracy. Verdicts: ``typical.word``.

        Of a count: ``exact`` or ``differs``. Of a comparison: ``judge_comparison``.
    """
    caps = epochs or {}
    table = pd.DataFrame(
        [
            _comparison(claim, headline, caps)
            if claim.kind == "comparison"
            else _number(claim, trials, (test_rows or {}).get(claim.dataset))
            for claim in claims
        ],
        columns=[name for name in COLUMNS if name != "reproduced"],
    )
    values = (table["kind"] == "figure").to_numpy(bool)
    p = table.loc[values, "p"].to_numpy(float)
    table.loc[values, "p_holm"] = holm_over_facts(p, list(table.loc[values, "fact"]))
    words = [_word(row, caps, test_rows or {}) for row in table.to_dict("records")]
    table[["verdict", "reason"]] = pd.DataFrame(words, table.index, ["verdict", "reason"])
    table["reproduced"] = reproduced(claims, comparison) if comparison is not None else ""
    return table[COLUMNS]


def fact_of(claim: Claim) -> str:
    """Return the rows of a network that a value is about: train, validation or test rows."""
    part = claim.metric.split("_")[0]
    own = part if part in PARTS else claim.metric
    return f"{claim.dataset} {claim.protocol} {claim.activation} {own}"


def _number(claim: Claim, trials: pd.DataFrame, test_rows: int | None) -> dict[str, object]:
    """Return the row of a published value or count, all but what other facts decide."""
    own = trials[(trials["dataset"] == claim.dataset) & (trials["protocol"] == claim.protocol)]
    scored = own[has_score(own, claim.metric)]
    cell = scored.loc[scored["activation"] == claim.activation]
    asked = int((own["activation"] == claim.activation).sum())
    row = {**_named(claim), "seeds": len(cell), "lost": asked - len(cell)}
    row |= _generalisation(claim, test_rows)
    if cell.empty:
        return {**row, "reason": ("no_value",) if asked else ("no_trial",)}
    found = cell[claim.metric].to_numpy(float)
    low, high = median_interval(found)
    row |= {"median": float(np.median(found)), "low": low, "high": high}
    if claim.kind == "exact":
        return {**row, "verdict": "exact" if (found == claim.value).all() else "differs"}
    passes = passing_range(found, claim.decimals)
    medians = scored.groupby("activation")[claim.metric].median().round(claim.decimals)
    also = medians[medians.between(*passes)].index.drop(claim.activation, errors="ignore")
    return {
        **row,
        **place_among(found, claim.value, claim.decimals)._asdict(),
        "passes_low": passes[0],
        "passes_high": passes[1],
        "also_pass": ", ".join(map(str, also)),
    }


def _named(claim: Claim) -> dict[str, Any]:
    words = dict.fromkeys(("also_pass", "deciding_dataset", "deciding_reference"), "")
    fact = fact_of(claim) if claim.kind == "figure" else ""
    return {
        **asdict(claim),
        **words,
        "claimed": claim.value,
        "fact": fact,
        "seeds": 0,
        "lost": 0,
        "verdict": "not measured",
        "reason": (),
    }


def _word(
    row: Mapping[Hashable, Any], caps: Mapping[str, int | None], test_rows: Mapping[str, int]
) -> tuple[str, Reason]:
    """Return the final verdict and reason: those of a published value depend on other facts."""
    if row["kind"] != "figure" or row["seeds"] == 0:
        return row["verdict"], row["reason"]
    cap = caps.get(row["dataset"])
    if cap is not None:
        return "undecided", ("capped", cap)
    width = row["passes_high"] - row["passes_low"]
    rows = test_rows.get(row["dataset"], np.inf)
    return word(row["p"], row["p_holm"], width, rows, row["seeds"])


def _generalisation(claim: Claim, rows: int | None) -> dict[str, float]:
    """Return the binomial interval of a published test accuracy."""
    if claim.kind != "figure" or claim.metric != "test_accuracy" or rows is None:
        return {}
    # The published value is rounded; the rows that it stands for are a whole number.
    low, high = binomial_interval(int(np.clip(round(claim.value * rows), 0, rows)), rows)
    return {"test_low": low, "test_high": high}


def _comparison(
    claim: Claim, headline: pd.DataFrame | None, caps: Mapping[str, int | None]
) -> dict[str, object]:
    """Return the row of a comparison."""
    row = _named(claim) | {"reason": ("no_comparison",)}
    if headline is None or headline.empty:
        return row
    family = headline[
        (headline["method"] == claim.activation)
        & headline["reference"].isin(list(FIXED))
        & (headline["dataset"].isin([claim.dataset]) | (claim.dataset == "all"))
    ]
    if (family["verdict"] == "not measured").all():
        return row
    row |= judge_comparison(family)
    capped = sorted({caps.get(name) or 0 for name in family["dataset"]} - {0})
    if capped:
        row |= {"verdict": "undecided", "reason": ("capped", *capped)}
    elif _at_cap(row, family):
        missing = row["reason"]
        row["reason"] = ("missing_at_cap", missing[1]) if missing else ("at_cap",)
    return row


def _at_cap(row: Mapping[str, object], family: pd.DataFrame) -> bool:
    """Return whether the cap ended many trials of what decides: one comparison refutes, or all."""
    marked = family[family["capped"]] if "capped" in family else family[:0]
    if row["verdict"] != "refuted":
        return not marked.empty
    deciding = marked[["dataset", "reference"]].eq(
        [row["deciding_dataset"], row["deciding_reference"]]
    )
    return bool(deciding.all(axis=1).any())


def judge_comparison(family: pd.DataFrame) -> dict[str, Any]:
    """Return whether a method is not worse than the best reference, on every data set.

    Not worse than the best is not worse than each: every one-sided test of "worse by the margin or
    more" has to reject at the full level (an intersection-union test).

    Args:
        family: Rows of ``headline.headline``.

    Returns:
        ``p``: the largest of the one-sided p-values, 1 where a comparison is not measured;
        ``verdict``: ``supported`` (p <= .05), ``refuted`` (a simultaneous interval lies below
        minus the margin), else ``undecided``; ``seeds``: the fewest splits of a comparison;
        ``deciding_dataset, deciding_reference``: the comparison that decides.
    """
    rows = measured(family)
    estimate, error, freedom = measurements(rows)
    p = np.nan_to_num(one_sided_p(estimate + rows["margin"].to_numpy(), error, freedom), nan=1.0)
    refuting = rows["simultaneous_high"] + rows["margin"]
    refuted = bool((refuting < 0).any())
    missing = len(family) - len(rows)
    largest = 1.0 if missing else float(p.max())
    deciding = rows.iloc[int(refuting.argmin() if refuted else p.argmax())]
    verdict = "refuted" if refuted else "supported" if largest <= ALPHA else "undecided"
    return {
        "p": largest,
        "verdict": verdict,
        "seeds": int(rows["splits"].min()),
        "reason": ("missing", missing) if missing and not refuted else (),
        "deciding_dataset": deciding["dataset"],
        "deciding_reference": deciding["reference"],
    }
