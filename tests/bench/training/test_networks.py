"""The paper's networks, to its counts of parameters."""

import pytest

from baselines import ACTIVATIONS
from bench.training import networks
from bench.training.trials.evaluate import parameter_counts

SIZES = {"banknote": (4, 2), "mnist": (784, 10), "iris": (4, 3)}


@pytest.mark.parametrize("name", SIZES)
def test_activations_differ_in_the_hidden_layers_alone(name):
    models = [networks.build(name, activation, *SIZES[name]) for activation in ACTIVATIONS]
    for layers in zip(*(model.layers for model in models), strict=True):
        if layers[0].name.startswith("hidden_"):
            assert len({(layer.name, layer.output.shape) for layer in layers}) == 1
        else:
            assert len({type(layer) for layer in layers}) == 1


@pytest.mark.parametrize(
    ("name", "between", "counts", "recipe"),
    [
        ("banknote", [], (63, 63, 52, 11), ("nadam", 32, 3, 50)),
        (
            "mnist",
            ["BatchNormalization", "Dense"],
            (52_910, 52_782, 50_242, 330),
            ("rmsprop", 32, 5, 50),
        ),
        ("iris", ["Dropout", "Dense"], (2_503, 2_503, 322, 99), ("rmsprop", 12, 3, 50)),
    ],
)
def test_layers_parameters_and_training_are_the_papers(name, between, counts, recipe):
    relu, adaact = (networks.build(name, one, *SIZES[name]) for one in ("relu", "adaact"))
    assert [type(layer).__name__ for layer in relu.layers] == ["Dense", *between, "Dense"]
    assert tuple(parameter_counts(adaact).values()) == counts
    assert [layer.rate for layer in relu.layers if hasattr(layer, "rate")] == (
        [0.2] if name == "iris" else []
    )
    stated = networks.RECIPES[name]
    assert (stated.optimizer, stated.batch_size, stated.patience, stated.epochs) == recipe


def test_a_table_of_ones_own_has_two_hidden_layers():
    layers = networks.build("own", "relu", 7, 5).layers
    assert [type(layer).__name__ for layer in layers] == ["Dense"] * 3
