"""Sentences on logistic regression beside the networks; empty where rows are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reporting.names import activation_name, dataset_name
from bench.reporting.wording import count, joined, number, signed

if TYPE_CHECKING:
    import pandas as pd

TOO_MANY = (
    "Logistic regression was not fitted here: every seed has its own training rows, and so many "
    "fits would take longer than the study."
)


def scores(ceilings: pd.DataFrame) -> str:
    """Return the scores of logistic regression with and without a penalty.

    Args:
        ceilings: Rows of ceilings.csv, of one data set and a protocol with one split.
    """
    told = []
    for penalty, name in (("l2", "C=1"), ("none", "unpenalised")):
        for _, row in ceilings[ceilings["penalty"] == penalty].iterrows():
            accuracies = f"{number(row['train_accuracy'])}/{number(row['test_accuracy'])} ({name}"
            cut = "" if row["converged"] else f", stopped at {row['iterations']} iterations"
            told.append(f"{accuracies}{cut})")
    if not told:
        return ""
    return (
        f"{dataset_name(ceilings['dataset'].iloc[0])}: scikit-learn's logistic regression on the "
        f"same split scores (train/test accuracy) {joined(told)}."
    )


def note(ceilings: pd.DataFrame, distances: pd.DataFrame) -> str:
    """Return what logistic regression is, and how far from its loss the networks stopped.

    Args:
        ceilings: Rows of ceilings.csv, of one data set and protocol.
        distances: As ``analysis.regressions.distances``, of the same.
    """
    free = ceilings[ceilings["penalty"] == "none"]
    if free.empty:
        return ""
    over = f", median over {count(len(free), 'split')}" if len(free) > 1 else ""
    text = (
        "Logistic regression is scikit-learn's, unpenalised, on the same training rows; it is not "
        f"a network. Its training loss is {number(free['train_loss'].median())} nats per row{over}"
        f"; {_optimum(free)}."
    )
    return f"{text} {stopped(distances)}".strip()


def _optimum(free: pd.DataFrame) -> str:
    """Return whether the fits have the lowest loss that an affine network can have."""
    cut = free[~free["converged"]]
    if cut.empty:
        return "no network of affine layers can have a lower one"
    return (
        f"{len(cut)} of {count(len(free), 'fit')} stopped "
        f"at {cut['iterations'].max():,} iterations, so the lowest loss of a network of affine "
        "layers is lower still"
    )


def stopped(distances: pd.DataFrame) -> str:
    """Return the training loss of the affine networks minus that of the fit.

    Args:
        distances: As ``analysis.regressions.distances``, of one data set and protocol.
    """
    if distances.empty:
        return ""
    told = (
        f"{activation_name(row['activation'])} {signed(row['median'])} ({_over(row)})"
        for _, row in distances.iterrows()
    )
    return f"Loss of the trained networks on these rows minus that of the fit: {joined(told)}."


def _over(row: pd.Series) -> str:
    trials = count(int(row["n"]), "trial")
    if row["n"] == 1:
        return trials
    return f"median of {trials}; {signed(row['minimum'])} to {signed(row['maximum'])}"
