"""Sentences on the logistic regressions beside the nets.

Each function turns rows into text, and into an empty text where the rows that it needs are not
there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reporting.names import activation_name, dataset_name
from bench.reporting.wording import count, joined, number, signed

if TYPE_CHECKING:
    import pandas as pd

TOO_MANY = (
    "No logistic regression stands beside these nets: every seed has training rows of its own, and "
    "so many fits would cost more than the study."
)


def figures(ceilings: pd.DataFrame) -> str:
    """What logistic regression scores with and without a penalty.

    Args:
        ceilings: Rows of ceilings.csv, of one data set and a protocol with one split.
    """
    told = []
    for penalty, name in (("l2", "C=1"), ("none", "unpenalised")):
        for _, row in ceilings[ceilings["penalty"] == penalty].iterrows():
            scores = f"{number(row['train_accuracy'])}/{number(row['test_accuracy'])} ({name}"
            cut = "" if row["converged"] else f", cut short at {row['iterations']} iterations"
            told.append(f"{scores}{cut})")
    if not told:
        return ""
    return (
        f"{dataset_name(ceilings['dataset'].iloc[0])}: scikit-learn's logistic regression on the "
        f"same split scores (train/test accuracy) {joined(told)}."
    )


def note(ceilings: pd.DataFrame, distances: pd.DataFrame) -> str:
    """What the table's row of logistic regression is, and how far from it the nets stopped.

    Args:
        ceilings: Rows of ceilings.csv, of one data set and protocol.
        distances: As ``analysis.ceilings``, of the same.
    """
    free = ceilings[ceilings["penalty"] == "none"]
    if free.empty:
        return ""
    over = f", median over {count(len(free), 'split')}" if len(free) > 1 else ""
    text = (
        "Logistic regression is no net: scikit-learn's, unpenalised, on the same training rows. "
        f"Its training loss is {number(free['train_loss'].median())} nats per row{over}; "
        f"{_standing(free)}."
    )
    return f"{text} {stopped(distances)}".strip()


def _standing(free: pd.DataFrame) -> str:
    """Whether the fits are the optimum."""
    cut = free[~free["converged"]]
    if cut.empty:
        return "this is the optimum of training likelihood for every affine net"
    return (
        f"{len(cut)} of {count(len(free), 'fit')} {'was' if len(cut) == 1 else 'were'} cut short "
        f"at {cut['iterations'].max():,} iterations, so that the optimum of training likelihood "
        "for affine nets lies lower still"
    )


def stopped(distances: pd.DataFrame) -> str:
    """How far from the optimum of training likelihood the affine nets stopped.

    Args:
        distances: As ``analysis.ceilings``, of one data set and protocol.
    """
    if distances.empty:
        return ""
    told = (
        f"{activation_name(row['activation'])} {signed(row['median'])} ({_over(row)})"
        for _, row in distances.iterrows()
    )
    return f"Where training stopped, the loss on these rows minus the fit's: {joined(told)}."


def _over(row: pd.Series) -> str:
    runs = count(int(row["n"]), "run")
    if row["n"] == 1:
        return runs
    return f"median of {runs}; {signed(row['minimum'])} to {signed(row['maximum'])}"
