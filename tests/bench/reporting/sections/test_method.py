"""How the numbers were made: what the report says is what the code does."""

from types import SimpleNamespace

import keras
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from baselines.sklearn_models import TOLERANCE
from bench.claims_file import Paper
from bench.data import DATASETS
from bench.reporting.document import Bullets, Prose, Table
from bench.reporting.sections import method
from bench.study import TABLE_PROTOCOL
from bench.training import networks
from bench.training.protocols import PROTOCOLS

LAYERS = {
    keras.layers.BatchNormalization: lambda _: "BatchNormalization",
    keras.layers.Dropout: lambda layer: f"Dropout {layer.rate:g}",
    keras.layers.Dense: lambda layer: f"output {layer.units} ({layer.activation.__name__})",
}


def layers(dataset):
    """The layers of a data set's network as its builder makes them, in the report's words."""
    widths = {}

    def hidden(units, name):
        widths[name] = units
        return keras.layers.Identity(name=name)

    model = networks.RECIPES[dataset].build(hidden, 4, DATASETS[dataset].classes)
    return ", ".join(
        f"hidden {widths[layer.name]}" if layer.name in widths else LAYERS[type(layer)](layer)
        for layer in model.layers
    )


@pytest.mark.parametrize("dataset", networks.RECIPES)
def test_the_table_of_networks_is_what_is_trained(dataset):
    row = method.NETWORKS.set_index("dataset").loc[dataset]
    recipe = networks.RECIPES[dataset]
    assert row["layers"] == layers(dataset)
    assert row["optimizer"].lower() == recipe.optimizer
    assert (row["batch"], row["patience"]) == (str(recipe.batch_size), str(recipe.patience))


def test_the_networks_of_own_tables_are_trained_as_the_text_says():
    recipe, text = networks.DEFAULT, " ".join(method.TABLE_TRIAL.split())
    optimizer = recipe.optimizer.title()
    assert f"trained by {optimizer} in batches of {recipe.batch_size} rows" in text
    assert f"has not fallen for {recipe.patience} epochs" in text
    trees = HistGradientBoostingClassifier()
    size = f"{trees.max_iter} trees of {trees.max_leaf_nodes} leaves"
    assert f"at most {size}, and a rate of {trees.learning_rate}" in text
    assert f"C = {LogisticRegression().C:g}, with a tolerance of 1e-8" in text
    assert TOLERANCE == 1e-8
    assert PROTOCOLS[TABLE_PROTOCOL].standardise


def view(*, foreign=None, own=(), protocols=("paper",), tuned=None, **study):
    known = {"datasets": ["iris"], "protocols": protocols, "epochs": {"iris": None}, "hidden": []}
    results = SimpleNamespace(provenance={"wall": []})
    return SimpleNamespace(
        study=known | study, foreign=foreign, own=list(own), results=results, tuned=tuned
    )


def told(**changes):
    """The prose and lists in one text, and the tables."""
    blocks = method.method(view(**changes))
    texts = [block.text for block in blocks if isinstance(block, Prose)]
    texts += [item for block in blocks if isinstance(block, Bullets) for item in block.items]
    tables = [block.frame for block in blocks if isinstance(block, Table)]
    return " ".join(" ".join(texts).split()), tables


def test_networks_and_protocols_are_those_of_the_study():
    text, (table,) = told(protocols=("paper", "paper-clean"))
    assert list(table["dataset"]) == ["iris"]
    assert "`paper`: the paper's split" in text
    assert "`paper-clean`: the same split" in text
    assert "`held-out`" not in text
    assert method.ONE_RATE in text
    text, _ = told(protocols=("held-out",), tuned=SimpleNamespace(protocol="held-out-tuned"))
    assert "`held-out-tuned`: the same, each activation at its own learning rate." in text
    assert method.ONE_RATE not in text


def test_an_own_table_has_its_own_network():
    text, tables = told(own=["flowers"], hidden=[64, 32], protocols=("held-out-scaled",))
    assert "hidden layers of 64 and 32 units" in text
    assert tables == []
    assert "the paper" not in text


def test_of_another_paper_nothing_is_said_of_deviations():
    text, _ = told(foreign=Paper("", "", ""))
    assert "this suite's split" in text
    assert "Deviations from the paper" not in text


def test_capped_epochs_and_compute_are_told():
    assert method.caps({"iris": None}) == "A trial has at most 50 epochs."
    assert method.caps({"iris": None, "mnist": 3}).endswith("; in this study MNIST 3.")
    wall = [{"seconds": 30.0, "trials": 1}, {"seconds": 60.0, "trials": 2}]
    assert method.compute(wall) == "Compute: 1.5 min on one core."
    assert method.compute([]) == ""
