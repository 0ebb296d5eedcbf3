"""Models of the user's own in ``compare``: what is trained, and what the report says of them."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from baselines import DEFAULT
from tests import helpers

README = Path(__file__).parents[3] / "README.md"

pytestmark = pytest.mark.usefixtures("no_pictures", "no_fits")

SMALL = ("--splits", "3", "--seeds", "2", "--workers", "1")
MODELS = """
import keras

def small(input_shape, units):
    return keras.Sequential([keras.Input(input_shape), keras.layers.Dense(units, "softmax")])

def wide(input_shape, units):
    return small(input_shape, units)

def wrong(input_shape, units):
    return small(input_shape, units + 1)
"""


@pytest.fixture
def own_file(tmp_path, monkeypatch):
    """A module with models, on the path."""
    (tmp_path / "mine.py").write_text(MODELS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "mine", raising=False)


@pytest.fixture
def compare(invoke, instead, own_file):
    """Compare models on wine; return how it ended and, by activation, the block of each."""
    blocks = {}

    def train(block):
        blocks[block.cell[2]] = block
        return list(map(helpers.trial, block.keys))

    instead(train)

    def compare(*options):
        return invoke("compare", "wine", *options, *SMALL), blocks

    return compare


def test_models_stand_beside_the_fixed_activations(compare):
    ended, blocks = compare("--models", "mine:small,mine:wide")
    assert ended.code == 0, ended.err
    assert {name: block.model for name, block in blocks.items()} == {
        **dict.fromkeys(DEFAULT[1:], False),
        "mine:small": True,
        "mine:wide": True,
    }
    results = Path("results/compare-wine")
    text = (results / "report.md").read_text()
    assert text.startswith("# Are mine:small and mine:wide better than fixed activations on wine?")
    assert "Models of the user's own have their own layers" in text
    best = pd.read_csv(results / "tables" / "best_fixed.csv")
    assert list(best["method"]) == ["mine:small", "mine:wide"]
    trials = pd.read_csv(results / "trials.csv").set_index("activation")
    assert trials.loc["mine:small", "learning_rate"].isna().all()
    assert ended.err.count("Report: ") == 1


def test_one_of_the_models_is_the_reference_and_the_score_is_chosen(compare, invoke):
    asked = ("--models", "mine:small,mine:wide", "--activations", "tanh")
    ended, _ = compare(*asked, "--against", "mine:small", "--metric", "log-loss")
    assert ended.code == 0, ended.err
    results = Path("results/compare-wine")
    study = json.loads((results / "provenance.json").read_text())["study"]
    assert (study["against"], study["metric"]) == ("mine:small", "test_loss")
    family = pd.read_csv(results / "tables" / "headline.csv")
    assert list(family["method"]) == ["tanh", "mine:wide"]
    assert set(family["reference"]) == {"mine:small"}
    assert set(family["margin"]) == {0.01}
    text = (results / "report.md").read_text()
    assert text.startswith("# Are tanh and mine:wide better than mine:small on wine?")
    assert "**Is any better than mine:small?**" in text
    assert invoke("judge", results).code == 0
    judged = Path("results/judge-compare-wine")
    assert (judged / "tables" / "headline.csv").read_bytes() == (
        results / "tables" / "headline.csv"
    ).read_bytes()
    text = (judged / "report.md").read_text()
    assert "**Is any better than mine:small?**" in text
    assert "| against mine:small " in text  # less of a loss is better
    assert "new tables of this size" in text
    again, trained = compare(*asked, "--against", "tanh")
    assert again.code == 0, again.err
    assert " 0 to train" in again.err
    assert len(trained) == 3


def test_several_tables_have_a_mean_gap_to_one_reference_alone(compare):
    asked = ("digits", "--models", "mine:small", "--results", "results")
    no_mean = "Against the best fixed one there is no mean gap over the data sets"
    for options, found in (((), [True, False]), (("--against", "relu"), [False, True])):
        ended, _ = compare(*asked, *options)
        assert ended.code == 0, ended.err
        text = Path("results/report.md").read_text()
        assert [no_mean in text, "## Across data sets" in text] == found


@pytest.mark.usefixtures("compare")
def test_the_readmes_examples_compare_models(invoke, tmp_path):
    first, second = helpers.shown(README, tmp_path, "my_models:")
    for command, question in ((first, "fixed activations"), (second, "my_models:small")):
        ended = invoke(*command, "--workers", "1")
        assert ended.code == 0, ended.err
        title = Path("results/models/report.md").read_text().partition("\n")[0]
        assert title.endswith(f"better than {question} on wine?")
    assert " 0 to train" in ended.err


RUN = ("run", "--datasets", "iris", "--activations", "adaact", "--models", "mine:small")
FEW = ("--protocols", "held-out", "--splits", "1", "--seeds", "2", "--epochs", "2")


def test_workers_of_every_kind_give_the_same_bytes(invoke, own_file, dask_cluster, tmp_path):
    pytest.importorskip("distributed", reason="the extra `dask` is not installed")
    with dask_cluster(tmp_path, workers=1) as scheduler:  # whose worker finds the user's file
        for where in (("--workers", "1"), ("--workers", "2"), ("--scheduler", scheduler)):
            ended = invoke(*RUN, *FEW, *where, "--results", where[-1][:3])
            assert ended.code == 0, ended.err
    for name in ("trials.csv", "histories.csv.gz", "rows.csv.gz", "claims.csv"):
        one, *others = (Path(folder, name).read_bytes() for folder in ("1", "2", "tcp"))
        assert others == [one, one]
    assert set(pd.read_csv("1/trials.csv")["status"]) == {"ok"}
    assert scheduler not in Path("tcp/provenance.json").read_text()


def test_a_model_that_cannot_be_trained_is_one_line_before_training(compare):
    ended, blocks = compare("--models", "mine:small,mine:wrong")
    assert (ended.code, blocks) == (2, {})
    assert "--models: mine:wrong: expected shapes (None, 13) to (None, 3)." in ended.err


def test_a_changed_module_is_trained_again(compare, tmp_path):
    asked = ("--models", "mine:small", "--activations", "tanh")
    assert compare(*asked)[0].code == 0
    (tmp_path / "mine.py").write_text(MODELS + "# changed")
    ended, _ = compare(*asked)
    assert "6 to train" in ended.err
