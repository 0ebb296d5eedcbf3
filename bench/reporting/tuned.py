"""A study's tuned trials, and the statistics made from them, once each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from bench.analysis import tuning
from bench.analysis.verdicts import measured
from bench.rate_choice import class_rows
from bench.reporting.names import ADAACT
from bench.training.protocols import PROTOCOLS, tuning_of

if TYPE_CHECKING:
    from bench.reporting.view import View

CELL, CHANGE = ["dataset", "activation"], ["estimate", "low", "high"]


@dataclass(frozen=True, eq=False)
class Tuned:
    """What tuning the learning rate changes.

    Attributes:
        untuned: The study at the default rate.
    """

    untuned: View

    @property
    def protocol(self) -> str:
        """The protocol that tunes that of the comparison."""
        return tuned_protocol(self.untuned.headline_protocol)

    @cached_property
    def tuning(self) -> pd.DataFrame:
        """The tuning trials of the comparison's protocol."""
        results = self.untuned.results
        own = results.tuning[results.tuning["protocol"] == self.protocol]
        asked = [*self.untuned.study["datasets"], *self.untuned.study["activations"]]
        order = {name: place for place, name in enumerate(asked)}
        own = own.sort_values(
            ["dataset", "activation"], key=lambda column: column.map(order), kind="stable"
        )
        names = own["dataset"].unique()
        return tuning.counted(own, {name: class_rows(name, self.untuned.tables) for name in names})

    @cached_property
    def choices(self) -> pd.DataFrame:
        """The chosen rates."""
        return tuning.choices(self.tuning)

    @cached_property
    def view(self) -> View:
        """The study at the chosen rates: its comparisons, failed training and so on."""
        results = self.untuned.results
        final = replace(
            results,
            trials=tuning.tuned_trials(results.trials, self.choices),
            rows=tuning.tuned_rows(results.rows, self.protocol),
            looks=results.looks[:0],
        )
        return replace(self.untuned, results=final, at_chosen_rates=True)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Tuned minus untuned: of each comparison of the headline, and of each activation."""
        study, known = self.untuned.study, measured(self.untuned.headline)
        references = list(known["reference"].unique()) if ADAACT in study["activations"] else []
        return tuning.changes(
            self.untuned.trials,
            self.view.trials,
            pd.concat([self.untuned.results.rows, self.view.results.rows]),
            self.untuned.sizes_of(study["datasets"]),
            study["activations"],
            self.protocol,
            references=references,
        )

    @property
    def margins(self) -> dict[str, float]:
        """The gap that is too small to matter, by data set."""
        return {name: size.margin for name, size in self.untuned.sizes.items()}

    @cached_property
    def rates(self) -> pd.DataFrame:
        """The validation accuracy of the tuning trials by rate."""
        return tuning.by_rate(self.tuning)

    @cached_property
    def expected(self) -> pd.DataFrame:
        """The validation accuracy that fewer rates would have reached."""
        return tuning.expected(self.tuning)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """What was chosen in each cell, what it gained and what it took: tables/tuning.csv.

        Beside the columns of ``analysis.tuning.summary``: ``gain, gain_low, gain_high`` in test
        accuracy; ``untuned, tuned``: mean test accuracy; ``failed_untuned, failed_tuned``: shares
        of failed training; ``seconds``, of the final trials too; ``expected_N``: validation
        accuracy that N rates would have reached.
        """
        table = tuning.summary(self.tuning, self.choices, self.rates, self.margins)
        own = self.changes[self.changes["reference"] == tuning.UNTUNED]
        gains = own.rename(columns={"method": "activation"}).set_index(CELL)[CHANGE]
        parts: list[pd.DataFrame | pd.Series]
        parts = [gains.set_axis(["gain", "gain_low", "gain_high"], axis=1)]
        for name, view in (("untuned", self.untuned), ("tuned", self.view)):
            scored, failed = (
                rows[rows["protocol"] == view.headline_protocol].groupby(CELL)
                for rows in (view.scored, view.failed)
            )
            parts.append(scored["test_accuracy"].mean().rename(name))
            parts.append(failed["share"].first().rename(f"failed_{name}"))
        wall = pd.DataFrame(self.untuned.results.provenance["wall"])
        own = wall[wall["protocol"].isin([self.protocol, tuning_of(self.protocol)])]
        parts.append(own.groupby(CELL)["seconds"].sum())
        reached = self.expected.set_index([*CELL, "rates"])
        parts.append(reached["validation_accuracy"].unstack("rates").add_prefix("expected_"))
        for part in parts:
            table = table.join(part, on=CELL)
        return table


def tuned_protocol(untuned: str) -> str:
    """Return the protocol that repeats another at learning rates of each activation's own."""
    return next(name for name, one in PROTOCOLS.items() if one.tunes == untuned)
