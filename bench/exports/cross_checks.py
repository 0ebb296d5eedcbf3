"""Check that the tables of a results folder are about the same trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from baselines import CLASSICAL
from bench.csv_columns import CELL, KEY
from bench.exports.table_schema import refuse_rows
from bench.rate_choice import (
    RATES,
    TUNING_SEEDS,
    choice_of,
    choices,
    chooses_once,
    class_rows,
    loss_of,
)
from bench.records import LEARNING_RATE, SCIKIT_LEARN
from bench.training.protocols import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.exports.json_records import Asked, Provenance

# Of what is ok: of every trial, and of networks further ones.
SCORED = ("test_rows", "test_accuracy")
OF_NETWORKS = (
    *("epochs", "best_epoch", "train_accuracy", "validation_accuracy", "test_f1"),
    *("train_loss", "validation_loss", "test_loss"),
)


def asked_places(
    study: Asked, dataset: str, protocol: str, *, fitted: bool
) -> dict[str, list[int]]:
    """Return the splits and seeds that a study asked for on a data set under a protocol.

    Args:
        study: The study.
        dataset: One of its data sets.
        protocol: One of its protocols.
        fitted: Whether the trials are scikit-learn's models, which have one seed.
    """
    one_split = protocol in PROTOCOLS and PROTOCOLS[protocol].one_split
    splits = [0] if one_split else study["splits"][dataset]
    seeds = study["seeds" if one_split else "seeds_per_split"][dataset]
    return {"split": splits, "seed": [0] if fitted else seeds}


def check_trials(trials: pd.DataFrame, tuning: pd.DataFrame, provenance: Provenance) -> None:
    """Check ``trials.csv``: keys that were asked for, and numbers of what is ``ok``.

    Trials of tuned protocols are at the learning rates that ``tuning`` has chosen.

    Raises:
        FileError: A row is wrong.
    """
    study, fitted = provenance["study"], trials["trainer"] == SCIKIT_LEARN
    _refuse_unasked(trials, "dataset", study["datasets"])
    _refuse_unasked(trials, "protocol", study["protocols"])
    _refuse_unasked(trials[~fitted], "activation", study["activations"])
    _refuse_unasked(trials[fitted], "activation", CLASSICAL)
    panels = trials.assign(fitted=fitted).groupby(["dataset", "protocol", "fitted"], sort=False)
    for (dataset, protocol, is_fitted), panel in panels:
        places = asked_places(study, str(dataset), str(protocol), fitted=bool(is_fitted))
        for name, numbers in places.items():
            _refuse_unasked(panel, name, numbers)
    scored = trials[trials["status"] == "ok"]
    _refuse_missing(scored, SCORED)
    networks = scored[scored["trainer"] != SCIKIT_LEARN]
    _check_numbers(networks, OF_NETWORKS)
    own = networks["activation"].isin(study.get("own_models", []))  # which have rates of their own
    _refuse_missing(networks[~own], ["learning_rate"])
    _check_rates(trials, tuning, provenance)


def check_tuning(tuning: pd.DataFrame, study: Asked) -> None:
    """Check ``tuning.csv.gz``: trials that were asked for, with the loss that chooses.

    Raises:
        FileError: A row is wrong.
    """
    _refuse_unasked(tuning, "dataset", study["datasets"])
    _refuse_unasked(tuning, "protocol", tuned(study["protocols"]))
    _refuse_unasked(tuning, "activation", study["activations"])
    refuse_rows(tuning, ~tuning["learning_rate"].isin(RATES), "learning_rate", "is not tried")
    for dataset, mine in tuning.groupby("dataset", sort=False):
        seeds = list(range(TUNING_SEEDS))
        once = chooses_once(str(dataset))
        _refuse_unasked(mine, "split", seeds if once else study["splits"][str(dataset)])
        _refuse_unasked(mine, "seed", [0] if once else seeds)
    scored = tuning[tuning["status"] == "ok"]
    _check_numbers(scored, ("epochs", "best_epoch", "validation_accuracy", "validation_loss"))


def tuned(protocols: Sequence[str]) -> list[str]:
    """Return those of some protocols that are tuned ones."""
    return [name for name in protocols if name in PROTOCOLS and PROTOCOLS[name].tunes]


def _check_rates(trials: pd.DataFrame, tuning: pd.DataFrame, provenance: Provenance) -> None:
    """Check that no trial is at another rate, or at the default, where another protocol's stand."""
    tables: Mapping[str, Any] = provenance.get("tables") or {}
    places = tuning[[*CELL, "split", "learning_rate", "status", "validation_loss"]]
    chosen = choices(
        (choice_of(*place), rate, loss_of(status, loss, class_rows(place[0], tables)))
        for *place, rate, status, loss in places.itertuples(index=False, name=None)
    )
    mine = trials[trials["protocol"].isin(tuned(provenance["study"]["protocols"]))]
    asked = mine[[*CELL, "split"]].itertuples(index=False, name=None)
    rates = [chosen.get(choice_of(*place), LEARNING_RATE) for place in asked]
    wrong = (mine["learning_rate"] != rates) | (mine["learning_rate"] == LEARNING_RATE)
    refuse_rows(mine, wrong, "learning_rate", "is not the choice of tuning.csv.gz for this split")


def _refuse_unasked(trials: pd.DataFrame, name: str, asked: Sequence[object]) -> None:
    reason = "was not asked for, see study in provenance.json"
    refuse_rows(trials, ~trials[name].isin(asked), name, reason)


def _check_numbers(networks: pd.DataFrame, names: Sequence[str]) -> None:
    _refuse_missing(networks, names)
    best = networks["best_epoch"]
    wrong = (best < 1) | (best > networks["epochs"])
    refuse_rows(networks, wrong, "best_epoch", "is no epoch of this trial")


def _refuse_missing(trials: pd.DataFrame, names: Sequence[str]) -> None:
    for name in names:
        refuse_rows(trials, trials[name].isna(), name, "stands in a trial that is ok")


def check_looks(looks: pd.DataFrame) -> None:
    """Check ``looks.csv``: the rows of a look stand together, and the largest size is fixed.

    Raises:
        FileError: A row is wrong.
    """
    new = looks["look"] != looks["look"].shift()
    refuse_rows(looks, new & looks["look"].duplicated(), "look", "has rows above others'")
    fixed = looks.groupby("dataset")["largest"].transform("first")
    moved = (looks["largest"].notna() & (looks["largest"] != fixed)).fillna(False)
    refuse_rows(looks, moved, "largest", "is not the size fixed at the first look")


def check_curves(seeds: pd.DataFrame) -> None:
    """Check ``replay_seeds.csv``: a test accuracy after each epoch, and epochs that were trained.

    Raises:
        FileError: A row is wrong.
    """
    for name in ("best_epoch", "kept_epoch"):
        wrong = (seeds[name] < 1) | (seeds[name] > seeds["epochs"])
        refuse_rows(seeds, wrong, name, "is no epoch of this run")
    wrong = seeds["test_accuracies"].map(_length) != seeds["epochs"]
    refuse_rows(seeds, wrong, "test_accuracies", "is not a score in [0, 1] for each epoch")


def _length(text: str) -> int:
    """Return how many scores a text holds, separated by spaces; -1 if one is no score."""
    try:
        scores = np.array(text.split(), float)
    except ValueError:
        return -1
    return len(scores) if ((scores >= 0) & (scores <= 1)).all() else -1


def check_histories(histories: pd.DataFrame, trials: pd.DataFrame) -> None:
    """Check ``histories.csv.gz``: all epochs of the trials up to the last.

    Raises:
        FileError: A row is wrong, or one is missing.
    """
    key = list(KEY)
    places = pd.MultiIndex.from_frame(histories[key])
    statuses = trials.set_index(key)["status"].reindex(places).reset_index(drop=True)
    refuse_rows(histories, statuses.isna(), "", "no such trial in trials.csv")
    for name in histories.select_dtypes("float64"):
        infinite = np.isinf(histories[name]) & (statuses == "ok")
        refuse_rows(histories, infinite, str(name), "is not finite in a trial that is ok")
    missing = histories.groupby(key, sort=False)["epoch"].rank() != histories["epoch"]
    refuse_rows(histories, missing, "epoch", "without the epoch before it")


def check_rows(rows: pd.DataFrame, trials: pd.DataFrame) -> None:
    """Check ``rows.csv.gz``: test rows of the cells.

    Raises:
        FileError: A row is wrong.
    """
    scored = trials[trials["status"] == "ok"]
    # A tuned cell counts trials of the protocol that it tunes too.
    shared = [
        scored[scored["protocol"] == one.tunes].assign(protocol=name)
        for name, one in PROTOCOLS.items()
        if one.tunes
    ]
    scored = pd.concat([scored, *shared])
    scored["rows"] = scored["test_rows"] + scored["other_rows"].fillna(0)
    key = list(CELL)
    cells = scored.groupby(key).agg(trials=("seed", "size"), rows=("rows", "max"))
    cells = cells.astype(float).reindex(pd.MultiIndex.from_frame(rows[key])).reset_index(drop=True)
    absent = cells["trials"].isna()
    refuse_rows(rows, absent, "", "trials.csv has no trial that is ok in this cell")
    tested = rows["seeds_tested"]
    wrong = (tested < 1) | (tested > cells["trials"])
    refuse_rows(rows, wrong, "seeds_tested", "is not the number of some trials of this cell")
    refuse_rows(rows, rows["seeds_correct"] > tested, "seeds_correct", "is more than seeds_tested")
    refuse_rows(rows, rows["row"] >= cells["rows"], "row", "is no row of this data set")
