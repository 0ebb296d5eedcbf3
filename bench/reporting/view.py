"""A study as the report looks at it: its rows, and the statistics made from them, once each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from baselines import ACTIVATIONS, DEFAULT, FIXED
from bench import csv_columns
from bench.analysis import best_fixed, drift, replays
from bench.analysis.claim_verdicts import claim_verdicts
from bench.analysis.coefficients import coefficients
from bench.analysis.failed_training import failed_training
from bench.analysis.headline import REFERENCES, Size, headline, with_limits
from bench.analysis.looks import after_looks
from bench.analysis.scores import networks
from bench.analysis.selection_bias import at_cap, selection_bias
from bench.analysis.spread import spread
from bench.analysis.timings import timing_frame
from bench.analysis.verdicts import at_margins, judged
from bench.claims_file import PAPER_CLAIMS, Paper, load_claims
from bench.csv_columns import PARTS, score_name
from bench.data import DATASETS
from bench.data.dataset import MARGIN
from bench.exports.cross_checks import asked_places, tuned
from bench.exports.reading import Results, load
from bench.published import load_published
from bench.records import ACCURACY, SCIKIT_LEARN, Claim
from bench.reporting.names import ADAACT, compared, is_loss
from bench.reporting.reasons import in_words
from bench.reporting.tuned import Tuned, tuned_protocol
from bench.study import HELD_OUT, MOST_DRAWN, TABLE_PROTOCOL
from bench.training.protocols import ASKED, MOST_EPOCHS, PROTOCOLS
from bench.training.trials.metrics import METRICS

TESTED_MODELS = ("logistic-regression", "gradient-boosting", "majority-class")  # of own tables
PAPER = "paper"  # the protocol by which the published values came about


class OwnSize(NamedTuple):
    """Rows of an own table and of one test set, and the gap that is too small to matter."""

    rows: int
    test_rows: int
    margin: float


@dataclass(frozen=True, eq=False)
class View:
    """What the report is made from.

    Attributes:
        results: The exported files.
        claims: What is checked against them.
        foreign: The paper whose claims these are; None: Adaact's.
        at_chosen_rates: Whether it is about the tuned trials in place of the others.
    """

    results: Results
    claims: Sequence[Claim]
    foreign: Paper | None = None
    at_chosen_rates: bool = False

    @classmethod
    def of(cls, results_dir: Path, claims: Path = PAPER_CLAIMS) -> Self:
        """A results folder held against a claims file.

        Adaact's paper says nothing of somebody's own table, nor its replayed runs of another paper:
        they are left out.

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
        mine = self.foreign is None and ADAACT in self.study["activations"]
        return mine and not self.against

    @property
    def against(self) -> str:
        """What all others are compared with; empty: what each question asks for."""
        return self.study.get("against", "")

    @property
    def metric(self) -> str:
        """Column of trials.csv that the comparisons are about."""
        asked = self.study.get("metric", ACCURACY)
        return asked if compared(asked) else ACCURACY

    @property
    def higher(self) -> bool:
        """Whether a higher score is better."""
        return not is_loss(self.metric)

    @cached_property
    def trials(self) -> pd.DataFrame:
        """trials.csv, but for the trials at tuned learning rates, which ``tuned`` has."""
        trials = self.results.trials
        named = tuned(self.results.provenance["study"]["protocols"])
        return trials if self.at_chosen_rates else trials[~trials["protocol"].isin(named)]

    @cached_property
    def tuned(self) -> Tuned | None:
        """What tuning the learning rate changes; None where it was not tuned."""
        made = Tuned(self)
        return made if len(made.choices) else None

    @cached_property
    def study(self) -> Mapping[str, Any]:
        """What was asked for, but for the tuned protocols, which ``tuned.view`` has."""
        study = self.results.provenance["study"]
        named = tuned(study["protocols"])
        own = [name for name in study["protocols"] if (name in named) == self.at_chosen_rates]
        return study | {"protocols": own}

    def asked(self, dataset: str, protocol: str, activation: str) -> int:
        """How many trials of a cell were asked for; of scikit-learn's models, those that are there.

        Args:
            dataset: Its name.
            protocol: Its name.
            activation: Its name.
        """
        if activation not in self.study["activations"]:
            mine = in_panel(self.classical, dataset, protocol)
            return int((mine["activation"] == activation).sum())
        if not PROTOCOLS[protocol].covers(dataset):
            return 0
        places = asked_places(self.results.provenance["study"], dataset, protocol, fitted=False)
        return len(places["split"]) * len(places["seed"])

    @property
    def many_activations(self) -> bool:
        """Whether Adaact is compared with many activations; all of them are the tested family."""
        return self.of_adaact and len(self.study["activations"]) > MOST_DRAWN

    @property
    def held_out(self) -> bool:
        """Whether any trial ran under a protocol whose test set is used for the score alone."""
        return bool((self.trials["protocol"] == self.headline_protocol).any())

    @property
    def headline_protocol(self) -> str:
        """The protocol of the comparison: of an own table, the one with standardised inputs."""
        protocol = TABLE_PROTOCOL if self.own else HELD_OUT
        return tuned_protocol(protocol) if self.at_chosen_rates else protocol

    @property
    def own(self) -> list[str]:
        """Data sets of the study that the registry doesn't know: tables of somebody's own."""
        return [name for name in self.study["datasets"] if name not in DATASETS]

    @cached_property
    def metrics(self) -> list[str]:
        """Columns of trials.csv that hold a test score."""
        return [*csv_columns.tested_scores(map(str, self.trials)), *["test_loss"] * bool(self.own)]

    @cached_property
    def sizes(self) -> dict[str, Size]:
        """Sizes by data set; of one that the registry doesn't know, from trials.csv."""
        sizes: dict[str, Size] = dict(DATASETS)
        own = self.trials[~self.trials["dataset"].isin(list(DATASETS))]
        for name, mine in own.dropna(subset="test_rows").groupby("dataset"):
            tested, others = map(int, mine[["test_rows", "other_rows"]].iloc[0])
            metric = compared(self.metric)
            least = 1 / (tested + others) if self.higher else 0.0
            margin = max(metric.margin if metric else MARGIN, least)
            sizes[str(name)] = OwnSize(tested + others, tested, margin)
        return sizes

    @cached_property
    def test_rows(self) -> dict[str, int]:
        """Rows of one test set, by data set; a trial's accuracy moves in steps of one of them."""
        sizes = {name: size.test_rows for name, size in self.sizes.items()}
        return dict.fromkeys(self.study["datasets"], 0) | sizes

    @cached_property
    def scored(self) -> pd.DataFrame:
        """The trials that have numbers."""
        return self.trials[self.trials["status"] == "ok"]

    @cached_property
    def networks(self) -> pd.DataFrame:
        """The scored trials of networks."""
        return networks(self.scored)

    @cached_property
    def classical(self) -> pd.DataFrame:
        """The scored trials of scikit-learn's models."""
        return self.scored[self.scored["trainer"] == SCIKIT_LEARN]

    @cached_property
    def spreads(self) -> pd.DataFrame:
        """Every score of every cell over trials: the columns of ``spread``, after ``metric``."""
        metrics = ("train_accuracy", *self.metrics)
        first = self.study["activations"][0]  # all have as many
        asked = {
            (dataset, protocol): self.asked(dataset, protocol, first)
            for dataset in self.study["datasets"]
            for protocol in self.study["protocols"]
        }
        parts = [spread(self.trials, metric, asked).assign(metric=metric) for metric in metrics]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def caps(self) -> pd.DataFrame:
        """The share of each cell's trials that were still training when the epochs ran out."""
        return at_cap(self.networks, self.most_epochs)

    @cached_property
    def failed(self) -> pd.DataFrame:
        """How many trials of each cell failed to train."""
        return failed_training(self.trials)

    @cached_property
    def most_epochs(self) -> dict[tuple[str, str], int]:
        """The cap on epochs by data set and protocol; on the paper's split at most the paper's."""
        return {
            (name, protocol): PROTOCOLS[protocol].most_epochs(MOST_EPOCHS, cap)
            for name, cap in self.study["epochs"].items()
            for protocol in self.study["protocols"]
        }

    @cached_property
    def shortened(self) -> dict[str, int | None]:
        """By data set: the cap on epochs where it is below the paper's; else None."""
        caps = self.study["epochs"].items()
        return {name: cap if cap and cap < MOST_EPOCHS else None for name, cap in caps}

    @cached_property
    def family(self) -> pd.DataFrame:
        """The one tested family, as one look at it has it.

        Every comparison is "not measured" without held-out trials.
        """
        others = [name for name in self.study["activations"] if name != (self.against or ADAACT)]
        models = [name for name in TESTED_MODELS if self.own and name in self.study["models"]]
        every = (*(others if self.many_activations else REFERENCES), *models)
        return headline(
            self._gains,
            self.results.rows,
            self._family,
            methods=others if self.against else [ADAACT],
            references=[self.against] if self.against else every,
            **self._asked,
        )

    @property
    def _gains(self) -> pd.DataFrame:
        """The trials, their score turned round where less is better: a positive gap is better."""
        if self.higher or self.metric not in self.trials:
            return self.trials
        return self.trials.assign(**{self.metric: -self.trials[self.metric]})

    @property
    def several(self) -> bool:
        """Whether the headline is about several tables of somebody's own."""
        return len(self.own) > 1 and self.compares

    @property
    def compares(self) -> bool:
        """Whether the headline has a measured side: a method, and held-out trials."""
        return self.held_out and bool(self.against or ADAACT in self.study["activations"])

    @property
    def _asked(self) -> dict[str, Any]:
        """What is compared: the trials of which protocol, by which score, of which groups."""
        groups = {
            name: np.array(table["groups"]["of_rows"])
            for name, table in self.tables.items()
            if "groups" in table
        }
        return {"protocol": self.headline_protocol, "metric": self.metric, "groups": groups}

    @property
    def tables(self) -> Mapping[str, Any]:
        """What is known of each table of somebody's own."""
        return self.results.provenance.get("tables", {})

    @cached_property
    def headline(self) -> pd.DataFrame:
        """The one tested family with its verdicts, which allow for all looks at it."""
        family = in_words(with_limits(self._judged(self.family), self._family))
        return self._marked(family, "reference")

    def _judged(self, family: pd.DataFrame) -> pd.DataFrame:
        looks = self.results.looks
        first = looks.empty or self.against or self.metric != ACCURACY
        return judged(family) if first else after_looks(looks, family)

    def _marked(self, family: pd.DataFrame, other: str) -> pd.DataFrame:
        """Add ``capped``: whether the cap on epochs ended many trials of one of the two.

        Args:
            family: Comparisons of ``method`` with another.
            other: The column that names it.
        """
        marked = self.caps.loc[self.caps["marked"].astype(bool), list(csv_columns.CELL)]
        cells = pd.MultiIndex.from_frame(marked)
        sides = (family[["dataset", "protocol", side]] for side in ("method", other))
        capped = np.any([pd.MultiIndex.from_frame(side).isin(cells) for side in sides], axis=0)
        return family.assign(capped=capped & (family["verdict"] != "not measured"))

    @cached_property
    def at_margins(self) -> pd.DataFrame:
        """The verdicts of the headline at other margins."""
        return self._marked(at_margins(self.family, judge=self._judged), "reference")

    @cached_property
    def best_fixed(self) -> pd.DataFrame:
        """Activations under test against the best fixed one; empty for those of the headline."""
        asked = self.study["activations"]
        fixed = [name for name in asked if name in FIXED]
        tested = [name for name in asked if name not in FIXED]
        known = set(asked) <= set(DEFAULT) or self.against
        if not self.held_out or not fixed or not tested or known:
            return pd.DataFrame(columns=best_fixed.COLUMNS)
        table = best_fixed.against_best(
            self._gains,
            self.results.rows,
            self.sizes_of(self.study["datasets"]),
            tested,
            fixed,
            **self._asked,
        )
        return self._marked(in_words(table), "best_fixed")

    @property
    def _family(self) -> dict[str, Size]:
        """The registered sets, all of them always; those the user chose; or somebody's own."""
        chosen = self.many_activations or self.against
        names = self.study["datasets"] if chosen else self.own or list(DATASETS)
        return self.sizes_of(names)

    def sizes_of(self, names: Iterable[str]) -> dict[str, Size]:
        """Sizes of these data sets; one without a trial has none."""
        return {name: self.sizes[name] for name in names if name in self.sizes}

    @cached_property
    def selection_bias(self) -> pd.DataFrame:
        """What early stopping on the test set adds."""
        return selection_bias(self.trials, self.test_rows, self.most_epochs)

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """Learned scalars over seeds."""
        return coefficients(self.trials)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """claims.csv."""
        verdicts = claim_verdicts(
            self.trials,
            self.claims,
            headline=self.headline if self.held_out and not self.against else None,
            epochs=self.shortened,
            test_rows=self.test_rows,
            comparison=self.replay,
        )
        return in_words(verdicts)

    @cached_property
    def replay(self) -> pd.DataFrame:
        """The paper's own runs and what they were published as; no row where none was replayed."""
        return replays.compare(self.replay_runs, load_published())

    @cached_property
    def drift(self) -> pd.DataFrame:
        """How far the samples lie apart; no row where the old software was not run."""
        runs = drift.with_suite(self.results.drift, self.trials, self.shortened)
        return drift.compare(runs)

    @property
    def replay_runs(self) -> Sequence[Mapping[str, Any]]:
        """The paper's own runs as ``replay.json`` has them; none where they were not repeated."""
        return self.results.replay["runs"] if self.results.replay else ()

    @cached_property
    def timings(self) -> pd.DataFrame:
        """The timing benchmarks; empty where none were run."""
        return timing_frame(self.results.timing)

    def histories(self, dataset: str, protocol: str) -> pd.DataFrame:
        """The epochs of the trials with numbers in one data set and protocol."""
        names = ["activation", "split", "seed"]
        epochs = self.results.histories.get((dataset, protocol), pd.DataFrame(columns=names))
        scored = pd.MultiIndex.from_frame(in_panel(self.scored, dataset, protocol)[names])
        known = pd.MultiIndex.from_frame(epochs[names]).isin(scored)
        return epochs if known.all() else epochs[known]  # a copy only where it is needed


def in_panel(table: pd.DataFrame, dataset: str, protocol: str) -> pd.DataFrame:
    """The rows of one data set under one protocol."""
    return table[(table["dataset"] == dataset) & (table["protocol"] == protocol)]


def known_names(results: Results) -> dict[str, list[str]]:
    """Return the names that a claim on these results may have, by its key."""
    study = results.provenance["study"]
    scores = [score_name(part, metric) for part in PARTS for metric in METRICS]
    fixed = csv_columns.names(csv_columns.TRIAL)
    names = dict.fromkeys([*fixed, *scores, *map(str, results.trials)])
    numbers = [one for one in map(csv_columns.of, names) if one.type in ("integer", "number")]
    return {
        "dataset": list(dict.fromkeys([*DATASETS, *study["datasets"]])),
        "metric": [one.name for one in numbers if one.kind != "key"],
        "activation": list(dict.fromkeys([*ACTIVATIONS, *study["activations"]])),
        "protocol": list(dict.fromkeys([*ASKED, *study["protocols"]])),
    }
