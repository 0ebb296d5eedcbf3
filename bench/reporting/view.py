"""A study as the report shows it: its rows and the statistics computed from them, once each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from baselines import DEFAULT, FIXED
from bench.analysis import best_fixed, drift, replays
from bench.analysis.claims import PAPER_CLAIMS, load_claims
from bench.analysis.coefficients import coefficients
from bench.analysis.growth import scaling_frame
from bench.analysis.headline import headline
from bench.analysis.pairs import paired_table
from bench.analysis.regressions import distances
from bench.analysis.replay_rank import standing
from bench.analysis.selection_bias import leak
from bench.analysis.spread import spread
from bench.analysis.timings import timing_frame
from bench.analysis.verdicts import HELD_OUT, verdicts
from bench.columns import tested_scores
from bench.data import DATASETS
from bench.exports import load
from bench.reporting.known import known_names
from bench.reporting.names import ADAACT, LOGISTIC, TREES
from bench.study import TABLE_PROTOCOL
from bench.training.regressions import BOOSTING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.analysis.claims import Paper
    from bench.exports import Results
    from bench.records import Claim


PAPER = "paper"  # the protocol of the published values


@dataclass(frozen=True)
class Size:
    """Rows of a data set, and of one test set."""

    rows: int
    test_rows: int


@dataclass(frozen=True, eq=False)
class View:
    """The data of a report.

    Attributes:
        results: The exported files.
        claims: The claims that are judged by them.
        foreign: The paper that makes the claims; None for Adaact's.
    """

    results: Results
    claims: Sequence[Claim]
    foreign: Paper | None = None

    @classmethod
    def of(cls, results_dir: Path, claims: Path = PAPER_CLAIMS) -> View:
        """Return the view of a results folder and a claims file.

        The claims of Adaact's paper are left out for a table of the user's own, and the repetition
        of its runs is left out for another paper.

        Raises:
            UserError: An exported file or the claims file is missing or malformed.
        """
        results = load(results_dir)
        file = load_claims(claims, known_names(results))
        if claims != PAPER_CLAIMS and file.paper != load_claims().paper:
            results = replace(results, replay=None, drift=results.drift[:0])
            return cls(results, file.claims, file.paper)
        view = cls(results, file.claims)
        return replace(view, claims=[]) if view.own and claims == PAPER_CLAIMS else view

    @property
    def of_adaact(self) -> bool:
        """Whether the report is about Adaact: it was trained, and no other paper is checked."""
        return self.foreign is None and ADAACT in self.study["activations"]

    @property
    def trials(self) -> pd.DataFrame:
        """All rows of trials.csv."""
        return self.results.trials

    @property
    def study(self) -> Mapping[str, Any]:
        """The study that was asked for."""
        return self.results.provenance["study"]

    @property
    def asked(self) -> dict[str, int]:
        """Seeds asked for, by data set; each is a trial in every cell."""
        return {name: len(seeds) for name, seeds in self.study["seeds"].items()}

    @property
    def held_out(self) -> bool:
        """Whether there is any held-out trial."""
        return bool((self.trials["protocol"] == self.headline_protocol).any())

    @property
    def headline_protocol(self) -> str:
        """The protocol of the headline comparison; of an own table, with standardised inputs."""
        return TABLE_PROTOCOL if self.own else HELD_OUT

    @property
    def own(self) -> list[str]:
        """Data sets of the study that are tables of the user's own."""
        return [name for name in self.study["datasets"] if name not in DATASETS]

    @cached_property
    def metrics(self) -> list[str]:
        """Columns of trials.csv that hold a test score."""
        return tested_scores(map(str, self.trials))

    @cached_property
    def sizes(self) -> dict[str, Size]:
        """Rows by data set; of one that the registry doesn't know, counted in rows.csv."""
        sizes = {name: Size(known.rows, known.test_rows) for name, known in DATASETS.items()}
        own = self.results.rows[~self.results.rows["dataset"].isin(list(DATASETS))]
        for dataset, rows in own.groupby("dataset"):
            trials = int((self.scored["dataset"] == dataset).sum())
            tests = round(int(rows["seeds_tested"].sum()) / trials)
            sizes[str(dataset)] = Size(rows=int(rows["row"].max()) + 1, test_rows=tests)
        return sizes

    @cached_property
    def test_rows(self) -> dict[str, int]:
        """Rows of one test set, by data set; a trial's accuracy moves in steps of one of them."""
        sizes = {name: size.test_rows for name, size in self.sizes.items()}
        return dict.fromkeys(self.study["datasets"], 0) | sizes

    @cached_property
    def scored(self) -> pd.DataFrame:
        """The trials that have scores."""
        return self.trials[self.trials["status"] == "ok"]

    @cached_property
    def spreads(self) -> pd.DataFrame:
        """Every score of every cell over seeds: the columns of ``spread``, after ``metric``."""
        return self._spreads(self.trials, self.asked)

    @cached_property
    def model_spreads(self) -> pd.DataFrame:
        """Every score of scikit-learn's models over splits, as ``spreads``."""
        ceilings = self.results.ceilings
        names = ceilings["penalty"].map({"none": LOGISTIC, BOOSTING: TREES})
        fitted = ceilings.assign(activation=names, status="ok", constant=False)
        return self._spreads(fitted.dropna(subset="activation"))

    def _spreads(
        self, trials: pd.DataFrame, asked: Mapping[str, int] | None = None
    ) -> pd.DataFrame:
        metrics = ("train_accuracy", *self.metrics)
        parts = [spread(trials, metric, asked).assign(metric=metric) for metric in metrics]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def distances(self) -> pd.DataFrame:
        """Training loss of affine networks minus that of logistic regression."""
        return distances(self.trials, self.results.ceilings)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Adaact against each other activation, in every panel, on these rows."""
        others = [name for name in self.study["activations"] if name != ADAACT]
        if not self.of_adaact or not others or self.trials.empty:
            return pd.DataFrame(columns=["dataset", "protocol", "baseline", "pairs"])
        return paired_table(self.trials, "test_accuracy", ADAACT, others, self.test_rows)

    @cached_property
    def headline(self) -> pd.DataFrame:
        """The one tested family; every comparison is "not measured" without held-out trials."""
        return headline(
            self.trials, self.results.rows, self._family, protocol=self.headline_protocol
        )

    @cached_property
    def best_fixed(self) -> pd.DataFrame:
        """Other activations than the headline's against the best fixed one."""
        asked = self.study["activations"]
        fixed = [name for name in asked if name in FIXED]
        learned = [name for name in asked if name not in FIXED]
        if not self.held_out or not fixed or not learned or set(asked) <= set(DEFAULT):
            return pd.DataFrame(columns=best_fixed.COLUMNS)
        sizes = {name: self.sizes[name] for name in self.study["datasets"] if name in self.sizes}
        rows, protocol = self.results.rows, self.headline_protocol
        return best_fixed.contest(self.trials, rows, sizes, learned, fixed, protocol)

    @property
    def _family(self) -> dict[str, Size]:
        """The registered sets, all of them always; or the one set of the user's own."""
        return {name: self.sizes[name] for name in self.own or DATASETS if name in self.sizes}

    @cached_property
    def selection_bias(self) -> pd.DataFrame:
        """Test accuracy gained by early stopping on the test set."""
        return leak(self.trials, self.test_rows, self.headline_protocol)

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """Learned scalars over seeds."""
        return coefficients(self.trials)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """claims.csv."""
        return verdicts(
            self.trials,
            self.claims,
            headline=self.headline if self.held_out else None,
            epochs=self.study["epochs"],
            test_rows=self.test_rows,
            comparison=self.replay,
        )

    @cached_property
    def replay(self) -> pd.DataFrame:
        """Values of the paper's repeated runs beside the published ones; may be empty."""
        runs = (self.results.replay or {}).get("runs", ())
        return replays.compare(runs, replays.load_published())

    @cached_property
    def software_runs(self) -> pd.DataFrame:
        """Trials in old software, of `fit` on arrays in current software, and of this study."""
        return drift.with_suite(self.results.drift, self.trials, self.study["epochs"])

    @cached_property
    def drift(self) -> pd.DataFrame:
        """Current software against the old one; empty where the old one was not run."""
        return drift.compare(self.software_runs)

    @cached_property
    def replay_ranks(self) -> pd.DataFrame:
        """The rank of the paper's repeated runs among other seeds."""
        return standing(self.replay, self.software_runs)

    @cached_property
    def timings(self) -> pd.DataFrame:
        """The timing benchmarks; empty where none were run."""
        return timing_frame(self.results.timing)

    @cached_property
    def cost_growth(self) -> pd.DataFrame:
        """Times of the many-seeds trainer by size; empty where none were measured."""
        return scaling_frame(self.results.timing)

    def histories(self, dataset: str, protocol: str) -> pd.DataFrame:
        """Return the epochs of the trials with scores in one panel."""
        nothing = pd.DataFrame(columns=["activation", "seed"])
        epochs = self.results.histories.get((dataset, protocol), nothing)
        known = pd.Series(False, index=epochs.index)
        for name, trials in in_panel(self.scored, dataset, protocol).groupby("activation"):
            known |= (epochs["activation"] == name) & epochs["seed"].isin(trials["seed"])
        return epochs if known.all() else epochs[known]  # a copy only where it is needed

    def adaact(self, dataset: str, protocol: str) -> pd.DataFrame:
        """Return Adaact's trials with scores in one panel."""
        rows = in_panel(self.scored, dataset, protocol)
        return rows[rows["activation"] == ADAACT]


def in_panel(table: pd.DataFrame, dataset: str, protocol: str) -> pd.DataFrame:
    """Return the rows of one data set under one protocol."""
    return table[(table["dataset"] == dataset) & (table["protocol"] == protocol)]


def claim_on_test_accuracy(view: View, dataset: str, protocol: str) -> pd.Series | None:
    """Return the claim on Adaact's test accuracy in one panel; None where there is none."""
    claims = in_panel(view.verdicts, dataset, protocol)
    wanted = (claims["kind"] == "figure") & (claims["metric"] == "test_accuracy")
    found = claims[wanted & (claims["activation"] == ADAACT)]
    return None if found.empty else found.iloc[0]


def published(view: View, dataset: str, protocol: str) -> float:
    """Return Adaact's published test accuracy in one panel; NaN where there is none."""
    claim = claim_on_test_accuracy(view, dataset, protocol)
    return float("nan") if claim is None else float(claim["claimed"])


def published_ranges(view: View, dataset: str, protocol: str) -> dict[str, tuple[float, float]]:
    """Return the interval of the test accuracies that round to the published one, by activation."""
    claims = in_panel(view.verdicts, dataset, protocol)
    wanted = claims[(claims["kind"] == "figure") & (claims["metric"] == "test_accuracy")]
    ranges = {}
    for claim in wanted.to_dict("records"):
        half = 0.5 * 10.0 ** -int(claim["decimals"])
        middle = float(claim["claimed"])
        ranges[str(claim["activation"])] = middle - half, middle + half
    return ranges


def accuracies(view: View, dataset: str, protocol: str) -> pd.DataFrame:
    """Return the spread of test accuracy in one panel, one row per activation."""
    spreads = in_panel(view.spreads, dataset, protocol)
    return spreads[spreads["metric"] == "test_accuracy"]
