"""What must a careful reader know? Each point with its measured numbers.

Each sentence is a function of rows, and empty where the rows that it needs are not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from bench.reporting import regressions
from bench.reporting.document import Block, Heading, Numbered, Point
from bench.reporting.inline import literal
from bench.reporting.names import ARM, dataset_name
from bench.reporting.view import PAPER, accuracies, cell, claim_on_test_accuracy, published
from bench.reporting.wording import count, in_rows, joined, number, signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.reporting.view import View

COLLAPSED = 0.5
"""Below it a run is taken to have collapsed; the sets have two, three and ten classes."""


def cautions(view: View) -> list[Block]:
    """The points, for a study of the paper's data sets."""
    if view.own or not view.of_adaact:
        return []
    told = measured(view)
    points = [Point(text, told.get(name)) for name, text in POINTS.items()]
    return [Heading("What a careful reader must be told"), Numbered(points)]


def measured(view: View) -> dict[str, list[str]]:
    """The measured sentences of each point, one per data set where rows are there."""
    every = view.scored[(view.scored["protocol"] == PAPER) & (view.scored["activation"] == ARM)]
    told: dict[str, list[str]] = {name: [] for name in POINTS if name != "slips"}
    for dataset in view.study["datasets"]:
        if len(view.arm(dataset, PAPER)):
            for name, text in _sentences(view, dataset):
                told[name] += [text] if text else []
    text = restored(every, view.results.provenance["versions"])
    told["restored"] += [text] if text else []
    return told


def _sentences(view: View, dataset: str) -> Iterator[tuple[str, str]]:
    trials, histories = view.arm(dataset, PAPER), view.histories(dataset, PAPER)
    spreads, learned = accuracies(view, dataset, PAPER), cell(view.coefficients, dataset, PAPER)
    claim, figure = claim_on_test_accuracy(view, dataset, PAPER), published(view, dataset, PAPER)
    rows = view.test_rows[dataset]
    yield "linear", regressions.figures(cell(view.results.ceilings, dataset, PAPER))
    yield "linear", linear(spreads, rows)
    yield "looks", looks(trials, histories[histories["activation"] == ARM])
    yield "seeds", seeds(trials, figure)
    yield "resolution", resolution(dataset, rows, claim)
    yield "scalars", identifiability(learned[learned["activation"] == ARM])


POINTS = {
    "linear": (
        "**It is a linear classifier.** Affine maps compose, Dropout is the identity and "
        "BatchNormalization affine at inference: each trained Adaact net equals one logistic "
        "(softmax) regression. The unpenalised fit of one is the ceiling of training likelihood "
        "for all such nets, not of test accuracy. The activation `linear` spans the same "
        "functions without k0 and k1."
    ),
    "looks": (
        "**In the paper's protocol the test set chooses the epoch.** Early stopping watches the "
        "loss on the test set and keeps its best epoch, so its test scores are not those of "
        "unseen rows."
    ),
    "seeds": ("**The paper shows one seed and one split.** Its figures come without a spread."),
    "resolution": (
        "**The test sets are finite.** An accuracy moves in steps of one row. The binomial "
        "interval is the chance of other rows; it excuses no failed reproduction, since the rows "
        "here are the same."
    ),
    "scalars": (
        "**k0 and k1 are not identifiable.** k1 trades with the scale and the sign of the kernel, "
        "k0 with the next bias: other values of them give the same function."
    ),
    "restored": (
        "**Keras has changed since.** When the paper was written, `restore_best_weights` acted "
        "only if stopping had fired; Keras now always restores. Random streams differ too, so "
        "that today no seed repeats the paper's run. Seeded `fit` on arrays now repeats one batch "
        "order in every epoch; here each epoch has its own."
    ),
    "slips": (
        "**Slips in the paper's text.** Its result paragraphs all name the Bank Note data; its "
        '"k0 and k2" means k0 and k1.'
    ),
}


def linear(spreads: pd.DataFrame, rows: int) -> str:
    """Adaact beside the activation ``linear``: the same functions without k0 and k1.

    Args:
        spreads: Test accuracy of one data set and protocol, one row per activation.
        rows: Test rows.
    """
    medians = spreads.set_index("activation")["median"].dropna()
    if not {ARM, "linear"} <= set(medians.index):
        return ""
    gap = float(medians[ARM] - medians["linear"])
    return (
        f"{dataset_name(spreads['dataset'].iloc[0])}: Adaact's median test accuracy is "
        f"{number(medians[ARM])}, that of `linear` {number(medians['linear'])} "
        f"({in_rows(gap, rows)})."
    )


def looks(trials: pd.DataFrame, histories: pd.DataFrame) -> str:
    """How often the test set was looked at, and what the epochs after the chosen one score.

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
    text = f"{dataset_name(trials['dataset'].iloc[0])}: a run looked at the test set {times}"
    if gains.empty:
        return f"{text}; none trained on after the epoch it kept."
    return (
        f"{text}; the epoch kept scores {signed(gains.mean())} on average against the epochs "
        f"after it (of {count(len(gains), 'run')} that went on, {int((gains > 0).sum())} scored "
        f"less afterwards, {int((gains < 0).sum())} more)."
    )


def seeds(trials: pd.DataFrame, claimed: float) -> str:
    """How far single runs of the same network lie apart.

    Args:
        trials: Adaact's trials of one data set and protocol, numbers only.
        claimed: Published test accuracy; NaN where there is none.
    """
    if trials.empty:
        return ""
    scores = trials["test_accuracy"]
    text = (
        f"{dataset_name(trials['dataset'].iloc[0])}: over {count(len(scores), 'seed')} test "
        f"accuracy runs from {number(scores.min())} to {number(scores.max())}"
    )
    if pd.notna(claimed):
        text += f" (published, from one seed: {number(claimed, 3)})"
    collapsed, constant = int((scores < COLLAPSED).sum()), int(trials["constant"].sum())
    if collapsed or constant:
        text += (
            f"; {count(collapsed, 'run')} ended below {COLLAPSED}, and "
            f"{count(constant, 'run')} predicted one class for every row"
        )
    return f"{text}."


def resolution(dataset: str, rows: int, claim: pd.Series | None) -> str:
    """What one test row weighs, and how far the finite test set leaves a published figure open.

    Args:
        dataset: Its name.
        rows: Test rows.
        claim: The row of claims.csv on test accuracy; None where there is none.
    """
    text = f"{dataset_name(dataset)}: one of the {rows:,} test rows weighs {number(1 / rows)}"
    if claim is None or pd.isna(claim["test_low"]):
        return f"{text}."
    return (
        f"{text}; what scores {number(claim['claimed'], 3)} on them can score "
        f"{number(claim['test_low'], 3)} to {number(claim['test_high'], 3)} on new rows "
        "(exact binomial, 95 %)."
    )


def identifiability(coefficients: pd.DataFrame) -> str:
    """How Adaact's learned scalars scatter over seeds.

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
    runs = count(int(coefficients["n"].max()), "run")
    return f"{dataset_name(coefficients['dataset'].iloc[0])}, {runs}: {'; '.join(parts)}."


def restored(trials: pd.DataFrame, versions: Mapping[str, str]) -> str:
    """How often restoring the best weights mattered, and under which Keras.

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
        f"In {earlier} of {count(len(trials), 'Adaact run')} the epoch kept is not the last one"
        f"{f' ({used})' if used else ''}."
    )
