"""k0 and k1 are not identifiable: on trained nets, other values of them predict the same."""

from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
import pytest

import bench.data
from adaact import logit_model
from bench.data.splits import paper_split
from bench.training import networks
from bench.training.trials.cells import Cell

Values = dict[str, np.ndarray]  # weights by path: "hidden_1/kernel"

NEXT = {"hidden_1": "hidden_2", "hidden_2": "output"}
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Net:
    """A trained net: its logits in float64 as a function of its weights."""

    model: keras.Model
    weights: Values
    x: np.ndarray

    def logits(self, weights: Values) -> np.ndarray:
        self.model.set_weights([weights[path] for path in self.weights])
        return self.model(self.x).numpy()

    def predicts_the_same(self, weights: Values) -> bool:
        """Whether other weights give these logits, to 1e-12 of the largest, and these classes."""
        before, after = self.logits(self.weights), self.logits(weights)
        close = np.abs(after - before).max() <= 1e-12 * np.abs(before).max()
        return bool(close and (after.argmax(axis=1) == before.argmax(axis=1)).all())


@pytest.fixture(scope="module")
def nets() -> dict[int, Net]:
    """Return the paper's Iris nets after five epochs, by seed."""
    data = bench.data.load("iris")
    build = partial(networks.build, "iris", "adaact", data.x.shape[1], data.classes)
    build = networks.compiled(build, "rmsprop", networks.loss(data.classes))
    fits = Cell(build, data.x, data.y, paper_split(data), batch_size=12, epochs=5).fit(SEEDS)
    model, x = logit_model(build()), data.x.astype(float)
    paths = [variable.path.partition("/")[2] for variable in build().weights]

    def net(values: list[np.ndarray]) -> Net:
        exact = [value.astype(float) for value in values]
        return Net(model, dict(zip(paths, exact, strict=True)), x)

    return {fit.seed: net(fit.weights) for fit in fits}


@pytest.fixture(params=SEEDS)
def net(nets: dict[int, Net], request: pytest.FixtureRequest) -> Net:
    return nets[request.param]


def traded(weights: Values, layer: str, factor: float) -> Values:
    """Return the weights with a factor moved from k1 to what k1 multiplies."""
    kernel, bias, k1 = (weights[f"{layer}/{name}"] for name in ("kernel", "bias", "k1"))
    moved = {"kernel": kernel * factor, "bias": bias * factor, "k1": k1 / factor}
    return weights | {f"{layer}/{name}": value for name, value in moved.items()}


def shifted(weights: Values, layer: str, shift: np.ndarray) -> Values:
    """Return the weights with the next bias making up for outputs that are lower by a shift."""
    kernel, bias = (weights[f"{NEXT[layer]}/{name}"] for name in ("kernel", "bias"))
    outputs = np.broadcast_to(shift, kernel.shape[:1])
    return weights | {f"{NEXT[layer]}/bias": bias + outputs @ kernel}


def without_k0(weights: Values, layer: str) -> Values:
    """Return the weights with k0 absorbed into the next bias."""
    absorbed = shifted(weights, layer, weights[f"{layer}/k0"])
    return absorbed | {f"{layer}/k0": np.zeros(1)}


layers = pytest.mark.parametrize("layer", NEXT)


@layers
def test_nothing_that_is_moved_is_trivial_after_training(net: Net, layer: str) -> None:
    assert np.ptp(net.logits(net.weights), axis=0).min() > 0.1
    assert all(np.abs(net.weights[f"{layer}/{name}"]).max() > 1e-3 for name in ("bias", "k0", "k1"))


@layers
def test_without_the_bias_the_sign_leaves_a_shift_for_the_next_bias(net: Net, layer: str) -> None:
    bias, k1 = net.weights[f"{layer}/bias"], net.weights[f"{layer}/k1"]
    other = traded(net.weights, layer, -1.0) | {f"{layer}/bias": bias}

    assert not net.predicts_the_same(other)
    assert net.predicts_the_same(shifted(other, layer, 2 * k1 * bias))


@layers
@pytest.mark.parametrize("factor", [3.7, 1e-3, -1.0, -250.0])
def test_the_scale_of_k1_trades_with_that_of_kernel_and_bias(
    net: Net, layer: str, factor: float
) -> None:
    assert net.predicts_the_same(traded(net.weights, layer, factor))


@layers
def test_k0_trades_with_the_next_bias(net: Net, layer: str) -> None:
    assert not net.predicts_the_same(net.weights | {f"{layer}/k0": np.zeros(1)})
    assert net.predicts_the_same(without_k0(net.weights, layer))


def test_every_trained_net_is_one_whose_activation_is_the_identity(net: Net) -> None:
    weights = net.weights
    for layer in NEXT:
        weights = without_k0(traded(weights, layer, weights[f"{layer}/k1"].item()), layer)

    assert all(weights[f"{layer}/k0"] == 0 and weights[f"{layer}/k1"] == 1 for layer in NEXT)
    assert net.predicts_the_same(weights)
