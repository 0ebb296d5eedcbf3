"""The paper's networks, to its counts of parameters."""

import keras
import pytest

from baselines import ACTIVATIONS
from bench.training import networks
from bench.training.trials.evaluate import parameter_counts

SIZES = {"banknote": (4, 2), "mnist": (784, 10), "iris": (4, 3)}


def kinds(model):
    return [type(layer).__name__ for layer in model.layers]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("banknote", (63, 63, 52, 11)),
        ("mnist", (52_910, 52_782, 50_242, 330)),
        ("iris", (2_503, 2_503, 322, 99)),
    ],
)
def test_with_adaact_they_have_the_papers_parameters(name, counts):
    model = networks.build(name, "adaact", *SIZES[name])
    assert tuple(parameter_counts(model).values()) == counts


@pytest.mark.parametrize("name", SIZES)
def test_activations_differ_in_the_hidden_layers_alone(name):
    models = [networks.build(name, activation, *SIZES[name]) for activation in ACTIVATIONS]
    for layers in zip(*(model.layers for model in models), strict=True):
        if layers[0].name.startswith("hidden_"):
            assert len({(layer.name, layer.output.shape) for layer in layers}) == 1
        else:
            assert len({type(layer) for layer in layers}) == 1


@pytest.mark.parametrize(
    ("name", "between"),
    [
        ("banknote", ["Dense", "Dense"]),
        ("mnist", ["Dense", "BatchNormalization", "Dense", "Dense"]),
        ("iris", ["Dense", "Dropout", "Dense", "Dense"]),
        ("a table of one's own", ["Dense", "Dense", "Dense"]),
    ],
)
def test_layers_stand_in_the_papers_order(name, between):
    assert kinds(networks.build(name, "relu", *SIZES.get(name, (7, 5)))) == between


def test_iris_drops_a_fifth():
    (dropout,) = (
        layer
        for layer in networks.build("iris", "relu", 4, 3).layers
        if isinstance(layer, keras.layers.Dropout)
    )
    assert dropout.rate == 0.2


@pytest.mark.parametrize(
    ("name", "recipe"),
    [
        ("banknote", ("nadam", 32, 3, 50)),
        ("mnist", ("rmsprop", 32, 5, 50)),
        ("iris", ("rmsprop", 12, 3, 50)),
    ],
)
def test_they_are_trained_as_the_paper_trains_them(name, recipe):
    stated = networks.RECIPES[name]
    assert (stated.optimizer, stated.batch_size, stated.patience, stated.epochs) == recipe
