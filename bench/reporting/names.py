"""Names as readers know them.

``_title`` is the name by itself, in a cell or a figure; ``_name`` is escaped, for a sentence.
"""

from __future__ import annotations

from bench.columns import PARTS, of
from bench.data import title
from bench.reporting.inline import literal
from bench.training.metrics import METRICS

ARM = "adaact"
"""The activation under test: every comparison is this one minus another."""

LOGISTIC = "logistic regression"
"""Stands in tables of activations and is none: no net at all."""

TREES = "gradient boosting"
"""The same: scikit-learn's boosted trees."""

NO_NETS = (LOGISTIC, TREES)

PROTOCOLS = {"held-out-scaled": "held-out, inputs scaled"}
TRAINERS = {
    "keras": "plain Keras `fit`",
    "many-seeds": "the many-seeds trainer",
    "replicate": "the many-seeds trainer",  # its name before 0.2.0
}


def dataset_name(name: str) -> str:
    """Return the name of a data set for a sentence or heading."""
    return literal(title(name))


def activation_name(name: str) -> str:
    """Return the name of an activation for a sentence or heading."""
    return literal(activation_title(name))


def activation_title(name: str) -> str:
    """Adaact is a proper name; the others are written as they are typed."""
    return {ARM: "Adaact", **{kind: f"{kind} (no net)" for kind in NO_NETS}}.get(name, name)


def protocol_title(name: str) -> str:
    """The name of a protocol in a sentence."""
    return PROTOCOLS.get(name, name)


def trainer_title(name: str) -> str:
    """The name of a trainer in a sentence."""
    return TRAINERS.get(name) or literal(name)


def metric_title(column: str) -> str:
    """The name of a column of trials.csv that holds a score or a count: test F1."""
    part, _, metric = column.partition("_")
    if part in PARTS and metric in METRICS:
        return f"{part} {METRICS[metric].label}"
    return of(column).title
