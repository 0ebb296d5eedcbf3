"""The page has the table of the layers that training every layer of Keras gives."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[4] / "docs"
PAGE = (DOCS / "many-seeds.md").read_text()
# The table has all others.
NAMED = ["SeparableConv1D", "MultiHeadAttention", "SimpleRNN"]  # of one kind
NAMED += ["SpectralNormalization", "PReLU", "LayerNormalization"]  # of another


@pytest.fixture(scope="module")
def made():
    return runpy.run_path(str(DOCS / "layers.py"))


def test_the_named_layers_are_trained_as_with_fit(made):
    assert made["outcomes"](NAMED) == dict.fromkeys(NAMED, made["MAPPED"])


@pytest.mark.slow
def test_the_page_has_the_table_of_the_layers(made):
    assert made["table"]() in PAGE
