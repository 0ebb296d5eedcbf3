"""Names as readers know them.

``_title`` is the name by itself, in a cell or a figure; ``_name`` is escaped, for a sentence.
"""

from collections.abc import Hashable

from bench.csv_columns import PARTS, of
from bench.data import title
from bench.records import Metric
from bench.reporting.inline import literal
from bench.training.trials.metrics import COMPARED, METRICS

ADAACT = "adaact"
"""The paper's activation: each of its comparisons is this one minus another."""

LOGISTIC = "logistic regression"
"""Its name among the times."""

ACTIVATIONS = {
    ADAACT: "Adaact",
    "logistic-regression": "logistic regression (C = 1)",
    "logistic-regression-unpenalised": "logistic regression (no penalty)",
    "gradient-boosting": "gradient boosting",
    "majority-class": "always the largest class",
}
PROTOCOLS = {
    "held-out-scaled": "held-out (standardised inputs)",
    "held-out-tuned": "held-out (tuned)",
    "held-out-scaled-tuned": "held-out (standardised inputs, tuned)",
}
TRAINERS = {
    "keras": "plain Keras `fit`",
    "many-seeds": "the many-seeds trainer",
    "replicate": "the many-seeds trainer",  # its name before 0.2.0
}


def dataset_name(name: Hashable) -> str:
    """Return the name of a data set for a sentence or heading."""
    return literal(title(str(name)))


def activation_name(name: Hashable) -> str:
    """Return the name of an activation for a sentence or heading."""
    return literal(activation_title(str(name)))


def activation_title(name: str) -> str:
    """Return the name of an activation, or of what stands beside them, for a cell or figure."""
    return ACTIVATIONS.get(name, name)


def protocol_title(name: str) -> str:
    """Return the name of a protocol for a cell or figure."""
    return PROTOCOLS.get(name, name)


def trainer_title(name: str) -> str:
    """Return the name of a trainer for a sentence."""
    return TRAINERS.get(name) or literal(name)


def metric_title(column: str) -> str:
    """Return the name of a column of trials.csv that holds a score or a count: test F1."""
    part, _, metric = column.partition("_")
    if part in PARTS and metric in METRICS:
        return f"{part} {METRICS[metric].label}"
    return of(column).title


def compared(column: str) -> Metric | None:
    """Return the metric of a column of trials.csv; None of anybody's own score."""
    return COMPARED.get(column[5:]) if column.startswith("test_") else None


def compared_title(column: str) -> str:
    """Return the name of what a comparison is about: test log-loss (nats)."""
    metric = compared(column)
    return f"test {metric.label}" if metric else column.replace("_", " ")


def operands(*, higher: bool) -> tuple[str, str]:
    """Return the columns of what is subtracted from what, where a higher score is better or not."""
    return ("method", "reference") if higher else ("reference", "method")


def subtraction(one: str, other: str) -> str:
    """Return what is subtracted from what: net − svm."""
    return f"{activation_title(one)} − {activation_title(other)}"


def is_loss(column: str) -> bool:
    """Return whether less of it is better."""
    metric = compared(column)
    return metric is not None and metric.loss
