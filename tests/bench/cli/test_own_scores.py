"""Scores of a table of one's own, from the file to the report, against scikit-learn by hand."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    log_loss,
    roc_auc_score,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from bench.data import Dataset
from bench.data.splits import held_out_split

pytestmark = pytest.mark.usefixtures("no_pictures")

SMALL = ("--activations", "adaact,relu", "--splits", "4", "--seeds", "1", "--workers", "1")
MODELS = {
    "logistic-regression": LogisticRegression(tol=1e-8, max_iter=10_000),
    "gradient-boosting": HistGradientBoostingClassifier(random_state=0),
}


@pytest.fixture
def table():
    """Visits of 60 patients: numbers with gaps, a category, and whether somebody is sick."""
    rng = np.random.default_rng(1)
    patient = np.repeat(np.arange(60), rng.integers(2, 9, 60))
    sick = np.where(rng.random(60) < 0.4, "yes", "no")[patient]
    ill = sick == "yes"
    age = 50 + 8 * ill + rng.normal(0, 9, len(ill))  # no value halfway between two others
    ward = np.where(rng.random(len(ill)) < 0.3 + 0.3 * ill, "north", "south")
    frame = pd.DataFrame({"age": age, "ward": ward, "pulse": rng.normal(70, 9, len(ill))})
    frame = frame.mask(rng.random(frame.shape) < [0.1, 0.0, 0.0])
    return frame.assign(patient=patient, sick=sick)


@pytest.fixture
def scores(invoke, instead, table, tmp_path):
    """The scores in ``compare``: one row a model and split."""
    instead()

    def scores(*options):
        table.to_csv(tmp_path / "visits.csv", index=False)
        ended = invoke("compare", "visits.csv", "--target", "sick", *SMALL, *options)
        assert ended.code == 0, ended.err
        trials = pd.read_csv("results/compare-visits/trials.csv")
        return trials.set_index(["activation", "split"]).filter(regex="^test_(?!rows)")

    return scores


def by_hand(table, model, classes, split):
    """Score a pipeline of scikit-learn's on one split of the table as pandas reads it."""
    encoder = make_column_transformer(
        (SimpleImputer(add_indicator=True), ["age", "pulse"]), (OneHotEncoder(), ["ward"])
    )
    pipeline = make_pipeline(encoder, StandardScaler(), MODELS[model])
    y = (table["sick"] == classes[1]).astype(int).to_numpy()
    pipeline.fit(table.iloc[split.train], y[split.train])
    truth, said = y[split.test], pipeline.predict(table.iloc[split.test])
    chance = pipeline.predict_proba(table.iloc[split.test])[:, 1]
    return {
        "test_accuracy": accuracy_score(truth, said),
        "test_f1": f1_score(truth, said),
        "test_balanced_accuracy": balanced_accuracy_score(truth, said),
        "test_roc_auc": roc_auc_score(truth, chance),
        "test_brier": brier_score_loss(truth, chance),
        "test_loss": log_loss(truth, chance),
    }


@pytest.mark.parametrize(
    "options", [("--drop", "patient"), ("--groups", "patient", "--positive", "no")], ids=" ".join
)
def test_scores_in_compare_are_those_of_a_hand_made_loop(scores, table, options):
    grouped = "--groups" in options
    found = scores(*options)
    classes = ("yes", "no") if grouped else ("no", "yes")
    y = (table["sick"] == classes[1]).astype(np.int64).to_numpy()
    groups = table["patient"].to_numpy() if grouped else None
    made = Dataset("visits", table[["pulse"]].to_numpy(), y, 2, ("pulse",), classes, groups=groups)
    for model, split in product(MODELS, range(4)):
        parts = held_out_split(made, split)
        if grouped:
            sides = set(groups[parts.test]), set(groups[np.r_[parts.train, parts.validation]])
            assert not sides[0] & sides[1]
        expected = by_hand(table, model, classes, parts)
        own = found.loc[model, split].dropna().to_dict()
        assert own == pytest.approx(expected, abs=1e-5)  # inputs have single precision here
        assert (own["test_accuracy"], own["test_f1"]) == pytest.approx(
            (expected["test_accuracy"], expected["test_f1"]), abs=1e-12
        )
