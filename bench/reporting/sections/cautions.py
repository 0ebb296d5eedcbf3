"""Cautions for the reader, each with measured values; a sentence is empty without its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.reporting import regressions
from bench.reporting.document import Block, Heading, Numbered, Point
from bench.reporting.inline import literal
from bench.reporting.names import ADAACT, dataset_name
from bench.reporting.view import PAPER, accuracies, claim_on_test_accuracy, in_panel, published
from bench.reporting.wording import count, in_rows, joined, number, signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.reporting.view import View

COLLAPSED = 0.5
"""A trial with a lower accuracy counts as collapsed; the sets have 2, 3 and 10 classes."""


def cautions(view: View) -> list[Block]:
    """Return the points, for a study of the paper's data sets."""
    if view.own or not view.of_adaact:
        return []
    told = measured(view)
    points = [Point(text, told.get(name)) for name, text in POINTS.items()]
    return [Heading("Cautions"), Numbered(points)]


def measured(view: View) -> dict[str, list[str]]:
    """Return the measured sentences of each point, one per data set where rows are there."""
    every = view.scored[(view.scored["protocol"] == PAPER) & (view.scored["activation"] == ADAACT)]
    told: dict[str, list[str]] = {name: [] for name in POINTS if name != "slips"}
    for dataset in view.study["datasets"]:
        if len(view.adaact(dataset, PAPER)):
            for name, text in _sentences(view, dataset):
                told[name] += [text] if text else []
    text = restored(every, view.results.provenance["versions"])
    told["restored"] += [text] if text else []
    return told


def _sentences(view: View, dataset: str) -> Iterator[tuple[str, str]]:
    trials, histories = view.adaact(dataset, PAPER), view.histories(dataset, PAPER)
    spreads, learned = accuracies(view, dataset, PAPER), in_panel(view.coefficients, dataset, PAPER)
    claim, value = claim_on_test_accuracy(view, dataset, PAPER), published(view, dataset, PAPER)
    rows = view.test_rows[dataset]
    yield "linear", regressions.scores(in_panel(view.results.ceilings, dataset, PAPER))
    yield "linear", linear(spreads, rows)
    yield "stopping", stopping(trials, histories[histories["activation"] == ADAACT])
    yield "seeds", seeds(trials, value)
    yield "resolution", resolution(dataset, rows, claim)
    yield "scalars", identifiability(learned[learned["activation"] == ADAACT])


POINTS = {
    "linear": (
        "**Adaact is a linear classifier.** A composition of affine maps is affine. At inference "
        "Dropout is the identity and BatchNormalization is affine. Each trained Adaact network "
        "therefore equals one logistic (softmax) regression. No such network can have a lower "
        "training loss than the unpenalised fit; its test accuracy can be higher. The activation "
        "`linear` gives the same functions without k0 and k1."
    ),
    "stopping": (
        "**The paper's protocol uses the test set for early stopping.** It keeps the epoch with "
        "the lowest loss on the test set, so its test scores are not scores on unseen rows."
    ),
    "seeds": "**The paper shows one seed and one split.** Its values have no measure of spread.",
    "resolution": (
        "**The test sets are finite.** Accuracy changes in steps of one row. The binomial interval "
        "allows for other test rows. It plays no part in the verdicts on published values, "
        "because the paper's test rows are the same as ours."
    ),
    "scalars": (
        "**k0 and k1 are not identifiable.** A change of k1 can be undone by the kernel's "
        "scale and sign, a change of k0 by the next bias, so other values give the same function."
    ),
    "restored": (
        "**Keras has changed since.** When the paper was written, `restore_best_weights` acted "
        "only if early stopping had ended the training; Keras now always restores. Random streams "
        "differ too, so no seed gives the paper's run in current software. Seeded `fit` on arrays "
        "now repeats one batch order in every epoch; here each epoch has its own."
    ),
    "slips": (
        "**Slips in the paper's text.** All its result paragraphs name the Bank Note data. Its "
        '"k0 and k2" means k0 and k1.'
    ),
}


def linear(spreads: pd.DataFrame, rows: int) -> str:
    """Return Adaact's and ``linear``'s medians: the same functions with and without k0 and k1.

    Args:
        spreads: Test accuracy of one data set and protocol, one row per activation.
        rows: Test rows.
    """
    medians = spreads.set_index("activation")["median"].dropna()
    if not {ADAACT, "linear"} <= set(medians.index):
        return ""
    gap = float(medians[ADAACT] - medians["linear"])
    return (
        f"{dataset_name(spreads['dataset'].iloc[0])}: Adaact's median test accuracy is "
        f"{number(medians[ADAACT])}, that of `linear` {number(medians['linear'])} "
        f"({in_rows(gap, rows)})."
    )


def stopping(trials: pd.DataFrame, histories: pd.DataFrame) -> str:
    """Return how often the test set was evaluated, and what the epochs after the kept one score.

    Args:
        trials: Adaact's trials of one data set under the paper's protocol, numbers only.
        histories: Their epochs; val_accuracy is then accuracy on the test set.
    """
    if trials.empty or histories.empty:
        return ""
    chosen = histories["seed"].map(trials.set_index("seed")["best_epoch"])
    at = histories[histories["epoch"] == chosen].set_index("seed")["val_accuracy"]
    after = histories[histories["epoch"] > chosen].groupby("seed")["val_accuracy"].mean()
    gains = (at - after).dropna()
    low, high = int(trials["epochs"].min()), int(trials["epochs"].max())
    times = f"{low} times" if low == high else f"{low} to {high} times"
    text = f"{dataset_name(trials['dataset'].iloc[0])}: training evaluated the test set {times}"
    if gains.empty:
        return f"{text}; no trial continued after the epoch that it kept."
    return (
        f"{text}. The accuracy of the kept epoch minus that of later epochs is "
        f"{signed(gains.mean())} on average (of {count(len(gains), 'trial')} that continued, "
        f"{int((gains > 0).sum())} scored less afterwards and {int((gains < 0).sum())} more)."
    )


def seeds(trials: pd.DataFrame, claimed: float) -> str:
    """Return the range of single trials of the same network.

    Args:
        trials: Adaact's trials of one data set and protocol, numbers only.
        claimed: Published test accuracy; NaN where there is none.
    """
    if trials.empty:
        return ""
    scores = trials["test_accuracy"]
    text = (
        f"{dataset_name(trials['dataset'].iloc[0])}: over {count(len(scores), 'seed')} test "
        f"accuracy ranges from {number(scores.min())} to {number(scores.max())}"
    )
    if pd.notna(claimed):
        text += f" (published, from one seed: {number(claimed, 3)})"
    collapsed, constant = int((scores < COLLAPSED).sum()), int(trials["constant"].sum())
    if collapsed or constant:
        text += (
            f"; {count(collapsed, 'trial')} scored below {COLLAPSED}, and "
            f"{count(constant, 'trial')} predicted one class for every row"
        )
    return f"{text}."


def resolution(dataset: str, rows: int, claim: pd.Series | None) -> str:
    """Return the weight of one test row, and the binomial interval of a published value.

    Args:
        dataset: Its name.
        rows: Test rows.
        claim: The row of claims.csv on test accuracy; None where there is none.
    """
    text = f"{dataset_name(dataset)}: one of {rows:,} test rows is {number(1 / rows)} of accuracy"
    if claim is None or pd.isna(claim["test_low"]):
        return f"{text}."
    return (
        f"{text}; a network that scores {number(claim['claimed'], 3)} on them may score "
        f"{number(claim['test_low'], 3)} to {number(claim['test_high'], 3)} on new rows "
        "(exact binomial, 95 %)."
    )


def identifiability(coefficients: pd.DataFrame) -> str:
    """Return the range of Adaact's learned scalars over seeds.

    Args:
        coefficients: As ``analysis.coefficients``, one data set and protocol, Adaact's rows.
    """
    if coefficients.empty:
        return ""
    parts = (
        f"{literal(row['coefficient'].replace('_', ' of layer '))} {number(row['minimum'], 2)} to "
        f"{number(row['maximum'], 2)} ({row['negative']} below 0, {row['sign_flips']} changed sign)"
        for _, row in coefficients.iterrows()
    )
    trials = count(int(coefficients["n"].max()), "trial")
    return f"{dataset_name(coefficients['dataset'].iloc[0])}, {trials}: {'; '.join(parts)}."


def restored(trials: pd.DataFrame, versions: Mapping[str, str]) -> str:
    """Return how often the best weights were not the last ones, and under which Keras.

    Args:
        trials: Adaact's trials under the paper's protocol, numbers only.
        versions: Library versions.
    """
    if trials.empty:
        return ""
    earlier = int((trials["best_epoch"] < trials["epochs"]).sum())
    used = joined(
        f"{name} {literal(versions[name])}" for name in ("keras", "tensorflow") if name in versions
    )
    return (
        f"In {earlier} of {count(len(trials), 'Adaact trial')} the kept epoch is not the last one"
        f"{f' ({used})' if used else ''}."
    )
