"""How were the numbers made?"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bench.reporting.columns import DATASET, TableColumn
from bench.reporting.document import Block, Bullets, Heading, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import dataset_name
from bench.reporting.view import View
from bench.reporting.wording import joined, seconds
from bench.training.protocols import MOST_EPOCHS

TWO_LAYERS = "hidden 64, BatchNormalization, hidden 32, output 10 (softmax)"
NETWORKS = pd.DataFrame(
    [
        ("banknote", "hidden 10, output 1 (sigmoid)", "Nadam", "32", "3"),
        ("mnist", TWO_LAYERS, "RMSprop", "32", "5"),
        ("iris", "hidden 64, Dropout 0.2, hidden 32, output 3 (softmax)", "RMSprop", "12", "3"),
    ],
    columns=["dataset", "layers", "optimizer", "batch", "patience"],
)
"""The paper's. A test compares them with the networks that are trained."""

TRIAL = """
A trial is one network trained once: data set, protocol, activation, split, seed, learning rate. A
seed fixes the first kernels, the batch order and dropout, whatever the activation. Seeds are nested
in splits: the same seed in two splits gives two draws."""

TABLE_TRIAL = """
The network has hidden layers of {widths} units, trained by Adam in batches of 32 rows, until the
loss on the validation rows has not fallen for 5 epochs. A quarter of the rows are the test set, a
fifth of the others validate; both are stratified. Inputs are standardised on the training rows; a
missing number stands at their mean and is marked by a column of its own; text is a column of 0 and
1 for each category. Which categories there are is taken from the whole table. The models beside the
networks have scikit-learn's default settings: logistic regression C = 1, with a tolerance of 1e-8;
gradient boosting at most 100 trees of 31 leaves, and a rate of 0.1."""

OWN_MODELS = """
Models of the user's own have their own layers; a compiled one has its own optimizer and loss too,
any other the network's. Batches, splits, epochs and early stopping are those of all."""

PROTOCOLS = {
    "paper": """
`paper`: {whose} split, one for all trials. The loss on the test set stops the training and chooses
the epoch that is kept.""",
    "paper-clean": """
`paper-clean`: the same split and seeds. A fifth of the training rows validates, and the test set is
used for the score alone.""",
    "held-out": """
`held-out`: the table is split anew for every split, a quarter to test, a fifth of the others to
validate, both stratified. MNIST keeps its official test set, and each split draws 10,000 validation
rows anew. The test set is used for the score alone.""",
    "held-out-scaled": "`held-out-scaled`: as `held-out`, with standardised inputs.",
    "held-out-tuned": "`held-out-tuned`: the same, each activation at its own learning rate.",
}

DEVIATIONS = (
    "Every epoch has its own batch order, as in the paper's software and unlike Keras 3.15.",
    "The best weights are always restored. Keras 2.5 did so only if early stopping fired.",
)

SCORES = """
Scores are those of the kept weights. F1 is scikit-learn's: of class 1 with two classes, weighted by
class size with more."""

FURTHER_SCORES = """
Log-loss is the mean cross-entropy. With two classes, ROC-AUC and the Brier score are about the
positive one; with more, ROC-AUC is the mean over each class against the others, the Brier score the
sum over classes."""

STATISTICS = "The source's `docs/statistics.md` says how intervals and p-values are computed."

FAILURES = "A trial whose loss left the finite numbers counts as diverged and has no scores."

ONE_RATE = "One learning rate for all activations."
LIMITS = (
    "Three data sets, small networks.",
    "Bank Note has 24 duplicate rows among its 1,372; some stand on both sides of a split.",
)


def method(view: View) -> list[Block]:
    """Networks, protocols, deviations, statistics, limits, compute."""
    own = bool(view.own)
    protocols = [*view.study["protocols"], *([view.tuned.protocol] if view.tuned else [])]
    whose = "this suite's" if view.foreign else "the paper's"
    blocks: list[Block] = [Heading("Method"), Prose(TRIAL)]
    if own:
        widths = joined(map(str, view.study["hidden"]))
        blocks.append(Prose(TABLE_TRIAL.format(widths=widths)))
    else:
        blocks += [
            Prose(f"Only the hidden activation differs; the rest is {whose}:"),
            Table(NETWORKS[NETWORKS["dataset"].isin(view.study["datasets"])], COLUMNS),
            Bullets(
                [PROTOCOLS[name].format(whose=whose) for name in protocols if name in PROTOCOLS]
            ),
        ]
    blocks.append(Prose(OWN_MODELS if view.study.get("own_models") else ""))
    blocks.append(Prose(caps(view.study["epochs"])))
    if not own and not view.foreign:
        blocks += [Prose("Deviations from the paper:"), Bullets(DEVIATIONS)]
    blocks.append(Prose(f"{SCORES}{FURTHER_SCORES * own} {FAILURES} {STATISTICS}"))
    if not own:
        one_rate = [] if view.tuned else [ONE_RATE]
        blocks += [Prose("Limits:"), Bullets([*LIMITS, *one_rate])]
    blocks.append(Prose(compute(view.results.provenance["wall"])))
    return blocks


COLUMNS = (
    DATASET,
    *(TableColumn(name, words=True) for name in ("layers", "optimizer")),
    *map(TableColumn, ("batch", "patience")),
)


def caps(epochs: Mapping[str, int | None]) -> str:
    """Return the most epochs of a trial, and where a study has its own."""
    named = [f"{dataset_name(name)} {cap}" for name, cap in epochs.items() if cap is not None]
    text = f"A trial has at most {MOST_EPOCHS} epochs"
    return f"{text}; in this study {joined(map(literal, named))}." if named else f"{text}."


def compute(wall: Sequence[Mapping[str, Any]]) -> str:
    """Return what all trials took together, on one core each."""
    total = sum(cell["seconds"] for cell in wall)
    return f"Compute: {seconds(total)} on one core." if total else ""
