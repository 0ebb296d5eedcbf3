"""Turn a trained network into a trial: its scores on every part of the split."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from adaact import collapse, logit_model
from bench.csv_columns import INITIAL, PARTS, STOPPED_ON_TEST, score_name
from bench.records import SHAPE_AT, Trial, TrialKey
from bench.training import networks
from bench.training.protocols import PROTOCOLS
from bench.training.trials.cells import targets
from bench.training.trials.metrics import accuracy, with_test_scores
from bench.training.trials.stopping import PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adaact.collapse import AffineMap
    from bench.training.trainers.training_task import Fit, Weights
    from bench.training.trials.cells import Cell
    from bench.training.trials.stopping import Kept

MOST_FOLDED = 200  # weights of a fold that is kept: those of small tables, not of images
FORWARD_ROWS = 10_000  # rows at once: MNIST's training rows together would take 190 MB


class Evaluator:
    """Evaluates the trained networks of one cell on a model of its own.

    Weights are arguments of what is traced: to assign them would take longer than to predict.
    """

    def __init__(self, cell: Cell, classes: int) -> None:
        self.model = cell.build()
        self._cell, self._classes = cell, classes
        # A model of the user's own may be trained with another loss than all others.
        self._loss = keras.losses.get(networks.loss(classes))
        self._forward = tf.function(self._predicted, autograph=False, reduce_retracing=True)
        self._counts = parameter_counts(self.model)
        self.scalars = learned_scalars(self.model)
        self._learned = [layer for layer in self.model.layers if _learns(layer)]
        self._shapes = tf.function(self._shapes_of, autograph=False)
        try:
            self._logit_model = logit_model(self.model)
        except ValueError:  # a hidden layer is not affine
            self._logit_model = None
        else:
            self._logits = tf.function(self._logits_of, autograph=False, reduce_retracing=True)

    def trial(self, key: TrialKey, fit: Fit) -> Trial:
        """Return the trial of a fit; ``diverged`` where a loss left the finite numbers."""
        kept = next(iter(kept_by(fit).values()))
        test = self._cell.split(fit.seed).test
        trial = Trial(
            key,
            fit.trainer,
            "ok",
            epochs=kept.epochs,
            best_epoch=kept.best_epoch,
            test_rows=len(test),
            other_rows=len(self._cell.y) - len(test),
            parameters=self._counts,
        )
        if not all(np.isfinite(values).all() for values in fit.history.values()):
            return replace(trial, status="diverged", reason="a loss is not finite")
        if PROTOCOLS[key.protocol].tunes_for:
            return replace(trial, scores=_watched(fit))
        fold = None if self._logit_model is None else collapse(self.model, kept.weights)
        return replace(
            self._scored(trial, fit, fold),
            coefficients=self._coefficients(fit),
            history={name: np.reshape(values, -1).tolist() for name, values in fit.history.items()},
            vectors=self._vectors(kept.weights, fold),
        )

    def _scored(self, trial: Trial, fit: Fit, fold: AffineMap | None) -> Trial:
        y, split = self._cell.y, self._cell.split(fit.seed)
        first, *others = kept_by(fit).values()
        weights = [tf.constant(value) for value in first.weights]  # once for all parts
        scores: dict[str, float] = {}
        for part in PARTS:
            rows = getattr(split, part)
            outputs, loss = self._predict(fit, weights, rows)
            classes = _classes(outputs, 0.5)
            scores[score_name(part, "loss")] = loss
            scores[score_name(part, "accuracy")] = accuracy(y[rows], classes, self._classes)
        # The last part is that of the test rows.
        tested = with_test_scores(trial, y, split.test, classes, outputs, self._classes)
        scores |= tested.scores
        if fold is not None:
            scores |= self._collapse(fold, first.weights, self._cell.inputs(fit.seed, split.test))
        for kept in others:  # what early stopping on the test set would have kept
            if kept.best_epoch != first.best_epoch:
                classes = _classes(self._predict(fit, kept.weights, split.test)[0], 0.5)
            scores[STOPPED_ON_TEST] = accuracy(y[split.test], classes, self._classes)
        return replace(tested, scores=scores)

    def _vectors(self, weights: Weights, fold: AffineMap | None) -> dict[str, list[float]]:
        if fold is not None:
            outputs = np.vstack([fold.W, fold.b]).T if fold.W.size <= MOST_FOLDED else ()
            return {f"fold_{n}": values.tolist() for n, values in enumerate(outputs, start=1)}
        return {name: shape.numpy().tolist() for name, shape in self._shapes(weights).items()}

    def _shapes_of(self, weights: list[tf.Tensor]) -> dict[str, tf.Tensor]:
        """Return what each learned activation makes of ``SHAPE_AT``, the mean over its units."""
        given = {id(one): value for one, value in zip(self.model.weights, weights, strict=True)}
        made = {}
        for layer in self._learned:
            first = np.eye(1, layer.kernel.shape[0], dtype=np.float32)  # z is the first input
            own = {id(layer.kernel): tf.repeat(first.T, layer.units, 1), id(layer.bias): 0.0}
            values = [
                own.get(id(v), given[id(v)]) + tf.zeros(v.shape) for v in layer.trainable_variables
            ]
            z = np.array(SHAPE_AT, np.float32)[:, np.newaxis] * first
            outputs, _ = layer.stateless_call(values, [], tf.constant(z))
            made[layer.name.replace("hidden", "g")] = tf.reduce_mean(outputs, axis=1)
        return made

    def _collapse(self, fold: AffineMap, weights: Weights, x: np.ndarray) -> dict[str, float]:
        """Return how far the affine net is from its fold on the test rows.

        Errors are the largest logit difference over the largest logit: of the fold in float64, and
        of the same map used in float32.
        """
        exact = [value.astype(np.float64) for value in weights]
        logits = self._logits(exact, x.astype(np.float64)).numpy()
        folded = fold(x)
        single = x.astype(np.float32) @ fold.W.astype(np.float32) + fold.b.astype(np.float32)
        largest = np.abs(logits).max()
        return {
            "collapse_error": float(np.abs(logits - folded).max() / largest),
            "collapse_flips": int(np.count_nonzero(_classes(logits, 0) != _classes(folded, 0))),
            "collapse_error_float32": float(np.abs(logits - single).max() / largest),
        }

    def _predict(
        self, fit: Fit, weights: Weights | list[tf.Tensor], rows: np.ndarray
    ) -> tuple[np.ndarray, float]:
        """Return outputs, shape (rows, units), and mean loss of some rows under some weights."""
        answers = []
        for start in range(0, len(rows), FORWARD_ROWS):
            chunk = rows[start : start + FORWARD_ROWS]
            y = targets(self._cell.y[chunk], self._classes)
            answers.append(self._forward(weights, self._cell.inputs(fit.seed, chunk), y))
        outputs, losses = (np.concatenate(some) for some in zip(*answers, strict=True))
        return outputs, float(losses.astype(np.float64).mean())

    def _predicted(
        self, weights: list[tf.Tensor], x: tf.Tensor, y: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        outputs = _called(self.model, weights, x)
        return outputs, self._loss(y, outputs)

    def _logits_of(self, weights: list[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
        return _called(self._logit_model, weights, x)

    def _coefficients(self, fit: Fit) -> dict[str, float]:
        """Learned scalars before training and in the weights that were kept."""
        kept = next(iter(kept_by(fit).values())).weights
        values = {}
        for name, position in self.scalars.items():
            values[f"{name}{INITIAL}"] = float(fit.initial[position].item())
            values[name] = float(kept[position].item())
        return values


def _watched(fit: Fit) -> dict[str, float]:
    """Return loss and accuracy on the validation rows as they were watched in the kept epoch."""
    epoch = kept_by(fit)["validation"].best_epoch - 1
    return {
        score_name("validation", name): float(fit.history[f"{PREFIX['validation']}_{name}"][epoch])
        for name in ("loss", "accuracy")
    }


def kept_by(fit: Fit) -> dict[str, Kept]:
    """Return what each stopping rule of a cell's fit kept, by part of the split."""
    return fit.callbacks[0].kept()


def _called(model: keras.Model, weights: list[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """Return what a model predicts with some weights, in the order of ``model.weights``."""
    given = {id(variable): value for variable, value in zip(model.weights, weights, strict=True)}
    trainable = [given[id(variable)] for variable in model.trainable_variables]
    # Variables that are no weights are states of dropout, which prediction doesn't use.
    others = [given.get(id(variable), variable.value) for variable in model.non_trainable_variables]
    return model.stateless_call(trainable, others, x, training=False)[0]


def _classes(values: np.ndarray, above: float) -> np.ndarray:
    return values[:, 0] > above if values.shape[1] == 1 else values.argmax(axis=1)


def _learns(layer: keras.Layer) -> bool:
    """Return whether a hidden layer learns a function of inputs @ kernel + bias."""
    dense = isinstance(layer, keras.layers.Dense) and layer.use_bias
    all_learned = len(layer.weights) == len(layer.trainable_variables)
    return dense and all_learned and layer.name.startswith("hidden_") and len(layer.weights) > 2


def learned_scalars(model: keras.Model) -> dict[str, int]:
    """Scalars that hidden layers learn beside kernel and bias: column name -> place in weights.

    Adaact's are ``k0_1, k1_1, k0_2, k1_2``: the number is the hidden layer's. Those without a name
    of their own are ``scalar1_1, scalar2_1, ...``.
    """
    places = {id(variable): place for place, variable in enumerate(model.weights)}
    found = {}
    for layer in model.layers:
        if not layer.name.startswith("hidden_"):
            continue
        scalars = [v for v in layer.trainable_variables if v.shape in {(), (1,)}]
        unnamed = count(1)
        for variable in scalars:
            name = variable.name
            if re.fullmatch(r"variable(_\d+)?", name):  # Keras' own, another in every model
                name = f"scalar{next(unnamed)}"
            if name not in {"kernel", "bias"}:
                found[f"{name}_{layer.name.removeprefix('hidden_')}"] = places[id(variable)]
    return found


def parameter_counts(model: keras.Model) -> Mapping[str, int]:
    """Numbers of weights: all, trainable, of the first layer with weights, of the last."""
    weighted = [layer for layer in model.layers if layer.weights]
    return {
        "parameters": model.count_params(),
        "parameters_trainable": sum(int(np.prod(v.shape)) for v in model.trainable_variables),
        "parameters_first_layer": weighted[0].count_params(),
        "parameters_output_layer": weighted[-1].count_params(),
    }
