"""The page has the table of the layers that training every layer of Keras gives."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.slow
def test_the_page_has_the_table_of_the_layers():
    made = runpy.run_path(str(DOCS / "layers.py"))["table"]()
    assert made in (DOCS / "many-seeds.md").read_text()
