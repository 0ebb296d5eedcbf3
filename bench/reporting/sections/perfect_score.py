"""How did the paper reach 1.0 on Iris?"""

from collections.abc import Sequence
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from bench.analysis.replays import neighbouring_seeds
from bench.published import load_published
from bench.reporting.document import Block, Heading, Picture, Prose
from bench.reporting.marks import Drawing, entitle
from bench.reporting.names import ADAACT
from bench.reporting.series_styles import GREY, LOOKS
from bench.reporting.style import note, panels, styled
from bench.reporting.view import PAPER, View, in_panel
from bench.reporting.wording import count, joined, number

DATASET = "iris"
PERFECT = 1 - 1e-9  # 1.0, whatever the last bits


def perfect_score(view: View) -> list[Block]:
    """One paragraph and one figure; nothing where the neighbouring seeds were not trained."""
    seeds = neighbouring_seeds(view.results.replay_seeds, load_published())
    own = next((run for run in view.replay_runs if run["dataset"] == DATASET), None)
    if seeds.empty or own is None or not view.of_adaact:
        return []
    tested, kept = own["history"]["val_accuracy"], int(own["best_epoch"])
    told = [ours(view), chosen(seeds), epochs(tested, kept), regression(view)]
    return [
        Heading("How Iris reached 1.0"),
        Prose(" ".join(filter(None, told))),
        Picture(
            "iris-perfect-score.png",
            "Left: test accuracy after every epoch of the paper's own run on Iris, the kept epoch "
            "marked. Right: test accuracy of the neighbouring seeds",
            "",
            partial(draw, tested, kept, seeds),
        ),
    ]


def chosen(seeds: pd.DataFrame) -> str:
    """Return which seeds the paper used, and what their neighbours score.

    Args:
        seeds: As ``analysis.replays.neighbouring_seeds`` has it.
    """
    used = {name: run.seed for name, run in load_published().items()}
    own = used.pop(DATASET)
    others = joined(map(str, sorted(set(used.values()))))
    accuracies, numbers = seeds["test_accuracy"], seeds["seed"]
    scores = joined(f"{number(a, 3)} ({n})" for a, n in zip(accuracies, numbers, strict=True))
    return (
        f"The paper uses seed {others} for the other data sets and seed {own} for Iris. In the old "
        f"TensorFlow the seeds from {numbers.min()} to {numbers.max()} score {scores} on the test "
        f"rows: {(accuracies >= PERFECT).sum()} of {len(seeds)} reach 1.0."
    )


def epochs(tested: Sequence[float], kept: int) -> str:
    """Return what the epochs around the kept one score.

    Args:
        tested: Test accuracy after every epoch of the paper's own run.
        kept: The epoch that early stopping kept, from 1.
    """
    last, first = len(tested), max(1, len(tested) - 7)
    shown = joined(
        number(tested[n - 1], 3) + (" (kept)" if n == kept else "") for n in range(first, last + 1)
    )
    return (
        f"In the paper's own run the test rows choose the epoch: after epochs {first} to {last} "
        f"the test accuracy is {shown}."
    )


def ours(view: View) -> str:
    """Return how many of this study's trials keep, end with, or pass through 1.0."""
    trials = in_panel(view.networks, DATASET, PAPER)
    trials = trials[trials["activation"] == ADAACT]
    histories = view.histories(DATASET, PAPER)
    curves = histories[histories["activation"] == ADAACT]
    if trials.empty or curves.empty:
        return ""
    keep = int((trials["test_accuracy"] >= PERFECT).sum())
    scores = curves.sort_values("epoch").groupby("seed")["val_accuracy"]
    end, passed = int((scores.last() >= PERFECT).sum()), int((scores.max() >= PERFECT).sum())
    return (
        f"Of our {count(len(trials), 'trial')} under the paper's protocol, {keep} have 1.0 at the "
        f"kept epoch, {end} at the last and {passed} at some epoch."
    )


def regression(view: View) -> str:
    """Return what logistic regression scores on the same rows."""
    rows = in_panel(view.classical, DATASET, PAPER)
    fits = rows[rows["activation"].str.startswith("logistic-regression")]
    if fits.empty:
        return ""
    score = number(fits["test_accuracy"].max(), 3)
    return f"Logistic regression scores {score} on the same test rows."


@styled
def draw(tested: Sequence[float], kept: int, seeds: pd.DataFrame) -> Drawing:
    """Draw the test accuracy of the paper's own run by epoch, and of the neighbouring seeds."""
    figure, axes = panels(1, 2, height=3.2, sharey=True)
    _epochs(axes[0][0], tested, kept)
    _seeds(axes[0][1], seeds)
    axes[0][0].set_ylabel("test accuracy (share of rows)")
    return figure


def _epochs(panel: Axes, tested: Sequence[float], kept: int) -> None:
    numbers, color = range(1, len(tested) + 1), LOOKS[0].color
    panel.plot(numbers, tested, color=color)
    marks = panel.scatter(numbers, tested, s=16, c=color, zorder=3)
    entitle(marks, [f"epoch {n}: {number(one, 3)}" for n, one in enumerate(tested, start=1)])
    best, told = tested[kept - 1], f"kept: epoch {kept}"
    mark = panel.scatter([kept], [best], s=81, c="none", edgecolors="black", zorder=4)
    entitle(mark, [f"{told}, test accuracy {number(best, 3)}"])
    note(panel, told, (kept, best), 9)
    panel.set_ylim(top=1.06)
    panel.set(title="the paper's own run, by epoch", xlabel="epoch")


def _seeds(panel: Axes, seeds: pd.DataFrame) -> None:
    for row in seeds.to_dict("records"):
        place, used = (row["seed"], row["test_accuracy"]), row["paper_used_for"]
        color = LOOKS[0].color if used else GREY
        mark = panel.scatter([row["seed"]], [row["test_accuracy"]], s=64, c=color)
        entitle(mark, [f"seed {row['seed']}: test accuracy {number(row['test_accuracy'], 3)}"])
        if used:
            sets = "Iris" if DATASET in used else "other data sets"
            note(panel, f"{row['seed']} (used for {sets})", place, -16)
    panel.set(title="the same network from neighbouring seeds", xlabel="seed")
