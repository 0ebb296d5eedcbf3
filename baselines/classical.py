"""Logistic regression: what every affine net is at inference, fitted as a convex problem.

The unpenalised fit is the ceiling of training likelihood for all such nets. It is no ceiling of
test accuracy.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

# At scikit-learn's own 1e-4 the loss on Iris still lies 1e-5 above the optimum.
TOLERANCE = 1e-8


def logistic_ceiling(
    x_train: np.ndarray, y_train: np.ndarray, *, penalised: bool, max_iter: int = 10_000
) -> LogisticRegression:
    """Fits a (softmax) logistic regression.

    Args:
        x_train: Float, shape (rows, features). The fit is computed in its dtype.
        y_train: Classes, int, shape (rows,).
        penalised: Whether to use scikit-learn's default L2 penalty (C=1), or none (C=inf).
        max_iter: Most iterations of L-BFGS. The default is out of reach on small data; a fit that
            was cut short is no ceiling, see `converged`.

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
    """Fits scikit-learn's gradient boosting with its defaults: what a table gives without a net.

    Args:
        x_train: Float, shape (rows, features).
        y_train: Classes, int, shape (rows,).
        seed: Of its early stopping, which it uses on more than 10,000 rows.

    Returns:
        The fitted estimator.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=seed).fit(x_train, y_train)


def converged(estimator: LogisticRegression) -> bool:
    """Tells whether a fit ended before it ran out of iterations."""
    return bool(np.all(estimator.n_iter_ < estimator.max_iter))
