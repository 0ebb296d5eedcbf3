"""A paper's claims, read from a file.

The format is TOML. ``[paper]`` names the paper, ``[defaults]`` holds what every claim has unless it
says otherwise, and each ``[[claim]]`` is one claim (more: docs/claims.md)::

    [paper]
    title = "Title"
    author = "A. Author"
    url = "https://example.org/paper"

    [defaults]
    activation = "adaact"
    protocol = "paper"

    [[claim]]
    kind = "figure"
    dataset = "banknote"
    metric = "test_accuracy"
    value = 0.988
    place = "table 2"

==============  ===========================================================================
key             meaning
==============  ===========================================================================
``kind``        ``figure``: a score, to be reproduced. ``exact``: a count, to be equal.
                ``comparison``: ``activation`` is not worse than the best fixed one.
``dataset``     name of a data set; a comparison may say ``all``
``metric``      column of ``trials.csv``; of a comparison, ``test_accuracy``
``value``       the published value, as printed; a comparison has none
``decimals``    digits after the point that the paper reports; default: those of ``value`` as
                it is written in the file, so ``0.980`` means three
``activation``  whose claim it is
``protocol``    name of the protocol by which the paper obtained it
``place``       where the paper says it
``text``        optional: the claim in words
==============  ===========================================================================
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bench import columns
from bench.errors import UserError, did_you_mean
from bench.records import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAPER_CLAIMS = Path(__file__).parents[1] / "claims.toml"

KINDS = ("figure", "exact", "comparison")
WORDS = ("kind", "dataset", "metric", "activation", "protocol", "place")  # each claim needs these
KEYS = (*WORDS, "text", "value", "decimals")
OF_PAPER = ("title", "author", "url")
COMPARED = "test_accuracy"  # what the headline compares
ALL = "all"  # data sets of a comparison
MOST_DECIMALS = 15  # a double holds no more
MOST_CHARACTERS = 1_000_000  # of a claims file; the paper's has 4,000
ADDRESS = r"https?://[^\s()<>\[\]\\\"`|]+"  # what the link of a report can hold


@dataclass(frozen=True)
class Paper:
    """The paper that a claims file is about; what the file does not say is empty."""

    title: str = ""
    author: str = ""
    url: str = ""


@dataclass(frozen=True)
class ClaimsFile:
    """A claims file.

    Attributes:
        paper: Whose claims they are.
        claims: In the order of the file.
    """

    paper: Paper
    claims: list[Claim]


def load_claims(
    path: Path = PAPER_CLAIMS, known: Mapping[str, Sequence[str]] | None = None
) -> ClaimsFile:
    """Return what a file holds.

    Args:
        path: A claims file; by default that of Adaact's paper.
        known: Names that a claim may have, by key (dataset, metric, activation, protocol);
            default: any.

    Raises:
        UserError: The file cannot be read, or a claim is malformed or has an unknown name; names
            line and key.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise OSError("it is not a regular file")
        with path.open(encoding="utf-8") as stream:
            text = stream.read(MOST_CHARACTERS + 1)
        if len(text) > MOST_CHARACTERS:
            raise OSError("it is too long")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as a claims file ({error}).") from error
    return parse_claims(text, str(path), known)


def parse_claims(
    text: str, where: str = "claims", known: Mapping[str, Sequence[str]] | None = None
) -> ClaimsFile:
    """Return what is written in ``text``, as ``load_claims``; ``where`` is named in errors.

    Raises:
        UserError: The text is no TOML, or as ``load_claims``.
    """
    document = read_toml(text, where)
    whole = Passage(where, text.splitlines(), 0)
    _check_outline(document, whole)
    defaults = document.get("defaults", {})
    entries = document["claim"]
    claims = [
        _claim({**_fitting(defaults, entry), **entry}, known or {}, passage)
        for entry, passage in zip(
            entries, passages(text, where, "claim", len(entries)), strict=True
        )
    ]
    return ClaimsFile(_paper(document.get("paper"), whole), claims)


def _paper(entry: object, passage: Passage) -> Paper:
    if entry is None:
        return Paper()
    if not isinstance(entry, dict):
        passage.fail("paper", f"expected a table with title, author and url. Received: {entry!r}")
    for key in entry:
        if key not in OF_PAPER:
            passage.fail(key, f"unknown; a paper has {', '.join(OF_PAPER)}")
    paper = Paper(**{key: _word(entry, key, passage) for key in ("title", *entry)})
    if paper.url and not re.fullmatch(ADDRESS, paper.url):
        told = "expected an address, https://..., without spaces and brackets"
        passage.fail("url", f"{told}. Received: {paper.url!r}")
    return paper


def _check_outline(document: Mapping[str, Any], passage: Passage) -> None:
    """Refuse a file that has not the outline of a claims file."""
    for key in document:
        if key not in ("paper", "defaults", "claim"):
            passage.fail(key, "unknown; a claims file has [paper], [defaults] and [[claim]]")
    entries = document.get("claim")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        passage.fail("claim", "expected one [[claim]] a claim")
    defaults = document.get("defaults", {})
    if not isinstance(defaults, dict):
        passage.fail("defaults", "expected a table, [defaults]")
    _check_keys(defaults, passage)


def _check_keys(entry: Mapping[str, Any], passage: Passage) -> None:
    for key in entry:
        if key not in KEYS:
            passage.fail(key, f"unknown; known keys are {', '.join(KEYS)}")


def _fitting(defaults: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults that a claim of this kind can use: only a figure is rounded."""
    kind = entry.get("kind", defaults.get("kind"))
    return {key: value for key, value in defaults.items() if key != "decimals" or kind == "figure"}


def _claim(entry: Mapping[str, Any], known: Mapping[str, Sequence[str]], passage: Passage) -> Claim:
    """Return one checked claim."""
    _check_keys(entry, passage)
    words = {key: _word(entry, key, passage) for key in WORDS}
    if words["kind"] not in KINDS:
        passage.fail("kind", f"expected one of {', '.join(KINDS)}. Received: {words['kind']!r}")
    if words["kind"] == "comparison" and words["metric"] != COMPARED:
        passage.fail("metric", f"a comparison is one of {COMPARED}. Received: {words['metric']!r}")
    for key, names in known.items():
        _check_name(key, words, names, passage)
    value, decimals = _number(entry, passage)
    text = _word(entry, "text", passage) if "text" in entry else ""
    return Claim(**words, value=value, decimals=decimals, text=text)  # type: ignore[arg-type]


def _word(entry: Mapping[str, Any], key: str, passage: Passage) -> str:
    if key not in entry:
        passage.fail(key, "missing")
    word = entry[key]
    if not isinstance(word, str) or not word.strip():
        passage.fail(key, f"expected words in quotes. Received: {word!r}")
    return word


def _number(entry: Mapping[str, Any], passage: Passage) -> tuple[float, int]:
    """Return the published value and its decimals; NaN and 0 for a comparison."""
    if entry["kind"] == "comparison":
        for key in ("value", "decimals"):
            if key in entry:
                passage.fail(key, "a comparison has none")
        return float("nan"), 0
    if "value" not in entry:
        passage.fail("value", "missing")
    value = entry["value"]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        passage.fail("value", f"expected a number. Received: {value!r}")
    exact = Decimal(value)
    if not exact.is_finite():
        passage.fail("value", f"expected a finite number. Received: {value}")
    if exact.adjusted() >= MOST_DECIMALS:
        passage.fail("value", f"expected less than 1e{MOST_DECIMALS}. Received: {value}")
    if entry["kind"] == "exact" and exact != exact.to_integral_value():
        passage.fail("value", f"a count is a whole number. Received: {value}")
    if entry["kind"] == "figure" and columns.of(entry["metric"]).kind == "score":
        _check_score(exact, passage)
    return float(exact), _decimals(entry, exact, passage)


def _decimals(entry: Mapping[str, Any], value: Decimal, passage: Passage) -> int:
    """Return the digits after the point: those stated, else those written."""
    written = max(0, -int(value.as_tuple().exponent))
    decimals = entry.get("decimals", written)
    whole = isinstance(decimals, int) and not isinstance(decimals, bool)
    if not whole or not 0 <= decimals <= MOST_DECIMALS:
        passage.fail("decimals", f"expected 0 to {MOST_DECIMALS}. Received: {decimals!r}")
    if round(value, decimals) != value:
        passage.fail("decimals", f"{value} has more digits than {decimals}")
    return int(decimals)


def _check_name(key: str, words: Mapping[str, str], names: Sequence[str], passage: Passage) -> None:
    word = words[key]
    if word not in names and (key, word, words["kind"]) != ("dataset", ALL, "comparison"):
        passage.fail(key, f"unknown name {word!r}. {did_you_mean(word, names)}")


def _check_score(value: Decimal, passage: Passage) -> None:
    if not 0 <= value <= 1:
        told = f"a score lies between 0 and 1. Received: {value}"
        passage.fail("value", f"{told}. Divide a percentage by 100")


@dataclass(frozen=True)
class Passage:
    """The lines of one table of the file, so that an error can name the line of a key."""

    where: str
    lines: Sequence[str]
    start: int

    def fail(self, key: str, message: str) -> NoReturn:
        """Raise the error of one key; its line is that of the table if the key is not there."""
        pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=\]]")
        found = (number for number, line in enumerate(self.lines) if pattern.match(line))
        line = self.start + next(found, 0) + 1
        end = "" if message.endswith((".", "?")) else "."
        raise UserError(f"{self.where}, line {line}, key '{key}': {message}{end}")


def passages(text: str, where: str, name: str, tables: int) -> list[Passage]:
    """Return the passage of each ``[[name]]``; the whole file where they have no header lines."""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if line.lstrip().startswith("[")]
    starts = [n for n in heads if re.match(rf"\s*\[\[\s*{name}\s*\]\]", lines[n])]
    if len(starts) != tables:  # an inline array
        return [Passage(where, lines, 0)] * tables
    ends = [*heads, len(lines)]
    return [Passage(where, lines[n : min(e for e in ends if e > n)], n) for n in starts]


def read_toml(text: str, where: str) -> dict[str, Any]:
    """Return the document that a text holds, with numbers as Decimal.

    Raises:
        UserError: The text is no TOML; names the line where reading stopped.
    """
    try:
        # Decimal keeps the digits as written: 0.980 has three of them.
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        lines = text.splitlines() or [""]
        number = min(int(found[1]), len(lines)) if found else len(lines)
        told = f"not valid TOML: {error}. Received: {lines[number - 1]!r}"
        raise UserError(f"{where}, line {number}: {told}") from error
    except (ValueError, RecursionError) as error:  # thousands of digits, or of brackets
        raise UserError(f"{where}: not valid TOML: {' '.join(str(error).split())}.") from error
