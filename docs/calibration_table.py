"""Writes docs/calibration-table.md, in about five minutes on two cores.

Usage: python docs/calibration_table.py [TRIALS_CSV]
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

from bench.analysis.calibration import binomial_coverage, calibrate, in_percent
from bench.analysis.simulated_worlds import BINOMIAL, GAUSSIAN, SKEWED, World, hard_cell, resampled

HERE = Path(__file__).parent
TRIALS = HERE.parent / "results" / "trials.csv"
TARGET = HERE / "calibration-table.md"

TEST_SETS = {"Iris": (38, 0.974), "Bank Note": (343, 0.988), "MNIST": (10_000, 0.924)}


def one_world(name: str, trials: Path) -> pd.DataFrame:
    """Return one world's rows; worlds go to the processes by name, for functions do not travel."""
    return calibrate([worlds(trials)[name]])


def worlds(trials: Path) -> dict[str, World]:
    """Return the four worlds by name."""
    real = resampled(hard_cell(pd.read_csv(trials)))
    return {world.name: world for world in (GAUSSIAN, BINOMIAL, SKEWED, real)}


def text(table: pd.DataFrame, named: dict[str, World]) -> str:
    """Return the whole page."""
    described = "\n".join(f"- **{name}**: {world.description}." for name, world in named.items())
    binomial = pd.DataFrame(
        [
            {"test set": name, "rows": rows, "accuracy": accuracy, "covers": covers}
            for name, (rows, accuracy) in TEST_SETS.items()
            for covers in [f"{binomial_coverage(rows, accuracy):.1%}"]
        ]
    )
    return PAGE.format(
        worlds=described,
        table=in_percent(table).to_markdown(index=False, stralign="right"),
        binomial=binomial.to_markdown(index=False),
    )


PAGE = """# How often the statistics are wrong

Made by `python docs/calibration_table.py`; checked by `pytest -m slow tests/bench/analysis`.
Each line: 10,000 simulated studies of each kind, in a world where the truth is known, judged by
the functions that the report uses. The Monte Carlo error of a rate of 5 % is 0.2 % (one SD).

{worlds}

Shares of studies, in percent:

{table}

- **claim refuted**: a true figure is called *not reproduced*. At most 5.
- **median**, **mean**, **P(A > B)**: the 95 % interval covers the truth. 95 is meant.
- **sign flip**, **resplits**, **test rows**: a true "no difference" is rejected. At most 5; what
  the interval of the same name covers is 100 minus this.
- **plain t**, **rows alone**: the same for two tests that are *not* used, to show why: the t test
  of resplits without the correction for their overlap, and the t test over test rows that takes
  the seeds at hand for all seeds.
- **impossible**: p-values below the least that so many seeds allow, a count.

What to read in it:

- The interval of the **mean** falls short where few seeds meet rare collapses: a collapse that
  was not seen cannot be allowed for. The report prints this coverage beside the interval. Of the
  median nothing of the kind is true.
- The interval of the **median** covers more than 95 % where scores tie: the test set has few
  possible scores, and the median is one of them.
- The correction for **resplits** is right where the rows decide everything and cautious
  elsewhere: where runs differ by themselves, its interval is wider than it need be, and covers up
  to 100 %. It is kept: nothing in the runs tells how far the rows decide.

The exact binomial interval of a test set does not depend on the seeds; its coverage is computed,
not simulated, and never under 95 %:

{binomial}
"""


def main() -> None:
    """Simulate and write the page."""
    trials = Path(sys.argv[1]) if len(sys.argv) > 1 else TRIALS
    named = worlds(trials)
    with ProcessPoolExecutor(2) as processes:
        tables = list(processes.map(one_world, named, [trials] * len(named)))
    TARGET.write_text(text(pd.concat(tables), named), encoding="utf-8")


if __name__ == "__main__":
    main()
