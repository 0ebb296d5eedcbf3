"""Are the published values real, and are they typical of our trials?"""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from bench.analysis.typical import fewest_trials
from bench.reporting.columns import ACTIVATION, DATASET, PROTOCOL, VERDICT, TableColumn, or_dash
from bench.reporting.document import Block, Bullets, Heading, Prose, Table
from bench.reporting.inline import literal
from bench.reporting.names import ADAACT, activation_name, dataset_name, metric_title
from bench.reporting.sections.replay import outcomes, software
from bench.reporting.view import View
from bench.reporting.wording import count, equals, joined, number, probability, spread

REAL = "Is the number real?"
TYPICAL = "Is it typical of other seeds?"


def published_answer(view: View) -> list[Block]:
    """Whether the published values were repeated, and whether they are typical."""
    values = published_values(view)
    if values.empty:
        return []
    repeated = [] if view.foreign else [Prose(real(values), REAL)]  # the repetitions are Adaact's
    return [*repeated, Prose(typical(values), TYPICAL)]


def published(view: View) -> list[Block]:
    """Every published value with its verdict and the range that would have passed."""
    values = published_values(view)
    if values.empty:
        return []
    counts = view.verdicts[view.verdicts["kind"] == "exact"]
    placed = view.foreign is not None
    return [
        Heading("The published values"),
        Prose(explained(values)),
        value_table(values, placed=placed),
        Prose(FACTS if view.of_adaact else ""),
        Prose(counted(counts)),
        *_repeated(view),
    ]


def explained(values: pd.DataFrame) -> str:
    """Return what the verdicts mean, and whether each of them could have been given.

    Args:
        values: Rows of claims.csv that are scores.
    """
    facts, most = values["fact"].nunique(), int(values["seeds"].max())
    fewest = fewest_trials(facts)
    text = EXPLAINED.format(facts=count(facts, "fact"), trials=fewest)
    if most < fewest:
        text += f" Here no value has more than {count(most, 'trial')}: none can be *not typical*."
    return text


EXPLAINED = """
*Typical*: the published value lies in the range that passes: it is an ordinary one among our trials
of the same protocol (p above .05). *Uninformative*: it passes, but the range is so wide that hardly
any value would fail. *Not typical*: p is at most .05 also after Holm's correction over the facts,
which takes {trials} trials for {facts}. *Undecided*: p is at most .05 before that correction alone;
or there are too few trials or epochs. *Would also pass*: models whose median lies in the range."""
FACTS = """
Test accuracy and test F1 come from the same predictions and are one fact. *Repeated run*: whether
the paper's own run, repeated with the same seed in the old TensorFlow, gives the value again, to
three decimals at least."""


def published_values(view: View) -> pd.DataFrame:
    """Return the rows of claims.csv that are scores.

    None where they are Adaact's and Adaact was not trained.
    """
    shown = view.of_adaact or view.foreign
    return view.verdicts[(view.verdicts["kind"] == "figure") & bool(shown)]


def value_table(values: pd.DataFrame, *, placed: bool = False) -> Table:
    """One row per published value, with its verdict.

    Args:
        values: Rows of claims.csv that are scores.
        placed: Whether to show activation, protocol and place, which differ in some papers.
    """
    optional = [column for column in OPTIONAL if (values[column.first] != "").any()]
    if placed:
        return Table(values, [DATASET, ACTIVATION, PROTOCOL, *COLUMNS, *optional, PLACE])
    return Table(values, [DATASET, *COLUMNS, *optional])


def _with_one_more(median: float, low: float, high: float, decimals: int) -> str:
    """One digit more than published: the paper's own rounding stays visible."""
    return spread(median, low, high, decimals + 1)


def _range(low: float, high: float, decimals: int) -> str:
    if not math.isfinite(low):
        return "any"
    text = number(low, decimals)
    return text if low == high else f"{text} to {number(high, decimals)}"


COLUMNS = (
    TableColumn("value", ("metric",), metric_title, words=True),
    TableColumn("published", ("claimed", "decimals"), number),
    TableColumn("our median [95 %]", ("median", "low", "high", "decimals"), _with_one_more),
    TableColumn("trials", ("seeds",)),
    TableColumn("passes", ("passes_low", "passes_high", "decimals"), _range),
    TableColumn("p (Holm)", ("p_holm",), probability),
    VERDICT,
)
PLACE = TableColumn("place", words=True)
OPTIONAL = (
    TableColumn("repeated run", ("reproduced",), or_dash, words=True),
    TableColumn("would also pass", ("also_pass",), or_dash, words=True),
)


NOT_TRIED = "Not tried here. `tox -e replay` repeats the paper's own runs in the old TensorFlow."


def real(values: pd.DataFrame) -> str:
    """Return whether the paper's own runs, repeated, gave the published values.

    Args:
        values: Rows of claims.csv that are scores.
    """
    tried = values[values["reproduced"] != ""]
    if tried.empty:
        return NOT_TRIED
    good = int((tried["reproduced"] == "reproduced").sum())
    word = {len(tried): "Yes.", 0: "No."}.get(good, "In part.")
    return (
        f"**{word}** The paper's own runs, repeated with the same seeds in the old TensorFlow, "
        f"give {good} of {len(tried)} published values again."
    )


def typical(values: pd.DataFrame) -> str:
    """Return how many published values are typical, and name those that are not.

    Args:
        values: Rows of claims.csv that are scores.
    """
    groups = {word: values[values["verdict"] == word] for word in WORDS}
    if len(groups["not measured"]) == len(values):
        return "Not measured yet: there is no trial with one of the published scores."
    told = [
        f"{len(rows)} {'is' if len(rows) == 1 else 'are'} {word} "
        f"({joined(map(dataset_name, rows['dataset'].unique()))})"
        for word, rows in groups.items()
        if len(rows)
    ]
    sentences = [f"Of {count(len(values), 'published value')} {joined(told)}."]
    sentences += [_told(row) for word in DOUBTED for row in _accuracies(groups[word])]
    if reasons := joined(dict.fromkeys(map(literal, groups["undecided"]["reason"]))):
        sentences.append(f"Undecided: {reasons}.")
    return f"**{_in_a_word(groups, len(values))}** {' '.join(sentences)}"


WORDS = ("typical", "not typical", "uninformative", "undecided", "not measured")
DOUBTED = ("not typical", "uninformative")


def _in_a_word(groups: Mapping[str, pd.DataFrame], total: int) -> str:
    good = len(groups["typical"])
    if good == total:
        return "Yes."
    if len(groups["not typical"]):
        return "Not all of it." if good else "No."
    return "Mostly." if 2 * good >= total else "Undecided."


def _accuracies(values: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Test accuracies, or where there is none, all rows."""
    chosen = values[values["metric"] == "test_accuracy"]
    return (values if chosen.empty else chosen).to_dict("records")


def _told(row: Mapping[Hashable, Any]) -> str:
    decimals = int(row["decimals"])
    claimed = number(row["claimed"], decimals)
    passes = _range(row["passes_low"], row["passes_high"], decimals)
    if row["verdict"] == "uninformative":
        return (
            f"The check can't judge {value_name(row)}, {claimed}: any value from {passes} would "
            "have passed."
        )
    return (
        f"Not typical: {value_name(row)}, {claimed} published, where {passes} would have passed "
        f"(p {equals(row['p_holm'])})."
    )


def value_name(row: Mapping[Hashable, Any]) -> str:
    """Return Bank Note test accuracy; of another activation than Adaact with its name."""
    name = f"{dataset_name(row['dataset'])} {literal(metric_title(row['metric']))}"
    whose = row["activation"]
    return name if whose == ADAACT else f"{name} of {activation_name(whose)}"


def counted(counts: pd.DataFrame) -> str:
    """Return how many counts of parameters are right, in one line; empty where none is claimed.

    Args:
        counts: Rows of claims.csv that are counts.
    """
    if counts.empty:
        return ""
    right = counts[counts["verdict"] == "exact"]
    text = f"Counts of parameters: {len(right)} of {len(counts)} exact"
    text += f" ({joined(f'{value:,.0f}' for value in right['claimed'])})" if len(right) else ""
    wrong = [
        f"{value_name(row)} differs: {row['claimed']:,.0f} published, {row['median']:,.0f} counted"
        for row in counts[counts["verdict"] == "differs"].to_dict("records")
    ]
    unknown = int((counts["verdict"] == "not measured").sum())
    return "; ".join([text, *wrong, *[f"{unknown} not measured"] * bool(unknown)]) + "."


def _repeated(view: View) -> list[Block]:
    """The paper's own runs, repeated: outcomes, and where every number stands."""
    if view.replay.empty:
        return []
    releases = view.results.replay["software"] if view.results.replay else {}
    lead = f"The paper's own runs, repeated with {software(releases)} (every value: "
    return [
        Prose(f"{lead}`tables/replay.csv`):"),
        Bullets(outcomes(view.replay)),
    ]
