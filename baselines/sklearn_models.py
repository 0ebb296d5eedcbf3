"""Fit the models of scikit-learn that stand beside the networks.

Logistic regression is what every affine net is at inference, fitted as a convex problem. The
unpenalised fit has the largest training likelihood of all such nets, but not always the largest
test accuracy.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

# At scikit-learn's own 1e-4 the loss on Iris still lies 1e-5 above the optimum.
TOLERANCE = 1e-8


def logistic_regression(
    x_train: np.ndarray, y_train: np.ndarray, *, penalised: bool, max_iter: int = 10_000
) -> LogisticRegression:
    """Fit a (softmax) logistic regression.

    Args:
        x_train: Float, shape (rows, features). The fit is computed in its dtype.
        y_train: Classes, int, shape (rows,).
        penalised: Whether to use scikit-learn's default L2 penalty (C=1), or none (C=inf).
        max_iter: Most iterations of L-BFGS. The default is out of reach on small data; a fit that
            was cut short is not the optimum, see `converged`.

    Returns:
        The fitted estimator.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression(C=1.0 if penalised else np.inf, tol=TOLERANCE, max_iter=max_iter)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the estimator tells: `converged`
        return estimator.fit(x_train, y_train)


def boosted_trees(
    x_train: np.ndarray, y_train: np.ndarray, *, seed: int
) -> HistGradientBoostingClassifier:
    """Fit scikit-learn's gradient boosting with its defaults.

    Args:
        x_train: Float, shape (rows, features).
        y_train: Classes, int, shape (rows,).
        seed: Of its early stopping, which it uses on more than 10,000 rows.

    Returns:
        The fitted estimator.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=seed).fit(x_train, y_train)


def majority_class(x_train: np.ndarray, y_train: np.ndarray) -> DummyClassifier:
    """Fit the model that always predicts the largest class, with the shares of the classes.

    Args:
        x_train: Float, shape (rows, features); not used.
        y_train: Classes, int, shape (rows,).

    Returns:
        The fitted estimator.
    """
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior").fit(x_train, y_train)


def converged(estimator: LogisticRegression) -> bool:
    """Return whether a fit ended before it ran out of iterations."""
    return bool(np.all(estimator.n_iter_ < estimator.max_iter))
