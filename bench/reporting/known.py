"""The names that a claim may have: those that the suite knows or that the results hold."""

from baselines import ACTIVATIONS
from bench import columns
from bench.data import DATASETS
from bench.exports.reading import Results
from bench.training.protocols import ASKED
from bench.training.trials.metrics import METRICS


def known_names(results: Results) -> dict[str, list[str]]:
    """Return the names that a claim on these results may have, by its key."""
    study = results.provenance["study"]
    scores = [columns.score_name(part, metric) for part in columns.PARTS for metric in METRICS]
    metrics = [*columns.names(columns.TRIAL), *scores, *map(str, results.trials)]
    return {
        "dataset": list(dict.fromkeys([*DATASETS, *study["datasets"]])),
        "metric": [name for name in dict.fromkeys(metrics) if _is_measured(columns.of(name))],
        "activation": list(dict.fromkeys([*ACTIVATIONS, *study["activations"]])),
        "protocol": list(dict.fromkeys([*ASKED, *study["protocols"]])),
    }


def _is_measured(column: columns.Column) -> bool:
    return column.kind != "key" and column.type in ("integer", "number")
