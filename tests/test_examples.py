"""The notebooks of examples/ run from the first cell to the last, and are stored without output."""

from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.ipynb"))


@pytest.fixture(params=EXAMPLES, ids=lambda path: path.name)
def notebook(request):
    nbformat = pytest.importorskip("nbformat", reason="in the dependency group docs")
    return nbformat.read(request.param, as_version=4)


def test_it_is_stored_without_output(notebook):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq.*")
def test_it_runs(notebook, tmp_path):
    nbclient = pytest.importorskip("nbclient", reason="in the dependency group docs")
    client = nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    told = [out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", [])]
    assert any("test accuracy" in text for text in told)
