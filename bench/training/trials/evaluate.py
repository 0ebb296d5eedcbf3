"""Turn a trained network into a trial: its scores on every part of the split."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import keras
import numpy as np
import tensorflow as tf

from adaact import collapse, logit_model
from bench.columns import INITIAL, PARTS, STOPPED_ON_TEST, score_name
from bench.data import DATASETS
from bench.records import SHAPE_AT, Trial, TrialKey
from bench.training import networks
from bench.training.protocols import PROTOCOLS
from bench.training.trials.cells import targets
from bench.training.trials.metrics import METRICS, accuracy, further_scores
from bench.training.trials.stopping import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adaact.collapse import AffineMap
    from bench.training.trainers.training_task import Fit, Weights
    from bench.training.trials.cells import Cell
    from bench.training.trials.stopping import Kept

MOST_FOLDED = 200  # weights of a fold that is kept: those of small tables, not of images
FORWARD_ROWS = 10_000  # rows at once: MNIST's training rows together would take 190 MB


@dataclass(frozen=True, eq=False)
class Predicted:
    """What a network says of some rows.

    Attributes:
        outputs: Probabilities, shape (rows, units).
        loss: Mean loss in nats, regularisation left out.
    """

    outputs: np.ndarray
    loss: float

    @property
    def classes(self) -> np.ndarray:
        """The classes, shape (rows,)."""
        return _classes(self.outputs, 0.5)


class Evaluator:
    """Evaluates the trained networks of one cell on a model of its own.

    Weights are arguments of what is traced: to assign them would take longer than to predict.
    """

    def __init__(self, cell: Cell, classes: int) -> None:
        self.model = cell.build()
        self._cell, self._classes = cell, classes
        # A model of the user's own may be trained with another loss than all others.
        self._loss = keras.losses.get(networks.loss(classes))
        self._forward = tf.function(self._parts, autograph=False, reduce_retracing=True)
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
        run = Trial(
            key,
            fit.trainer,
            "diverged",
            reason="a loss is not finite",
            epochs=kept.epochs,
            best_epoch=kept.best_epoch,
            test_rows=len(test),
            other_rows=len(self._cell.y) - len(test),
            parameters=self._counts,
        )
        if not all(np.isfinite(values).all() for values in fit.history.values()):
            return run
        if PROTOCOLS[key.protocol].tunes_for:
            return replace(run, status="ok", reason="", scores=_watched(fit))
        fold = None if self._logit_model is None else collapse(self.model, kept.weights)
        scores, constant, outcomes = self._scores(key.dataset, fit, fold)
        return replace(
            run,
            status="ok",
            reason="",
            constant=constant,
            scores=scores,
            coefficients=self._coefficients(fit),
            history={name: np.reshape(values, -1).tolist() for name, values in fit.history.items()},
            vectors=self._vectors(kept.weights, fold),
            outcomes=outcomes,
        )

    def _scores(
        self, dataset: str, fit: Fit, fold: AffineMap | None
    ) -> tuple[dict[str, float], bool, np.ndarray]:
        cell, split = self._cell, self._cell.split(fit.seed)
        first, *others = kept_by(fit).values()
        scores: dict[str, float] = {}
        rows = {part: getattr(split, part) for part in PARTS}
        predicted = dict(zip(PARTS, self._predict(fit, first.weights, rows.values()), strict=True))
        for part, said in predicted.items():
            scores[score_name(part, "loss")] = said.loss
            right = accuracy(cell.y[rows[part]], said.classes, self._classes)
            scores[score_name(part, "accuracy")] = right
        truth, classes = cell.y[split.test], predicted["test"].classes
        for name, metric in METRICS.items():
            scores[score_name("test", name)] = metric.function(truth, classes, self._classes)
        if dataset not in DATASETS:
            scores |= further_scores(truth, predicted["test"].outputs, self._classes)
        outcomes = np.full(len(cell.y), -1, np.int8)
        outcomes[split.test] = classes == truth
        if fold is not None:
            scores |= self._collapse(fold, first.weights, cell.inputs(fit.seed, split.test))
        for kept in others:  # what early stopping on the test set would have kept
            same = kept.best_epoch == first.best_epoch
            stopped = classes if same else self._predict(fit, kept.weights, [split.test])[0].classes
            scores[STOPPED_ON_TEST] = accuracy(truth, stopped, self._classes)
        return scores, bool(np.all(classes == classes[0])), outcomes

    def _vectors(self, weights: Weights, fold: AffineMap | None) -> dict[str, list[float]]:
        if fold is not None and fold.W.size > MOST_FOLDED:
            return {}
        if fold is not None:
            outputs = np.vstack([fold.W, fold.b]).T
            return {f"fold_{n}": values.tolist() for n, values in enumerate(outputs, start=1)}
        if not self._learned:
            return {}
        values = [tf.constant(value) for value in weights]
        return {name: shape.numpy().tolist() for name, shape in self._shapes(values).items()}

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
        values = [tf.constant(value, tf.float64) for value in weights]
        logits = np.asarray(self._logits(values, tf.constant(x, tf.float64)))
        folded = fold(x)
        single = x.astype(np.float32) @ fold.W.astype(np.float32) + fold.b.astype(np.float32)
        largest = np.abs(logits).max()
        return {
            "collapse_error": float(np.abs(logits - folded).max() / largest),
            "collapse_flips": int(np.count_nonzero(_classes(logits, 0) != _classes(folded, 0))),
            "collapse_error_float32": float(np.abs(logits - single).max() / largest),
        }

    def _predict(self, fit: Fit, weights: Weights, parts: Iterable[np.ndarray]) -> list[Predicted]:
        """Return outputs and mean loss of each part's rows under some weights."""
        chunks = [
            (place, rows[start : start + FORWARD_ROWS])
            for place, rows in enumerate(parts)
            for start in range(0, len(rows), FORWARD_ROWS)
        ]
        few = sum(len(rows) for _, rows in chunks) <= FORWARD_ROWS
        values, said = [tf.constant(value) for value in weights], defaultdict(list)
        for group in [chunks] if few else [[chunk] for chunk in chunks]:
            batches = [self._batch(fit, rows) for _, rows in group]
            for (place, _), answer in zip(group, self._forward(values, batches), strict=True):
                said[place].append(answer)
        return [_joined(answers) for answers in said.values()]

    def _batch(self, fit: Fit, rows: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        inputs = self._cell.inputs(fit.seed, rows)
        return tf.constant(inputs), tf.constant(targets(self._cell.y[rows], self._classes))

    def _parts(
        self, weights: list[tf.Tensor], batches: list[tuple[tf.Tensor, tf.Tensor]]
    ) -> list[tuple[tf.Tensor, tf.Tensor]]:
        """Return outputs and losses of each batch."""
        pairs = [(_called(self.model, weights, x), y) for x, y in batches]
        return [(outputs, self._loss(y, outputs)) for outputs, y in pairs]

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


def _joined(answers: list[tuple[tf.Tensor, tf.Tensor]]) -> Predicted:
    outputs, losses = (np.concatenate(some) for some in zip(*answers, strict=True))
    return Predicted(outputs, float(losses.astype(np.float64).mean()))


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
