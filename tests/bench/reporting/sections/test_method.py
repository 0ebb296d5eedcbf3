"""How the numbers were made: what the report says is what the code does."""

from types import SimpleNamespace

import keras
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from baselines.sklearn_models import TOLERANCE
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


def told(*, foreign=None, own=(), protocols=("paper",), tuned=None, **study):
    """The prose and lists of a study of Iris in one text, and the tables."""
    known = {"datasets": ["iris"], "protocols": protocols, "epochs": {"iris": None}, "hidden": []}
    results = SimpleNamespace(provenance={"wall": []})
    blocks = method.method(
        SimpleNamespace(study=known | study, foreign=foreign, own=own, results=results, tuned=tuned)
    )
    texts = [block.text for block in blocks if isinstance(block, Prose)]
    texts += [item for block in blocks if isinstance(block, Bullets) for item in block.items]
    tables = [block.frame for block in blocks if isinstance(block, Table)]
    return " ".join(" ".join(texts).split()), tables


def test_networks_and_protocols_are_those_of_the_study():
    text, (table,) = told(protocols=("paper",))
    assert list(table["dataset"]) == ["iris"]
    assert "`paper`: the paper's split" in text
    assert "`held-out`" not in text
    assert method.ONE_RATE in text


def test_an_own_table_has_its_own_network():
    text, tables = told(own=["flowers"], hidden=[64, 32], protocols=("held-out-scaled",))
    assert "hidden layers of 64 and 32 units" in text
    assert tables == []
    assert "the paper" not in text
