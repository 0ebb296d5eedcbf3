"""How long do training and prediction take?"""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from bench.analysis.timings import timing_frame
from bench.reporting.columns import BY, DATASET, TIMED, TableColumn
from bench.reporting.document import Block, Heading, Prose, Table
from bench.reporting.markdown import markdown
from bench.reporting.names import ADAACT, activation_title
from bench.reporting.view import View
from bench.reporting.wording import DASH, count, number, seconds, spread


def times(view: View) -> list[Block]:
    """What Adaact costs beside the reference, and what the trainers cost."""
    return [Heading("Times"), Prose(note(view.results.timing)), *short_table(view.timings)]


QUICK = "Quick form: few rounds."
MEASURED = (
    "Measured apart from the study, serially, competitors interleaved round by round; medians with "
    "their 95 % intervals."
)
IN_DETAIL = ("jax", "bare products")  # in docs/timing.md, as are plain nets
MISSING = (
    "Times are not measured in these results. `pytest bench/ --benchmark-only` measures them, "
    "`adaact-bench report` then shows them; `tox -e bench` does both."
)


def note(timing: Mapping[str, Any] | None) -> str:
    """Return how the times came about, or how to come by them."""
    if timing is None or timing_frame(timing).empty:
        return MISSING
    return f"{QUICK} {MEASURED}" if timing.get("quick") else MEASURED


def short_table(timings: pd.DataFrame) -> list[Block]:
    """What a training step of Adaact and what the trainers cost, beside their references.

    Args:
        timings: As ``timing_frame`` has them.
    """
    compared = timings[(timings["competitor"] != timings["reference"]) & timings["ratio"].notna()]
    competitor, operation = compared["competitor"].str, compared["operation"].str
    steps = (compared["activation"] == ADAACT) & operation.startswith("one training step")
    trainers = (compared["competitor"] != compared["activation"]) & ~(
        competitor.startswith(IN_DETAIL) | operation.startswith("plain net")
    )
    shown = compared[steps | trainers]
    return [Table(shown, [DATASET, TIMED, BY, TO, MEDIAN, RATIO])] if len(shown) else []


def plain_table(timings: pd.DataFrame) -> str:
    """Return the times of activations and of trainers as Markdown for a terminal.

    Args:
        timings: As ``timing_frame`` has them.
    """
    columns = [DATASET, TIMED, BY, TO, MEDIAN, RATIO, FIRST_CALL, SCORES, MEMORY, TO_SCORE]
    return markdown(Table(with_reference(timings), columns))


def with_reference(timings: pd.DataFrame) -> pd.DataFrame:
    """Give the reference its ratio, 1."""
    own = timings["competitor"] == timings["reference"]
    return timings.assign(ratio=timings["ratio"].mask(own, 1.0))


def _time(middle: float, low: float, high: float) -> str:
    if low <= high:
        return f"{seconds(middle)} [{seconds(low)}, {seconds(high)}]"
    return seconds(middle)


def _ratio(ratio: float, low: float, high: float, competitor: str, reference: str) -> str:
    if competitor == reference:
        return "1"
    return f"{ratio:,.0f}" if ratio >= 100 else spread(ratio, low, high, 2 if ratio < 10 else 1)


def _to_logistic(took: float, needed: float, epochs: float, target: float) -> str:
    """Return seconds and epochs, or how many epochs were not enough."""
    if math.isnan(target):
        return DASH
    if math.isnan(needed):
        return f"not in {count(int(epochs), 'epoch')}"
    return f"{seconds(took)}, {count(int(needed), 'epoch')}"


TO = TableColumn("compared with", ("reference",), activation_title, words=True)
MEDIAN = TableColumn("median [95 %]", ("median_seconds", "median_low", "median_high"), _time)
RATIO = TableColumn(
    "ratio [95 %]", ("ratio", "ratio_low", "ratio_high", "competitor", "reference"), _ratio
)
SCORES = TableColumn(
    "accuracy, F1",
    ("accuracy", "f1"),
    lambda *scores: ", ".join(map(number, scores)) if math.isfinite(scores[0]) else DASH,
)
FIRST_CALL = TableColumn("first call", ("compile_seconds",), seconds)
MEMORY = TableColumn(
    "peak memory",
    ("peak_bytes",),
    lambda size: f"{size / 1e6:,.0f} MB" if math.isfinite(size) else DASH,
)
TO_SCORE = TableColumn(
    "to logistic regression",
    ("seconds_to_logistic", "epochs_to_logistic", "epochs", "logistic_accuracy"),
    _to_logistic,
)
