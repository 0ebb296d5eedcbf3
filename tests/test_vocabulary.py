"""One word per concept: the words that were replaced stay out of code, documents and reports."""

import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENDS = (".py", ".md", ".toml", ".css", ".js", ".html", ".yml", ".ini")
HISTORY = ("CHANGELOG.md", "tests/test_vocabulary.py")

# The word that is not used, in any case, and the one to use.
WORDS = {
    "leak(s|ed|age)?": "selection bias; stopped on test",
    "ceilings?": "logistic regression",
    "contests?|rivals?": "best fixed",
    "duels?|races?": "comparison, task",
    "standings?": "rank",
    "clouds?": "distribution",
    "guards?": "minimum sample size",
    "(?<!simulated_)(?<!simulated )worlds?": "simulated world",
    "(?<!np\\.)floors?": "lower bound",
    "arms?": "method, activation, sample",
    "mistakes?": "error",
    "replacing": "atomic writes",
    "mapp(ing|able)_?py|mapping import": "a name that says what is inside",
    "replicates?(?![-/]iris)": "many seeds",
    "cannot[ _]tell|can't be told": "undecided",
    "held the true mean": "covered the true mean",
    "(?<!paper's )own[ _]runs?": "repetition",
    "very run": "the author's notebook, run again",
    "test rows apart": "less than 0.1 of n test rows",
    "speaks? of": "is about",
    "decide[sd]? nothing": "is used for the score alone",
    "clean[ _]choice": "early stopping on validation rows",
    "no[ _]nets?": "not a network",
    "published (figure|number)s?|paper's figures?": "published value",
}
ALLOWED = {  # files
    "ceilings?": ("bench/store/database.py", "tests/bench/store/test_migration.py"),  # old stores
    "(?<!simulated_)(?<!simulated )worlds?": ("tools/*", "tests/tools/*", "docs/calibration*"),
    "arms?": (  # the column of drift.csv
        *("bench/analysis/drift.py", "bench/csv_columns.py", "bench/exports/*", "replay/seeds.py"),
        *("bench/reporting/sections/drift.py", "tests/*", "tools/*"),
    ),
    "replicates?(?![-/]iris)": (  # the option's alias and a folder
        *("*options.py", "*names.py", "README.md", "docs/many-seeds.md"),
    ),
}
MODULES = {
    *("words", "replacing", "mistakes", "worlds", "guard", "standing", "contest", "duel", "race"),
    *("floor", "same", "clouds", "ceilings", "leak", "replicate", "mapping", "mappable"),
}
RUN = re.compile(
    r"\b(?:\d+|few|many|our|these|those|single|other|held-out|collapsed|constant|replayed|Adaact)"
    r" (?:Adaact )?runs?\b"
)
"""A network called a run; the paper's runs and the command's are called so."""


def _texts():
    """Return the project's texts by name, as git lists them, and the parts of names as words."""
    command = ["git", "ls-files"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {
        name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", (ROOT / name).read_text(encoding="utf-8"))
        for name in done.stdout.split()
        if name.endswith(ENDS) and name not in HISTORY and (ROOT / name).exists()
    }


TEXTS = _texts()


def found(pattern, name):
    """Return lines of a file with a word, as a part of an identifier too."""
    word = re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])", re.IGNORECASE)
    return [line.strip()[:100] for line in TEXTS[name].splitlines() if word.search(line)]


def test_no_replaced_word_is_used_and_every_exception_is_needed():
    for pattern, instead in WORDS.items():
        lines = {name: found(pattern, name) for name in TEXTS}
        with_it = {name for name in lines if lines[name]}
        allowed = ALLOWED.get(pattern, ())
        wrong = [name for name in with_it if not any(fnmatch(name, one) for one in allowed)]
        assert {name: lines[name] for name in wrong} == {}, instead
        assert [one for one in allowed if not any(fnmatch(name, one) for name in with_it)] == []


def test_no_module_has_a_name_that_says_nothing():
    modules = [Path(name).stem.removeprefix("test_") for name in TEXTS if name.endswith(".py")]
    assert not MODULES.intersection(modules)


def test_a_trained_network_is_a_trial_and_not_a_run():
    pages = {name: " ".join(text.split()) for name, text in TEXTS.items() if name.endswith(".md")}
    assert {name: RUN.findall(text) for name, text in pages.items() if RUN.search(text)} == {}
