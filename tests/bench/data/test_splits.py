import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

import bench.data
from bench.data.dataset import Dataset
from bench.data.splits import held_out_split, paper_split
from bench.errors import UserError


def parts(split):
    return split.train, split.validation, split.test


def table(rows, official_test=None):
    y = np.arange(rows) % 10
    return Dataset("table", np.zeros((rows, 1)), y, 10, ("x",), tuple("0123456789"), official_test)


def test_the_paper_splits_iris_as_the_notebook_does():
    iris = bench.data.load("iris")
    split = paper_split(iris)
    x_train, x_test, y_train, y_test = train_test_split(
        *load_iris(return_X_y=True), test_size=0.25, random_state=42
    )
    np.testing.assert_array_equal(iris.x[split.train], x_train.astype(np.float32))
    np.testing.assert_array_equal(iris.x[split.test], x_test.astype(np.float32))
    np.testing.assert_array_equal(iris.y[split.train], y_train)
    np.testing.assert_array_equal(iris.y[split.test], y_test)
    np.testing.assert_array_equal(split.validation, split.test)  # which chooses the epoch


@pytest.mark.parametrize("seed", [0, 1, 99, 2**40])
def test_held_out_parts_are_disjoint_cover_all_rows_and_are_stratified(seed):
    iris = bench.data.load("iris")
    split = held_out_split(iris, seed)
    assert [len(part) for part in parts(split)] == [90, 22, 38]
    np.testing.assert_array_equal(np.sort(np.concatenate(parts(split))), np.arange(150))
    again, other = held_out_split(iris, seed), held_out_split(iris, seed + 1)
    for part, repeated, differing in zip(parts(split), parts(again), parts(other), strict=True):
        assert np.ptp(np.bincount(iris.y[part], minlength=3)) <= 1
        np.testing.assert_array_equal(part, repeated)
        assert set(part) != set(differing)


def test_an_official_test_set_is_kept_and_validation_has_at_most_10000_rows():
    dataset = table(70_000, official_test=np.arange(60_000, 70_000))
    first, second = held_out_split(dataset, 0), held_out_split(dataset, 1)
    paper = paper_split(dataset)
    np.testing.assert_array_equal(paper.train, np.arange(60_000))
    for test in (paper.validation, paper.test):
        np.testing.assert_array_equal(test, dataset.official_test)
    np.testing.assert_array_equal(first.test, dataset.official_test)
    np.testing.assert_array_equal(second.test, dataset.official_test)
    assert [len(part) for part in parts(first)] == [50_000, 10_000, 10_000]
    assert set(first.validation) != set(second.validation)
    assert np.bincount(dataset.y[first.validation]).tolist() == [1_000] * 10
    np.testing.assert_array_equal(np.sort(np.concatenate(parts(first))), np.arange(70_000))


def patients():
    """A table of 60 patients, most with several visits, of whom some are sick."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), rng.integers(1, 6, 60))
    y = (rng.random(60) < 0.3).astype(np.int64)[groups]
    x = (y[:, None] + rng.normal(size=(len(y), 3))).astype(np.float32)
    return Dataset("patients", x, y, 2, ("a", "b", "c"), ("well", "sick"), groups=groups)


@pytest.mark.parametrize("seed", range(20))
def test_no_group_is_on_both_sides_of_any_split(seed):
    dataset = patients()
    split = held_out_split(dataset, seed)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts(split))), np.arange(len(dataset.y)))
    first, second, third = (set(dataset.groups[part]) for part in parts(split))
    assert len(first | second | third) == len(first) + len(second) + len(third)
    assert (len(first), len(second), len(third)) == (36, 9, 15)
    for part in parts(split):
        assert set(dataset.y[part]) == {0, 1}


@pytest.mark.parametrize("seed", range(5))
def test_scores_of_a_grouped_split_are_those_of_a_hand_made_loop(seed):
    dataset = patients()
    split = held_out_split(dataset, seed)
    training = np.concatenate([split.train, split.validation])
    ours = LogisticRegression().fit(dataset.x[training], dataset.y[training])
    sick = [dataset.y[dataset.groups == patient][0] for patient in range(60)]
    state = int(np.random.SeedSequence([seed, 0]).generate_state(1)[0])
    _, tested = train_test_split(range(60), test_size=0.25, random_state=state, stratify=sick)
    inside = np.isin(dataset.groups, tested)
    theirs = LogisticRegression().fit(dataset.x[~inside], dataset.y[~inside])
    expected = theirs.score(dataset.x[inside], dataset.y[inside])
    assert ours.score(dataset.x[split.test], dataset.y[split.test]) == pytest.approx(expected)


def test_groups_are_drawn_again_until_every_part_has_every_class():
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(12), 10)
    y = np.where(np.isin(groups, [0, 1, 2]), 1, 0)  # three groups of it: one for each part
    dataset = Dataset("few", rng.random((120, 1)), y, 2, ("x",), ("a", "b"), groups=groups)
    for seed in range(5):
        assert all(set(y[part]) == {0, 1} for part in parts(held_out_split(dataset, seed)))
    impossible = Dataset("few", dataset.x, groups // 11, 2, ("x",), ("a", "b"), groups=groups)
    with pytest.raises(UserError, match=r"few: expected groups enough .* Received: 12 groups"):
        held_out_split(impossible, 0)
