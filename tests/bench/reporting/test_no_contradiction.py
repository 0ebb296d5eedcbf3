"""No sentence of a report contradicts its tables, whatever the trials.

Each check finds the sentences of one kind and yields pairs: what a sentence tells, what the table
shows. The sentences are read as a reader would, from the finished page.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.exports import load
from bench.reporting import figures, report
from bench.reporting.summary import VARIABLE

TITLES = {"banknote": "Bank Note", "mnist": "MNIST", "iris": "Iris"}
ROWS = {"Bank Note": 343, "MNIST": 10_000, "Iris": 38}
BOTH = ("paper", "held-out")
SET = "(Bank Note|MNIST|Iris)"
OUTCOMES = {
    "better": r"better in",
    "worse": r"worse in",
    "equivalent": r"equivalent, within the margin, in",
    "cannot tell": r"undecided in",
    "not measured": r"not measured in",
}


@dataclass(frozen=True)
class Page:
    """A report: its sentences, its tables, and the files beside it."""

    text: str
    trials: pd.DataFrame
    asked: int
    claims: pd.DataFrame

    @cached_property
    def blocks(self):
        """Paragraphs and list items, each on one line."""
        parts = re.split(r"\n\s*\n|\n(?= *- |\d+\. )", self.text)
        return [" ".join(part.split()).removeprefix("- ") for part in parts if part[:1] != "|"]

    @cached_property
    def tables(self):
        """Tables of texts by the heading over them and the name of their first columns."""
        found, heading = {}, ""
        for block in re.split(r"\n\s*\n", self.text):
            if block.startswith("#"):
                heading = block.lstrip("# ")
            if block.startswith("|"):
                head, _, *rows = (line.strip("|").split(" | ") for line in block.splitlines())
                names = [name.strip() for name in head]
                cells = [[cell.strip(" *") for cell in row] for row in rows]
                found[heading, names[0], names[1]] = pd.DataFrame(cells, columns=names)
        return found

    def told(self, pattern):
        """What the groups of a pattern are, wherever it is found in the prose."""
        return [found.groups() for block in self.blocks for found in re.finditer(pattern, block)]

    def table(self, heading, first, second):
        """A table; an empty one where it is not there."""
        return self.tables.get((heading, first, second), pd.DataFrame(columns=[first, second]))

    def medians(self, heading):
        """The median test accuracies under a heading, by activation, of nets that have one."""
        scores = self.table(heading, "activation", "runs").set_index("activation")
        medians = scores["test accuracy"].str.split().str[0]
        return medians[(medians != "–") & ~medians.index.str.contains("no net")]

    def arm(self, dataset):
        """Adaact's trials with numbers on a data set, by its title, under the paper's protocol."""
        trials = self.trials[self.trials["dataset"].map(TITLES) == dataset]
        wanted = {"status": "ok", "activation": "adaact", "protocol": "paper"}
        return trials[(trials[list(wanted)] == list(wanted.values())).all(axis=1)]


def rows_of(told):
    """A gap told in test rows, as tables show it: "3.5 of 38 test rows fewer" is −3.5."""
    if told.startswith("not one of"):
        return "0.0"
    amount, more = re.fullmatch(r"([\d.]+) of [\d,]+ test rows (more|fewer)", told).groups()
    return f"{'+' if more == 'more' else '−'}{float(amount):.1f}"


def number(text):
    return float(text.split()[0].replace("−", "-").replace(",", ""))


def agrees(told, gap, rows):
    """Whether a gap told in test rows is that of two medians, which have four digits."""
    return abs(number(rows_of(told)) - gap * rows) <= 0.05 + 1.01e-4 * rows


def one_of(table, **wanted):
    """The one row with these cells."""
    (row,) = [r for r in table.to_dict("records") if wanted.items() <= r.items()]
    return row


def completeness(page):
    states = Counter(page.trials["status"])
    ran = page.told(r"(?:All ([\d,]+) trials?|([\d,]+) of ([\d,]+) trials?) asked for ran")
    ((every, some, asked),) = ran
    yield int((every or some).replace(",", "")), len(page.trials)
    yield int((every or asked).replace(",", "")), page.asked
    told = Counter({name: int(n) for n, name in page.told(r"(\d+) (diverged|failed)(?=[, ])")})
    yield told, Counter({name: states[name] for name in ("diverged", "failed") if states[name]})
    tables = [table for (_, first, runs), table in page.tables.items() if (first, runs) == SCORES]
    cells = [cell for table in tables for cell in table["runs"] if " of " in cell]
    yield sum(int(cell.split()[0]) for cell in cells), states["ok"]


SCORES = ("activation", "runs")


def published(page):
    table = page.table(next(iter(page.tables))[0], "data set", "figure")
    verdicts = Counter(table["verdict"])
    for figures_, words in page.told(r"Of (\d+) figures?: ([^.]+)\."):
        yield int(figures_), len(table)
        yield counted(words), verdicts
    for _ in page.told(r"(Not measured yet: no trial has one of the paper's)"):
        yield verdicts, Counter({"not measured": len(table)})
    for (words,) in page.told(r"Held against the held-out runs instead: ([^.]+)\."):
        yield counted(words), Counter(word for word in table["held-out runs"] if word != "–")
    odd = rf"{SET} (\w+ \w+) \(([\d.]+) published, median ([\d.]+), p (?:= )?([<\d. ]+)\)"
    told = page.told(odd)
    yield len(told), verdicts["not reproduced"]
    for dataset, figure, claimed, median, p in told:
        row = one_of(table, **{"data set": dataset, "figure": figure})
        shown = row["paper"], row["median [95 %]"].split()[0], row["p"]
        yield (claimed, median, p), shown
        yield row["verdict"], "not reproduced"


def counted(words):
    """5 reproduced and 2 cannot tell: a counter."""
    return Counter(
        {word: int(n) for n, word in re.findall(r"(\d+) ([a-z ]+?)(?:,| and |$)", words)}
    )


def parameters(page):
    counts = page.claims[page.claims["kind"] == "exact"]
    for right, every in page.told(r"Counts of parameters: (\d+) of (\d+) exact"):
        yield int(right), (counts["verdict"] == "exact").sum()
        yield int(every), len(counts)
    told = page.told(r"differs: ([\d,]+) published, ([\d,]+) counted")
    wrong = counts[counts["verdict"] == "differs"]
    shown = [(f"{row.claimed:,.0f}", f"{row.median:,.0f}") for row in wrong.itertuples()]
    yield sorted(told), sorted(shown)
    yield all(claimed != median for claimed, median in shown), True


def headline(page):
    table = page.table("The headline comparison", "data set", "Adaact minus")
    for every, outcomes in page.told(r"Of (\d+) comparisons on held-out data Adaact is (.*?\))\."):
        yield int(every), len(table)
        for verdict, phrase in OUTCOMES.items():
            rows = table[table["verdict"] == verdict] if len(table) else table
            found = re.search(rf"{phrase} (\d+) \((.*?)\)", outcomes)
            yield int(found[1]) if found else 0, len(rows)
            named = found[2].split("; ") if found else []
            pairs = [(d, b) for d, bs in (n.split(": ") for n in named) for b in listed(bs)]
            yield pairs, list(zip(rows["data set"], rows["Adaact minus"], strict=True))
    for row in table.to_dict("records"):
        sign = {"better": "+", "worse": "−"}.get(row["verdict"])
        yield row["gap [95 %]"][:1] if sign else None, sign
    decides = rf"\({SET}, against (\w+): (\S+) \((\S+) to (\S+)\), margin ([\d.]+)\)"
    for dataset, baseline, *numbers in page.told(decides):
        row = one_of(table, **{"data set": dataset, "Adaact minus": baseline})
        shown = [*re.findall(r"[−+]?[\d.]+", row["gap [95 %]"]), row["margin"]]
        yield list(map(number, numbers)), list(map(number, shown))


def listed(names):
    return re.split(r", | and ", names)


def leaks(page):
    table = page.table("The leak", "data set", "activation")
    counts = r"higher in (\d+), the same in (\d+), lower in (\d+) of ([\d,]+) runs?"
    sentence = rf"^{SET}: (\S+(?: \[.*?\])?) on average, (.*?); the test set's choice scores "
    told = page.told(sentence + counts)
    yield len(told), (table["activation"] == "Adaact").sum()
    for dataset, gap, rows, *split, runs in told:
        row = one_of(table, **{"data set": dataset, "activation": "Adaact"})
        yield (gap, rows_of(rows)), (row["mean leak [95 %]"], row["in test rows"])
        yield " / ".join(split), row["higher / equal / lower"]
        found = row["runs"].split()[0]  # "38 of 40" where some have no number
        yield (runs, sum(map(int, split))), (found, int(found))


def best_of_the_others(page):
    sentence = (
        rf"^{SET}: median test accuracy (\S+) against (\S+) of (\w+), the highest of the others "
        r"\((.*?)\); P\(Adaact ahead\) (\S+) over (\d+) pairs?"
    )
    for dataset, mine, other, name, gap, ahead, pairs in page.told(sentence):
        heading = f"{dataset}, paper protocol"
        medians = page.medians(heading)
        yield (mine, other), (medians["Adaact"], medians[name])
        yield number(other), max(map(number, medians.drop("Adaact")))
        yield agrees(gap, number(mine) - number(other), ROWS[dataset]), True
        row = one_of(page.table(heading, "Adaact minus", "pairs"), **{"Adaact minus": name})
        shown = [row[column].split()[0] for column in ("P(Adaact ahead) [95 %]", "pairs")]
        yield [ahead, pairs], shown


def linear(page):
    sentence = (
        rf"^{SET}: Adaact's median test accuracy is (\S+), that of `linear` (\S+) \((.*?)\)\."
    )
    for dataset, mine, other, gap in page.told(sentence):
        medians = page.medians(f"{dataset}, paper protocol")
        yield (mine, other), (medians["Adaact"], medians["linear"])
        yield agrees(gap, number(mine) - number(other), ROWS[dataset]), True


def single_runs(page):
    sentence = (
        rf"^{SET}: over (\d+) seeds? test accuracy runs from (\S+) to (\d\.\d+)(.*?)"
        r"(?:; (\d+) runs? ended below 0.5, and (\d+) runs? predicted .*)?\.$"
    )
    for dataset, runs, low, high, _, collapsed, constant in page.told(sentence):
        scores = page.arm(dataset)["test_accuracy"]
        yield (runs, low, high), (str(len(scores)), f"{min(scores):.4f}", f"{max(scores):.4f}")
        yield int(collapsed or 0), (scores < 0.5).sum()
        table = page.table(f"{dataset}, paper protocol", "activation", "runs")
        cell = one_of(table, activation="Adaact")["runs"]
        yield (
            (runs, constant or "0"),
            re.match(r"(\d+) of \d+(?: \((\d+) const)?", cell).groups("0"),
        )


def epochs(page):
    sentence = rf"^{SET}: a run looked at the test set (\d+)(?: to (\d+))? times(.*)"
    for dataset, least, most, rest in page.told(sentence):
        ran = page.arm(dataset)["epochs"]
        yield (int(least), int(most or least)), (ran.min(), ran.max())
        for runs, less, more in re.findall(r"of (\d+) runs? that .*?, (\d+) .*, (\d+) more", rest):
            yield int(less) + int(more) <= int(runs) <= len(ran), True
    trials = pd.concat(map(page.arm, ROWS))
    for earlier, runs in page.told(
        r"In (\d+) of (\d+) Adaact runs? the epoch kept is not the last"
    ):
        yield int(earlier), (trials["best_epoch"] < trials["epochs"]).sum()
        yield int(runs), len(trials)


def scalars(page):
    scalar = r"k(\d) of layer (\d) (\S+ to \S+) \((\d+) below 0, (\d+) changed sign\)"
    for dataset, runs, text in page.told(rf"^{SET}, (\d+) runs?: (k\d of layer .*)"):
        table = page.table(f"{dataset}, paper protocol", "activation", "scalar")
        told = re.findall(scalar, text)
        yield len(told), (table["activation"] == "Adaact").sum()
        for k, layer, ends, below, flips in told:
            row = one_of(table, activation="Adaact", scalar=f"k{k}_{layer}")
            shown = row["from ... to"], row["negative"], row["changed sign"]
            yield (ends, f"{below} of {runs}", flips), shown


def coverage(page):
    shown = [
        min(runs)
        for (_, first, second), table in page.tables.items()
        if (first, second) == ("Adaact minus", "pairs")
        for runs in [[int(n.split()[0]) for n in table["pairs"] if not n.startswith("0")]]
        if runs
    ]
    told = page.told(r"With (\d+) pairs?,? (?:intervals of a mean held|there is no interval)")
    yield [int(n) for (n,) in told], shown


def collapse(page):
    trials = page.trials[(page.trials["activation"] == "adaact") & (page.trials["status"] == "ok")]
    for nets, folded, rest in page.told(r"Of (\S+) trained Adaact nets? (\S+) w[a-z]+ folded (.*)"):
        yield (int(nets), int(folded)), (len(trials), trials["collapse_flips"].count())
        changed = re.search(r"and (\d+) test rows? in all changed class", rest)
        yield int(changed[1]) if changed else 0, trials["collapse_flips"].sum()


CHECKS = (
    completeness,
    published,
    parameters,
    headline,
    leaks,
    best_of_the_others,
    linear,
    single_runs,
    epochs,
    scalars,
    coverage,
    collapse,
)


def contradictions(page):
    """What sentences tell and tables do not show, by check."""
    return {
        check.__name__: wrong
        for check in CHECKS
        if (wrong := [(told, shown) for told, shown in check(page) if told != shown])
    }


def spoiler(seed, noise):
    """Returns what makes trials of any kind: ahead, behind, tied, collapsed, failed, missing."""

    def spoil(trials):
        rng = np.random.default_rng(seed)
        trials = trials[rng.random(len(trials)) < rng.choice([0.7, 1])].copy()
        cells = [trials[name].astype(str) for name in ("dataset", "activation", "protocol")]
        levels = {cell: rng.choice([0.45, 0.9, 0.95, 1.0]) for cell in zip(*cells, strict=True)}
        level = np.array([levels[cell] for cell in zip(*cells, strict=True)])
        rows = trials["dataset"].map(TITLES).map(ROWS).to_numpy()
        right = np.round(rows * np.clip(level + noise * rng.normal(size=len(trials)), 0, 1))
        gained = np.clip(right + rng.integers(-2, 3, len(trials)), 0, rows)
        trials["test_accuracy"] = trials["test_f1"] = right / rows
        leaked = trials["leaked_test_accuracy"].notna()
        trials["leaked_test_accuracy"] = np.where(leaked, gained / rows, np.nan)
        trials["constant"] = rng.random(len(trials)) < 0.1
        trials["best_epoch"] = np.minimum(
            trials["best_epoch"] + rng.integers(0, 3), trials["epochs"]
        )
        trials.loc[trials["collapse_flips"].notna(), "collapse_flips"] = rng.choice([0, 2])
        trials["parameters"] += rng.choice([0, 0, 1])
        states = rng.choice(["ok", "diverged", "failed"], len(trials), p=[0.9, 0.05, 0.05])
        scores = [name for name in trials if trials[name].dtype == float]
        trials.loc[states != "ok", scores] = np.nan
        trials.loc[states != "ok", "constant"] = False
        return trials.assign(status=states, reason=np.where(states == "failed", "it fell", ""))

    return spoil


@st.composite
def studies(draw):
    """Arguments of ``study_in``: data sets, seeds, protocols, and how the trials are spoilt."""
    names = draw(st.lists(st.sampled_from(list(TITLES)), min_size=1, unique=True))
    few, many = st.integers(1, 12), st.just(60)
    protocols = st.sampled_from([("paper",), ("held-out",), BOTH])
    spoil = st.builds(spoiler, st.integers(0, 2**32), st.sampled_from([0, 0.01, 0.2]))
    return {
        "seeds": {name: draw(few if name == "mnist" else few | many) for name in names},
        "protocols": draw(protocols),
        "spoil": draw(spoil),
    }


@pytest.fixture(scope="module", autouse=True)
def without_pictures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "cell_pictures", lambda *_: [])
        patch.delenv(VARIABLE, raising=False)
        yield


@pytest.fixture(scope="module")
def page_of(study_in, tmp_path_factory):
    """The maker of reports: ``page_of(seeds=..., protocols=..., spoil=...) -> Page``."""

    def page_of(**study):
        folder = study_in(tmp_path_factory.mktemp("study"), **study)
        text = report.write_report(folder).read_text(encoding="utf-8")
        claims = pd.read_csv(folder / "claims.csv")
        results = load(folder)
        return Page(text, results.trials, results.provenance["study"]["asked"], claims)

    return page_of


@given(study=studies())
@settings(max_examples=8, derandomize=True)
def test_no_sentence_contradicts_its_table(page_of, study):
    assert contradictions(page_of(**study)) == {}


@pytest.mark.slow
@given(study=studies())
@settings(max_examples=100)
def test_no_sentence_contradicts_its_table_in_many_studies(page_of, study):
    assert contradictions(page_of(**study)) == {}


@pytest.fixture(scope="module")
def both(page_of):
    """Two reports that have every kind of sentence between them."""
    seeds, spoil = {"banknote": 60, "mnist": 4, "iris": 60}, spoiler(7, 0.01)
    return [page_of(seeds=seeds, protocols=p, spoil=spoil) for p in (("paper",), BOTH)]


def test_every_check_finds_its_sentences(both):
    assert all(any(len(list(check(page))) > 0 for page in both) for check in CHECKS)
