"""Names as readers know them."""

from __future__ import annotations

from bench.columns import PARTS, of
from bench.training.metrics import METRICS

ARM = "adaact"
"""The activation under test: every comparison is this one minus another."""

LOGISTIC = "logistic regression"
"""Stands in tables of activations and is none: no net at all."""

TREES = "gradient boosting"
"""The same: scikit-learn's boosted trees."""

NO_NETS = (LOGISTIC, TREES)

PROTOCOLS = {"held-out-scaled": "held-out, inputs scaled"}
TRAINERS = {"keras": "plain Keras `fit`", "replicate": "the many-seeds trainer"}


def activation_title(name: str) -> str:
    """Adaact is a proper name; the others are written as they are typed."""
    return {ARM: "Adaact", **{kind: f"{kind} (no net)" for kind in NO_NETS}}.get(name, name)


def protocol_title(name: str) -> str:
    """The name of a protocol in a sentence."""
    return PROTOCOLS.get(name, name)


def trainer_title(name: str) -> str:
    """The name of a trainer in a sentence."""
    return TRAINERS.get(name, name)


def metric_title(column: str) -> str:
    """The name of a column of trials.csv that holds a score or a count: test F1."""
    part, _, metric = column.partition("_")
    if part in PARTS and metric in METRICS:
        return f"{part} {METRICS[metric].label}"
    return of(column).title
