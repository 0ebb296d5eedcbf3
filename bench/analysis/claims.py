"""A paper's claims, read from a file.

The format is TOML. ``paper`` names the paper, ``[defaults]`` holds what every claim has unless it
says otherwise, and each ``[[claim]]`` is one claim (more: docs/claims.md)::

    paper = "A. Author, Title, Year"

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
``value``       the published number, as printed; a comparison has none
``decimals``    digits after the point that the paper reports; default: those of ``value`` as
                it is written in the file, so ``0.980`` means three
``activation``  whose claim it is
``protocol``    ``paper``, ``held-out`` or ``held-out-scaled``: how the paper came by it
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

from bench.errors import UserError
from bench.records import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAPER_CLAIMS = Path(__file__).parents[1] / "claims.toml"

KINDS = ("figure", "exact", "comparison")
WORDS = ("kind", "dataset", "metric", "activation", "protocol", "place")  # each claim needs these
KEYS = (*WORDS, "text", "value", "decimals")
COMPARED = "test_accuracy"  # what the headline compares
MOST_DECIMALS = 15  # a double holds no more


def load_claims(path: Path = PAPER_CLAIMS) -> list[Claim]:
    """Return the claims of a file, in its order.

    Args:
        path: A claims file; by default the paper's.

    Raises:
        UserError: The file cannot be read, or a claim is malformed; names line and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read as a claims file ({error}).") from error
    return parse_claims(text, str(path))


def parse_claims(text: str, where: str = "claims") -> list[Claim]:
    """Return the claims written in ``text``; ``where`` is named in errors.

    Raises:
        UserError: The text is no TOML, or a claim is malformed; names line and key.
    """
    try:
        # Decimal keeps the digits as written: 0.980 has three of them.
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UserError(_syntax_error(error, text, where)) from error
    _check_outline(document, _Passage(where, text.splitlines(), 0))
    defaults = document.get("defaults", {})
    entries = document["claim"]
    return [
        _claim({**_fitting(defaults, entry), **entry}, passage)
        for entry, passage in zip(entries, _passages(text, where, len(entries)), strict=True)
    ]


def _syntax_error(error: tomllib.TOMLDecodeError, text: str, where: str) -> str:
    """Return what is wrong with the TOML, and the line where reading stopped."""
    found = re.search(r"at line (\d+)", str(error))
    lines = text.splitlines() or [""]
    number = min(int(found[1]), len(lines)) if found else len(lines)
    return f"{where}, line {number}: not valid TOML: {error}. Received: {lines[number - 1]!r}"


@dataclass(frozen=True)
class _Passage:
    """The lines of one table of the file, so that an error can name the line of a key."""

    where: str
    lines: Sequence[str]
    start: int

    def fail(self, key: str, message: str) -> NoReturn:
        """Raise the error of one key; its line is that of the table if the key is not there."""
        pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=\]]")
        found = (number for number, line in enumerate(self.lines) if pattern.match(line))
        line = self.start + next(found, 0) + 1
        raise UserError(f"{self.where}, line {line}, key '{key}': {message}.")


def _passages(text: str, where: str, claims: int) -> list[_Passage]:
    """Return the passage of each claim; the whole file where claims have no header lines."""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if line.lstrip().startswith("[")]
    starts = [n for n in heads if re.match(r"\s*\[\[\s*claim\s*\]\]", lines[n])]
    if len(starts) != claims:  # an inline array of claims
        return [_Passage(where, lines, 0)] * claims
    ends = [*heads, len(lines)]
    return [_Passage(where, lines[n : min(e for e in ends if e > n)], n) for n in starts]


def _check_outline(document: Mapping[str, Any], passage: _Passage) -> None:
    """Refuse a file that has not the outline of a claims file."""
    for key in document:
        if key not in ("paper", "defaults", "claim"):
            passage.fail(key, "unknown; a claims file has 'paper', [defaults] and [[claim]]")
    entries = document.get("claim")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        passage.fail("claim", "expected one [[claim]] a claim")
    defaults = document.get("defaults", {})
    if not isinstance(defaults, dict):
        passage.fail("defaults", "expected a table, [defaults]")
    _check_keys(defaults, passage)


def _check_keys(entry: Mapping[str, Any], passage: _Passage) -> None:
    for key in entry:
        if key not in KEYS:
            passage.fail(key, f"unknown; known keys are {', '.join(KEYS)}")


def _fitting(defaults: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults that a claim of this kind can use: only a figure is rounded."""
    kind = entry.get("kind", defaults.get("kind"))
    return {key: value for key, value in defaults.items() if key != "decimals" or kind == "figure"}


def _claim(entry: Mapping[str, Any], passage: _Passage) -> Claim:
    """Return one checked claim."""
    _check_keys(entry, passage)
    words = {key: _word(entry, key, passage) for key in WORDS}
    if words["kind"] not in KINDS:
        passage.fail("kind", f"expected one of {', '.join(KINDS)}. Received: {words['kind']!r}")
    if words["kind"] == "comparison" and words["metric"] != COMPARED:
        passage.fail("metric", f"a comparison is one of {COMPARED}. Received: {words['metric']!r}")
    value, decimals = _number(entry, passage)
    text = _word(entry, "text", passage) if "text" in entry else ""
    return Claim(**words, value=value, decimals=decimals, text=text)  # type: ignore[arg-type]


def _word(entry: Mapping[str, Any], key: str, passage: _Passage) -> str:
    if key not in entry:
        passage.fail(key, "missing")
    word = entry[key]
    if not isinstance(word, str) or not word.strip():
        passage.fail(key, f"expected words in quotes. Received: {word!r}")
    return word


def _number(entry: Mapping[str, Any], passage: _Passage) -> tuple[float, int]:
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
    if entry["kind"] == "exact" and exact != exact.to_integral_value():
        passage.fail("value", f"a count is a whole number. Received: {value}")
    return float(exact), _decimals(entry, exact, passage)


def _decimals(entry: Mapping[str, Any], value: Decimal, passage: _Passage) -> int:
    """Return the digits after the point: those stated, else those written."""
    written = max(0, -int(value.as_tuple().exponent))
    decimals = entry.get("decimals", written)
    whole = isinstance(decimals, int) and not isinstance(decimals, bool)
    if not whole or not 0 <= decimals <= MOST_DECIMALS:
        passage.fail("decimals", f"expected 0 to {MOST_DECIMALS}. Received: {decimals!r}")
    if round(value, decimals) != value:
        passage.fail("decimals", f"{value} has more digits than {decimals}")
    return int(decimals)
