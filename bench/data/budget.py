"""How much work each data set gets: splits, seeds, epochs, lanes, iterations, timing rounds.

The defaults suit a table of a few thousand rows, where a trial takes seconds. A table of the user's
own has them too. A larger data set states its own numbers in its entry of ``DATASETS``.
"""

from __future__ import annotations

from dataclasses import dataclass

MANY_LANES = 300
"""For networks of some kB: up to an eighth faster than 100 on Iris and Bank Note, 700 gain little
more. Wide networks would leave the cache, and a killed run loses the trials that are in lanes.
"""


@dataclass(frozen=True)
class Timing:
    """What the timing suite measures on a data set.

    Attributes:
        rounds: Timed epochs of each net. With the first epoch, which compiles, the default gives
            the 50 epochs of the paper.
        epoch_rows: Rows of a timed epoch; None: all training rows.
        seeds: Seeds of the many-seeds trainer.
        epochs: Epochs of each seed, without early stopping.
        keras_seeds: Seeds of the Keras loop, whose cost per seed does not depend on their number.
        keras_epochs: Epochs of each; the first, which compiles, is not among the samples.
    """

    rounds: int = 49
    epoch_rows: int | None = None
    seeds: int = 100
    epochs: int = 50
    keras_seeds: int = 5
    keras_epochs: int = 8


@dataclass(frozen=True)
class Budget:
    """How much work a data set gets.

    Attributes:
        seeds: Seeds of the default study under protocols with one split.
        splits: Splits of the default study under the other protocols.
        seeds_per_split: Seeds of each of these splits.
        tuned_splits: The most splits of the tuned protocols.
        quick_seeds: As ``seeds``, of the quick study.
        quick_splits: As ``splits``, of the quick study.
        quick_seeds_per_split: As ``seeds_per_split``, of the quick study.
        quick_epochs: Cap on epochs of the quick study; None: the protocol's own.
        lanes: Trials trained side by side in a block.
        iterations: Cap on the solver's iterations of a logistic regression. The default is out of
            reach on small tables, where the slowest fit takes some hundred.
        fit_each_split: Whether scikit-learn's models are fitted on every split. If not, they are
            fitted on the first one, and gradient boosting is left out.
        replay_seeds: Seeds trained both in the software of the paper and in today's.
        timing: What the timing suite measures.
    """

    seeds: int = 100
    splits: int = 20
    seeds_per_split: int = 5
    tuned_splits: int | None = None
    quick_seeds: int = 10
    quick_splits: int = 10
    quick_seeds_per_split: int = 4
    quick_epochs: int | None = None
    lanes: int = 100
    iterations: int = 10_000
    fit_each_split: bool = True
    replay_seeds: int = 20
    timing: Timing = Timing()


DEFAULT = Budget()
