"""What did each data set give?"""

import math
from collections.abc import Callable
from functools import partial

import pandas as pd

from baselines import CLASSICAL
from bench.analysis.selection_bias import MOST_AT_CAP
from bench.csv_columns import CELL
from bench.data import title
from bench.escapes import file_name
from bench.reporting.columns import ACTIVATION, TableColumn
from bench.reporting.curves import learning_curves, validation_name
from bench.reporting.distribution import distribution
from bench.reporting.document import Block, Heading, Picture, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.marks import Drawing
from bench.reporting.names import compared_title, dataset_name, metric_title, protocol_title
from bench.reporting.view import View, in_panel
from bench.reporting.wording import DASH, number
from bench.training.protocols import PROTOCOLS

ACCURACY = "test_accuracy"  # has its range; of other scores the median is shown
CLEAN = "paper-clean"  # serves the section on selection bias


def datasets(view: View) -> list[Block]:
    """One table per data set, all protocols side by side, and its figures."""
    reasons = view.results.provenance["not_measured"]
    blocks: list[Block] = [Heading("Scores by data set"), Prose(EXPLAINED)]
    for name in dict.fromkeys([*view.study["datasets"], *reasons]):
        blocks.append(Heading(dataset_name(name), 3))
        if len(view.scored[view.scored["dataset"] == name]):
            blocks += [score_table(view, name), *_pictures(view, name)]
        else:
            why = reasons.get(name, "No trial of it is there.")
            blocks.append(Prose(f"**Not measured.** {literal(why)}"))
    return blocks


EXPLAINED = """
Medians over trials (the comparison uses means); in brackets the range from the 10th to the 90th
percentile. The last rows are scikit-learn's, on the same training rows. *At the cap*: the share of
trials still training when the epochs ran out, if above a tenth. *Constant*: trials that predict one
class for every test row. In figures by epoch, a trial that stopped early keeps its last value."""


def _pictures(view: View, dataset: str) -> list[Block]:
    """Return the pictures of test accuracy over trials and of the learning curves."""
    protocols = [p for p in view.study["protocols"] if len(in_panel(view.networks, dataset, p))]
    if not protocols:
        return []
    placed = protocols[0]
    shown = view.headline_protocol if view.headline_protocol in protocols else placed
    trials, histories = in_panel(view.networks, dataset, placed), view.histories(dataset, shown)
    marks, name = _published(view, trials), _panel(dataset, placed)
    alt = f"{name}: test accuracy of every trial by activation, with medians"
    alt += " and the published value" if marks else ""
    draw: Callable[[], Drawing] = partial(distribution, trials, marks, name)
    pictures: list[Block] = [Picture(f"{file_name(dataset)}-accuracy.png", alt, "", draw)]
    if len(histories):
        name = _panel(dataset, shown)
        alt = f"{name}: accuracy and loss per epoch, train and {validation_name(shown)}"
        draw = partial(learning_curves, histories, name, shown)
        pictures.append(Picture(f"{file_name(dataset)}-curves.png", alt, "", draw))
    return pictures


def _panel(dataset: str, protocol: str) -> str:
    return f"{title(dataset)}, {protocol_title(protocol)} protocol"


def _published(view: View, trials: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the interval of the test accuracies that round to the published one, by activation."""
    claims = view.verdicts[(view.verdicts["kind"] == "figure")]
    claims = claims[claims["metric"] == ACCURACY].merge(trials[list(CELL)].drop_duplicates())
    ranges = {}
    for claim in claims.to_dict("records"):
        half = 0.5 * 10.0 ** -int(claim["decimals"])
        ranges[claim["activation"]] = claim["claimed"] - half, claim["claimed"] + half
    return ranges


def score_table(view: View, dataset: str) -> Table:
    """Scores of every activation on one data set, all protocols side by side."""
    mine = view.trials[view.trials["dataset"] == dataset]
    measured = set(mine["protocol"]) - {CLEAN}
    protocols = [name for name in view.study["protocols"] if name in measured]
    order = (*view.study["activations"], *CLASSICAL)
    names = [name for name in order if name in set(mine["activation"])]
    frame, columns = pd.DataFrame({"activation": names}), [ACTIVATION]
    for protocol in protocols:
        part = _part(view, dataset, protocol, names).add_prefix(f"{protocol} ")
        frame = frame.join(part, on="activation")
        columns += _columns(view, protocol, prefix=len(protocols) > 1)
    return Table(frame, columns)


def _part(view: View, dataset: str, protocol: str, names: list[str]) -> pd.DataFrame:
    """Return one row per activation: trials, median and range of every score, share at the cap."""
    mine = in_panel(view.scored, dataset, protocol)
    groups = mine.groupby("activation", sort=False)
    made = pd.DataFrame({"n": groups.size().reindex(names, fill_value=0)})
    made["asked"] = [view.asked(dataset, protocol, name) for name in names]
    made["constant"] = groups["constant"].sum()
    for score in ("train_accuracy", *view.metrics):
        made[score] = groups[score].median()
    made[f"{ACCURACY} low"] = groups[ACCURACY].quantile(0.1)
    made[f"{ACCURACY} high"] = groups[ACCURACY].quantile(0.9)
    caps = in_panel(view.caps, dataset, protocol).set_index("activation")["share"]
    made["at_cap"] = caps.reindex(made.index)
    return made


def _columns(view: View, protocol: str, *, prefix: bool) -> list[TableColumn]:
    begins = f"{literal(protocol_title(protocol))}: " if prefix else ""
    one_split = PROTOCOLS[protocol].one_split
    score_title = compared_title if view.own else metric_title

    def column(heading: str, text: Callable[..., str], *names: str) -> TableColumn:
        return TableColumn(f"{begins}{heading}", tuple(f"{protocol} {n}" for n in names), text)

    shown = [column("trials", _trials, "n", "asked", "constant", "at_cap")]
    for score in view.metrics:
        name = literal(score_title(score))
        if score == ACCURACY:
            shown.append(column(name, _score, score, f"{score} low", f"{score} high"))
        elif not (prefix and one_split):  # else it stands with the published values
            shown.append(column(name, number, score))
    if one_split or not prefix:
        shown.append(column("train accuracy", number, "train_accuracy"))
    return shown


def _score(middle: float, low: float, high: float) -> str:
    if low == high or not math.isfinite(middle):
        return number(middle)
    return f"{number(middle)} [{number(low)} to {number(high)}]"


def _trials(n: float, asked: float, constant: float, at_cap: float) -> str:
    if not (n or asked):
        return DASH
    text = f"{n:,.0f}" if n == asked else f"{n:,.0f} of {asked:,.0f}"
    notes = [f"{at_cap:.0%} at the cap"] if at_cap > MOST_AT_CAP else []
    notes += [f"{constant:.0f} constant"] if constant and math.isfinite(at_cap) else []
    return f"{text} ({', '.join(notes)})" if notes else text
