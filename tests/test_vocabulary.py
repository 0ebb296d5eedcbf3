"""One word per concept: the words that were replaced stay out of code, documents and reports."""

import re
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

NOT_YET = (
    *("tests/bench/reliability/test_counts.py", "tests/bench/cli/test_own.py"),
    "docs/example-compare/*",  # written by its command
)
"""Files that still have older words; their authors replace them, then this is emptied."""

OF_DRIFT = (
    *("bench/analysis/drift.py", "bench/columns.py", "bench/exports/*", "replay/seeds.py"),
    *("bench/reporting/sections/drift.py", "tests/*", "tools/*"),
)
"""Where the column ``arm`` of drift.csv is read or written."""


@dataclass(frozen=True)
class Word:
    """A word that is not used.

    Attributes:
        pattern: Matches it as a part of an identifier or of a sentence, in any case.
        instead: The word to use.
        allowed: Patterns of files in which it may stand.
        why: The reason.
    """

    pattern: str
    instead: str
    allowed: tuple[str, ...] = ()
    why: str = ""


WORDS = (
    Word("leak(s|ed|age)?", "selection bias; stopped on test"),
    Word(
        "ceilings?",
        "logistic regression",
        ("bench/store/database.py", "tests/bench/store/test_migration.py"),
        "a table of earlier stores",
    ),
    Word("contests?|rivals?", "best fixed"),
    Word("duels?|races?", "comparison, task"),
    Word("standings?", "rank"),
    Word("clouds?", "distribution"),
    Word("guards?", "minimum sample size"),
    Word(
        "(?<!simulated_)(?<!simulated )worlds?",
        "simulated world",
        ("tools/*", "tests/tools/*", "docs/calibration*"),
        "the simulated worlds of the calibration",
    ),
    Word("(?<!np\\.)floors?", "lower bound"),
    Word("arms?", "method, activation, sample", OF_DRIFT, "the column of drift.csv"),
    Word("mistakes?", "error"),
    Word("replacing", "atomic writes"),
    Word("mapp(ing|able)_?py|mapping import", "a name that says what is inside"),
    Word("replicates?", "many seeds", ("*",), "the option's alias and folders, named below"),
    Word("cannot[ _]tell|can't be told", "undecided"),
    Word("held the true mean", "covered the true mean"),
    Word("(?<!paper's )own[ _]runs?", "repetition"),
    Word("very run", "the author's notebook, run again"),
    Word("test rows apart", "less than 0.1 of n test rows"),
    Word("speaks? of", "is about"),
    Word("decide[sd]? nothing", "is used for the score alone"),
    Word("clean[ _]choice", "early stopping on validation rows"),
    Word("no[ _]nets?", "not a network"),
    Word("published (figure|number)s?|paper's figures?", "published value"),
)
NAMES = ("words", "replacing", "mistakes", "worlds", "guard", "standing", "contest", "duel", "race")
MODULES = (
    *NAMES,
    "floor",
    "same",
    "clouds",
    "ceilings",
    "leak",
    "replicate",
    "mapping",
    "mappable",
)
ENDS = ("*.py", "*.md", "*.toml", "*.css", "*.js", "*.html", "*.yml", "*.ini")
HISTORY = ("CHANGELOG.md", "tests/test_vocabulary.py")
RUN = re.compile(
    r"\b(?:\d+|few|many|our|these|those|single|other|held-out|collapsed|constant|replayed|Adaact)"
    r" (?:Adaact )?runs?\b"
)
"""A network called a run; the paper's runs and the command's are called so."""


def files():
    """The texts of the project, as git lists them; those of the history and of others aside."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    kept = (name for name in listed if any(fnmatch(name, end) for end in ENDS))
    return [name for name in kept if name not in HISTORY and (ROOT / name).exists()]


def among(name, patterns):
    return any(fnmatch(name, pattern) for pattern in patterns)


def found(word, name):
    """Lines of a file with the word, as a part of an identifier too."""
    pattern = re.compile(rf"(?<![a-z])(?:{word.pattern})(?![a-z])", re.IGNORECASE)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", (ROOT / name).read_text(encoding="utf-8"))
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.instead)
def test_a_replaced_word_is_not_used(word):
    searched = [name for name in files() if not among(name, (*NOT_YET, *word.allowed))]
    assert [line for name in searched for line in found(word, name)] == []


def test_no_module_has_a_name_that_says_nothing():
    stems = {Path(name).stem.removeprefix("test_"): name for name in files() if name[-3:] == ".py"}
    assert {stem: stems[stem] for stem in MODULES if stem in stems} == {}


def test_the_former_trainers_name_is_an_alias_and_a_folder_alone():
    pattern = re.compile(r"replicates?(?![-/]iris)", re.IGNORECASE)
    searched = [name for name in files() if not among(name, NOT_YET)]
    alias = (
        "report.md",
        "names.py",
        "options.py",
        "README.md",
        "glossary.md",
        "many-seeds.md",
        "test_names.py",
    )
    lines = {
        f"{name}: {line.strip()}"
        for name in searched
        if not name.endswith(alias)
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if pattern.search(line)
    }
    assert lines == set()


@pytest.mark.parametrize("name", [n for n in files() if among(n, ("*.md",))])
def test_a_trained_network_is_a_trial_and_not_a_run(name):
    text = " ".join((ROOT / name).read_text(encoding="utf-8").split())
    assert among(name, NOT_YET) or RUN.findall(text) == []


def test_every_exception_is_needed():
    """An exception that nothing uses any more is deleted."""
    for word in WORDS:
        names = [name for name in files() if among(name, word.allowed)]
        assert not names or any(found(word, name) for name in names), word.instead
    assert [p for p in NOT_YET if not any(fnmatch(name, p) for name in files())] == []
