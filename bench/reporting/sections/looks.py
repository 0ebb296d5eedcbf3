"""Say at how many sizes the verdicts were read, and what that cost."""

import pandas as pd

from bench.analysis.looks import stop_reason
from bench.reporting.names import dataset_name
from bench.reporting.wording import count

REASONS = {
    "decided": "The looks ended because every comparison is decided.",
    "largest": "The looks ended because the undecided comparisons have the largest size, which "
    "was fixed at the first look ({largest}).",
    "no narrower": "The looks ended because the largest size, fixed at the first look ({largest}), "
    "would narrow no undecided interval by 5 %.",
    "": "Further looks are left, up to the largest size fixed at the first one ({largest}): "
    "`--until decided` takes them.",
}


def looks_taken(looks: pd.DataFrame, headline: pd.DataFrame) -> str:
    """Return how many looks there were, their sizes, the level spent, and why they ended.

    Args:
        looks: ``looks.csv``.
        headline: The family judged after them.
    """
    if looks.empty:
        return ""
    number = looks["look"].nunique()
    told = f"**Looks.** The verdicts were read at {count(number, 'look')}: {_sizes(looks)}. "
    spent = f"at most {headline['level_spent'].max():.1%}".replace("%", " %")
    if looks["ordinary"].iloc[0] and number > 1:
        told += (
            "The first look was an ordinary run, which spends the whole level of 5 % of each "
            f"comparison. With the later looks, {spent} are spent in all. "
        )
    else:
        told += f"They have spent {spent} of each comparison's level of 5 %. "
    return told + REASONS[stop_reason(headline)].format(largest=_largest(looks))


def _sizes(looks: pd.DataFrame) -> str:
    """Return the sizes of each data set, each once, in splits × seeds."""
    measured = looks[looks["splits"] > 0]
    parts = []
    for name, rows in measured.groupby("dataset", sort=False):
        biggest = rows.groupby("look", sort=False)[["splits", "seeds"]].max()
        sizes = dict.fromkeys(f"{splits} × {seeds}" for splits, seeds in biggest.to_numpy())
        parts.append(f"{dataset_name(str(name))} with {', '.join(sizes)}")
    return "; ".join(parts)


def _largest(looks: pd.DataFrame) -> str:
    known = looks[looks["splits"] > 0].dropna(subset="largest").drop_duplicates("dataset")
    pairs = zip(known["dataset"], known["largest"], strict=True)
    return ", ".join(f"{dataset_name(str(name))} {splits} splits" for name, splits in pairs)
