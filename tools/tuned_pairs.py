"""``python -m tools.tuned_pairs``: count how often a tuned comparison of small studies is wrong.

Each study has a table of its own, drawn from normal classes, and small networks on it. In an A/A
pair both arms are the same network with other random numbers: a verdict *better* or *worse* is
wrong. In the planted pair the method's steps are a thirtieth: the default rate is wrong for it
alone, and the highest is right. 200 studies of each take about two minutes on one core.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from bench.analysis.headline import headline
from bench.analysis.spread import binomial_interval
from bench.analysis.tuning import choices, tuned_trials
from bench.rate_choice import RATES, TUNING_SEEDS
from bench.records import LEARNING_RATE
from tools.mnist_tables import Outcomes
from tools.rates import TABLE, Size, frames, margin

ROWS, INPUTS, CLASSES, APART = 150, 6, 3, 1.1
SPLITS, SEEDS = 8, 3
TEST, VALIDATION = 38, 22
HIDDEN, EPOCHS = 8, 40
STEP = 10.0  # of Adam, in learning rates: full batches make fewer steps
PAIRS = {"A/A": STEP, "planted": STEP / 30}  # the method's step; the reference's is STEP
UNTUNED, TUNED = "held-out", "held-out-tuned"
SEED = 0  # any; fixed, so that the counts repeat


@dataclass(frozen=True)
class Table:
    """A table and its splits.

    Attributes:
        x: Inputs, shape (rows, inputs).
        y: Class of each row.
        part: 0 of a training row, 1 to validate, 2 to test, shape (splits, rows).
    """

    x: np.ndarray
    y: np.ndarray
    part: np.ndarray


def table(rng: np.random.Generator) -> Table:
    """Draw a table: all tables come from the same three classes."""
    centers = np.random.default_rng(0).normal(0, APART, (CLASSES, INPUTS))
    y = rng.integers(CLASSES, size=ROWS)
    x = centers[y] + rng.normal(size=(ROWS, INPUTS))
    place = rng.random((SPLITS, ROWS)).argsort(axis=1).argsort(axis=1)
    return Table(
        x.astype(np.float32), y, 2 - (place >= TEST).astype(int) - (place >= TEST + VALIDATION)
    )


def trained(
    of: Table, step: float, split: np.ndarray, rate: np.ndarray, first: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train networks with one layer of tanh by Adam; the epoch of least validation loss is kept.

    Args:
        of: The table.
        step: Of Adam, in learning rates.
        split: Of each network, shape (networks,).
        rate: The learning rate of each network.
        first: Initial weights of both layers, shape (networks, inputs + classes, HIDDEN).

    Returns:
        Least validation loss, validation accuracy, and right or wrong by row (networks, rows).
    """
    weights = first.astype(np.float32)
    moment: np.ndarray = np.zeros_like(weights)
    square: np.ndarray = np.zeros_like(weights)
    rate = step * rate[:, None, None].astype(np.float32)
    part, targets, networks = of.part[split], np.eye(CLASSES, dtype=np.float32)[of.y], len(split)
    training = (part == 0)[..., None] / np.float32(ROWS - TEST - VALIDATION)
    best, accuracy = np.full(networks, np.inf), np.zeros(networks)
    right = np.zeros((networks, ROWS), bool)
    for epoch in range(1, EPOCHS + 1):
        hidden = np.tanh(of.x @ weights[:, :INPUTS])
        logits = hidden @ weights[:, INPUTS:].swapaxes(1, 2)
        logits -= logits.max(axis=2, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=2, keepdims=True)
        loss = -np.log(np.maximum(shares[:, np.arange(ROWS), of.y], 1e-30))
        mean = np.where(part == 1, loss, 0).sum(axis=1) / VALIDATION
        better = mean < best
        now = logits.argmax(axis=2) == of.y
        best = np.where(better, mean, best)
        right[better] = now[better]
        accuracy = np.where(better, (now & (part == 1)).sum(axis=1) / VALIDATION, accuracy)
        error = (shares - targets) * training
        back = (error @ weights[:, INPUTS:]) * (1 - hidden**2)
        inner, outer = of.x.T @ back, error.swapaxes(1, 2) @ hidden
        gradient = np.concatenate([inner, outer], axis=1)
        moment = 0.9 * moment + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        change = moment / (1 - 0.9**epoch) / (np.sqrt(square / (1 - 0.999**epoch)) + 1e-7)
        weights -= rate * change
    return best, accuracy, right


def _arm(of: Table, name: str, step: float, rng: np.random.Generator) -> tuple[pd.DataFrame, ...]:
    """Return tuning trials, final trials and rows of one arm."""
    cell = {"dataset": TABLE, "activation": name, "trainer": "many-seeds", "status": "ok"}
    shape = (INPUTS + CLASSES, HIDDEN)
    first = rng.normal(0, 0.5, (SPLITS * TUNING_SEEDS, *shape)).repeat(len(RATES), axis=0)
    grid = product(range(SPLITS), range(TUNING_SEEDS), RATES)
    tuning = pd.DataFrame(grid, columns=["split", "seed", "learning_rate"])
    split, rate = tuning["split"].to_numpy(), tuning["learning_rate"].to_numpy()
    loss, accuracy, _ = trained(of, step, split, rate, first)
    scores = {"validation_loss": loss, "validation_accuracy": accuracy}
    tuning = tuning.assign(**cell, protocol=TUNED, **scores)
    chosen = choices(tuning).set_index("split")["learning_rate"]

    split = np.arange(SPLITS).repeat(SEEDS)
    first = rng.normal(0, 0.5, (len(split), *shape))
    trials, rows = [], []
    rates = {UNTUNED: np.full(len(split), LEARNING_RATE), TUNED: chosen[split].to_numpy()}
    for protocol, rate in rates.items():
        *_, right = trained(of, step, split, rate, first)
        answers = np.where(of.part[split] == 2, right, -1)
        outcomes = Outcomes.counted(answers.reshape(1, SPLITS, SEEDS, ROWS))
        made, by_row = (part.assign(protocol=protocol) for part in frames(outcomes, 0, name))
        made = made.assign(learning_rate=rate)
        trials.append(made[(protocol == UNTUNED) | (rate != LEARNING_RATE)])
        rows.append(by_row)
    return tuning, pd.concat(trials), pd.concat(rows)


def verdicts(pair: str, number: int) -> dict[str, object]:
    """Return gap and verdict of one study, untuned and tuned.

    Args:
        pair: A name of ``PAIRS``.
        number: Of the study; it fixes all random numbers.
    """
    rng = np.random.default_rng([number, SEED])
    of = table(rng)
    arms = [_arm(of, "method", PAIRS[pair], rng), _arm(of, "reference", STEP, rng)]
    tuning, trials, rows = (pd.concat(part, ignore_index=True) for part in zip(*arms, strict=True))
    untuned = trials[trials["protocol"] == UNTUNED]
    final = pd.concat([untuned, tuned_trials(trials, choices(tuning))])
    size = {TABLE: Size(ROWS, TEST, margin(ROWS))}
    found: dict[str, object] = {"pair": pair}
    for protocol in (UNTUNED, TUNED):
        family = headline(
            final, rows, size, methods=["method"], references=["reference"], protocol=protocol
        )
        found |= {f"{protocol} gap": family["estimate"][0], protocol: family["verdict"][0]}
    return found


def main(studies: Annotated[int, typer.Option(help="Of each pair.")] = 200) -> None:
    """Print how many studies have which verdict."""
    found = {pair: [verdicts(pair, number) for number in range(studies)] for pair in PAIRS}
    for pair, protocol in product(PAIRS, (UNTUNED, TUNED)):
        own = pd.DataFrame(found[pair])
        differs = int(own[protocol].isin(["better", "worse"]).sum())
        low, high = binomial_interval(differs, studies)
        print(
            f"{pair}, {protocol}: better or worse in {differs} of {studies} ({low:.3f} to "
            f"{high:.3f}), mean gap {own[f'{protocol} gap'].mean():+.4f}"
        )


if __name__ == "__main__":
    typer.run(main)
