"""The scatter matrix of a data set's features."""

import numpy as np
import pytest

from bench.data import Dataset
from bench.reporting.features import scatter_matrix, write_scatter_matrix


def table(features):
    x = np.random.default_rng(0).normal(size=(20, features)).astype("float32")
    names = tuple("abcdefghijk"[:features])
    return Dataset("flowers", x, np.arange(20) % 2, 2, names, ("genuine", "forged"))


def test_the_matrix_has_every_pair_and_every_class():
    data = table(3)
    figure = scatter_matrix(data)
    assert len(figure.axes) == 9
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["genuine", "forged"]
    genuine, forged = (c.get_offsets() for c in figure.axes[1].collections)  # row a, column b
    np.testing.assert_array_equal(genuine, data.x[0::2, [1, 0]])
    np.testing.assert_array_equal(forged, data.x[1::2, [1, 0]])
    assert sum(patch.get_height() for patch in figure.axes[0].patches) == 20


@pytest.mark.parametrize(("features", "files"), [(2, 1), (11, 0)])
def test_only_tables_of_few_features_are_drawn(tmp_path, features, files):
    path = tmp_path / "made" / "features.png"
    assert write_scatter_matrix(table(features), path) == [path] * files
    assert path.is_file() == bool(files)
