"""Turns a trained seed into a trial: its figures on every part of the split."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from adaact import collapse, logit_model
from bench.columns import INITIAL, PARTS, STOPPED_ON_TEST, score_name
from bench.records import Trial, TrialKey
from bench.training.keras_trainer import targets
from bench.training.metrics import METRICS, accuracy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.training.spec import Fit, Task, Weights

FORWARD_ROWS = 10_000  # rows per call: MNIST's training rows at once would take 190 MB


@dataclass(frozen=True, eq=False)
class Predicted:
    """What a network says of some rows.

    Attributes:
        classes: int64, shape (rows,).
        loss: Mean loss in nats, regularisation left out.
    """

    classes: np.ndarray
    loss: float


class Evaluator:
    """Evaluates the trained seeds of one task on a model of its own."""

    def __init__(self, task: Task, classes: int) -> None:
        self.model = task.build()
        self._task, self._classes = task, classes
        self._loss = keras.losses.get(task.settings.loss)
        self._forward = tf.function(self._rows, autograph=False, reduce_retracing=True)
        try:
            self._logit_model = logit_model(self.model)
        except ValueError:  # a hidden layer is not affine
            self._logit_model = None
        else:
            self._logits = tf.function(self._logit_model, autograph=False, reduce_retracing=True)

    def trial(self, key: TrialKey, trainer: str, fit: Fit) -> Trial:
        """The trial of one seed; ``diverged`` where a loss left the finite numbers."""
        kept = next(iter(fit.kept.values()))
        test = self._task.split(fit.seed).test
        run = Trial(
            key,
            trainer,
            "diverged",
            reason="a loss is not finite",
            epochs=kept.epochs,
            best_epoch=kept.best_epoch,
            test_rows=len(test),
            other_rows=len(self._task.y) - len(test),
            parameters=parameter_counts(self.model),
        )
        if not all(np.isfinite(values).all() for values in fit.history.values()):
            return run
        scores, constant, outcomes = self._scores(fit)
        return replace(
            run,
            status="ok",
            reason="",
            constant=constant,
            scores=scores,
            coefficients=self._coefficients(fit),
            history={name: values.reshape(-1).tolist() for name, values in fit.history.items()},
            outcomes=outcomes,
        )

    def _scores(self, fit: Fit) -> tuple[dict[str, float], bool, np.ndarray]:
        task, split = self._task, self._task.split(fit.seed)
        first, *others = fit.kept.values()
        self.model.set_weights(first.weights)
        scores: dict[str, float] = {}
        predicted = {part: self.predict(fit.seed, getattr(split, part)) for part in PARTS}
        for part, said in predicted.items():
            rows = getattr(split, part)
            scores[score_name(part, "loss")] = said.loss
            right = accuracy(task.y[rows], said.classes, self._classes)
            scores[score_name(part, "accuracy")] = right
        truth, classes = task.y[split.test], predicted["test"].classes
        for name, metric in METRICS.items():
            scores[score_name("test", name)] = metric.function(truth, classes, self._classes)
        outcomes = np.full(len(task.y), -1, np.int8)
        outcomes[split.test] = classes == truth
        if self._logit_model is not None:
            scores |= self._collapse(first.weights, task.inputs(fit.seed, split.test))
        for kept in others:  # what early stopping on the test set would have kept
            self.model.set_weights(kept.weights)
            stopped = self.predict(fit.seed, split.test).classes
            scores[STOPPED_ON_TEST] = accuracy(truth, stopped, self._classes)
        return scores, bool(np.all(classes == classes[0])), outcomes

    def _collapse(self, weights: Weights, x: np.ndarray) -> dict[str, float]:
        """How far the affine net is from its fold on the test rows.

        Errors are the largest logit difference over the largest logit: of the fold in float64, and
        of the same map used in float32.
        """
        fold = collapse(self.model, weights)
        self._logit_model.set_weights(weights)
        logits = np.asarray(self._logits(tf.constant(x, tf.float64), training=False))
        folded = fold(x)
        single = x.astype(np.float32) @ fold.W.astype(np.float32) + fold.b.astype(np.float32)
        largest = np.abs(logits).max()
        return {
            "collapse_error": float(np.abs(logits - folded).max() / largest),
            "collapse_flips": int(np.count_nonzero(_classes(logits) != _classes(folded))),
            "collapse_error_float32": float(np.abs(logits - single).max() / largest),
        }

    def predict(self, seed: int, rows: np.ndarray) -> Predicted:
        """Classes and mean loss of these rows under the model's present weights."""
        classes, losses = [], []
        for start in range(0, len(rows), FORWARD_ROWS):
            some = rows[start : start + FORWARD_ROWS]
            outputs, loss = self._forward(
                tf.constant(self._task.inputs(seed, some)), tf.constant(targets(self._task, some))
            )
            classes.append(np.asarray(outputs))
            losses.append(np.asarray(loss, np.float64))
        return Predicted(np.concatenate(classes), float(np.concatenate(losses).mean()))

    def _rows(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        outputs = self.model(x, training=False)
        loss = self._loss(y, outputs)
        if outputs.shape[-1] == 1:
            return tf.cast(outputs[:, 0] > 0.5, tf.int64), loss
        return tf.argmax(outputs, axis=-1), loss

    def _coefficients(self, fit: Fit) -> dict[str, float]:
        """Learned scalars before training and in the weights that were kept."""
        kept = next(iter(fit.kept.values())).weights
        values = {}
        for name, position in learned_scalars(self.model).items():
            values[f"{name}{INITIAL}"] = float(fit.initial[position].item())
            values[name] = float(kept[position].item())
        return values


def _classes(logits: np.ndarray) -> np.ndarray:
    return logits[:, 0] > 0 if logits.shape[1] == 1 else logits.argmax(axis=1)


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
