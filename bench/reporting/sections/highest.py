"""Which activation scores highest? For a study without Adaact and without a tested comparison."""

import pandas as pd

from bench.reporting.document import Block, Bullets, Prose
from bench.reporting.inline import literal
from bench.reporting.names import activation_name, dataset_name, protocol_title
from bench.reporting.view import View, in_panel
from bench.reporting.wording import count, joined, number


def highest_answer(view: View) -> list[Block]:
    """Median test accuracies of all activations, one line a data set."""
    told_above = view.of_adaact or view.against or not view.best_fixed.empty
    if view.foreign or told_above:
        return []
    protocols = view.study["protocols"]
    protocol = view.headline_protocol if view.headline_protocol in protocols else protocols[0]
    accuracy = view.spreads[view.spreads["metric"] == "test_accuracy"]
    spreads = (in_panel(accuracy, name, protocol) for name in view.study["datasets"])
    told = [medians(rows) for rows in spreads if rows["median"].notna().any()]
    text = f"Under the {literal(protocol_title(protocol))} protocol (described, not tested):"
    return [
        Prose(text if told else "Not measured yet: no trial has a score.", QUESTION),
        Bullets(told),
    ]


QUESTION = "Which activation scores highest?"


def medians(spreads: pd.DataFrame) -> str:
    """Return the medians in one sentence, the highest first.

    Args:
        spreads: Test accuracy of one data set and protocol, one row per activation.
    """
    rows = spreads.dropna(subset="median").sort_values("median", ascending=False, kind="stable")
    told = (
        f"{activation_name(row['activation'])} {number(row['median'])} ({count(row['n'], 'trial')})"
        for row in rows.to_dict("records")
    )
    return f"{dataset_name(rows['dataset'].iloc[0])}: median test accuracy of {joined(told)}."
