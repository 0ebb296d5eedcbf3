"""Read a paper's claims from a file.

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
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, NotRequired, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

# pydantic asks for this one: Python's own lacks what it needs before 3.12.
from typing_extensions import TypedDict

from bench import csv_columns
from bench.errors import UserError, did_you_mean
from bench.records import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

PAPER_CLAIMS = Path(__file__).with_name("claims.toml")

COMPARED = "test_accuracy"  # what the headline compares
ALL = "all"  # data sets of a comparison
MOST_DECIMALS = 15  # a double holds no more
MOST_CHARACTERS = 1_000_000  # of a claims file; the paper's has 4,000
ADDRESS = re.compile(r"https?://[^\s()<>\[\]\\\"`|]+")  # what the link of a report can hold


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        told = "expected an address, https://..., without spaces and brackets"
        raise ValueError(f"{told}. Received: {text!r}")
    return text


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"expected a number. Received: {value!r}")
    exact = Decimal(value)
    if not exact.is_finite():
        raise ValueError(f"expected a finite number. Received: {value}")
    if exact.adjusted() >= MOST_DECIMALS:
        raise ValueError(f"expected less than 1e{MOST_DECIMALS}. Received: {value}")
    return exact


STRICT = ConfigDict(strict=True, extra="forbid")
Text = Annotated[str, Field(pattern=r"\S")]


class PaperForm(TypedDict):
    """``[paper]``."""

    __pydantic_config__ = STRICT  # type: ignore[misc]  # pydantic's way
    title: Text
    author: NotRequired[Text]
    url: NotRequired[Annotated[str, AfterValidator(_address)]]


class ClaimForm(TypedDict):
    """A ``[[claim]]`` with the defaults that it does not override."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    kind: Literal["figure", "exact", "comparison"]
    dataset: Text
    metric: Text
    activation: Text
    protocol: Text
    place: Text
    text: NotRequired[Text]
    value: NotRequired[Annotated[Any, AfterValidator(_number)]]
    decimals: NotRequired[Annotated[int, Field(ge=0, le=MOST_DECIMALS)]]


class FileForm(TypedDict):
    """A claims file."""

    __pydantic_config__ = STRICT  # type: ignore[misc]
    paper: NotRequired[PaperForm]
    defaults: NotRequired[dict[str, Any]]
    claim: list[dict[str, Any]]


Form = TypeVar("Form", FileForm, ClaimForm)
EXPECTED = {
    "literal_error": "one of figure, exact, comparison",
    "list_type": "one [[claim]] a claim",
    "dict_type": "a table",
    "string_type": "words in quotes",
    "string_pattern_mismatch": "words in quotes",
}


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
    lines = text.splitlines()
    whole = Passage(where, lines, range(len(lines)))
    file = whole.checked(FileForm, _toml(text, where))
    defaults = file.get("defaults", {})
    claims: dict[str, Claim] = {}
    for number, entry in enumerate(file["claim"]):
        passage = whole.of_claim(number)
        claim = _claim(_fitting(defaults, entry) | entry, known or {}, passage)
        if repr(claim) in claims:  # the value of a comparison is NaN and equals no other
            passage.fail("claim", "stands there twice. Leave one out")
        claims[repr(claim)] = claim
    paper = {key: str(text) for key, text in file.get("paper", {}).items()}
    return ClaimsFile(Paper(**paper), [*claims.values()])


def _fitting(defaults: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults that a claim of this kind can use: only a figure is rounded."""
    kind = entry.get("kind", defaults.get("kind"))
    return {key: value for key, value in defaults.items() if key != "decimals" or kind == "figure"}


def _claim(entry: dict[str, Any], known: Mapping[str, Sequence[str]], passage: Passage) -> Claim:
    form = passage.checked(ClaimForm, entry)
    if form["kind"] == "comparison" and form["metric"] != COMPARED:
        passage.fail("metric", f"a comparison is one of {COMPARED}. Received: {form['metric']!r}")
    for key, names in known.items():
        word = entry[key]
        if word not in names and (key, word, form["kind"]) != ("dataset", ALL, "comparison"):
            passage.fail(key, f"unknown name {word!r}. {did_you_mean(word, names)}")
    value, decimals = _published(form, passage)
    return Claim(**entry | {"value": value, "decimals": decimals})


def _published(form: ClaimForm, passage: Passage) -> tuple[float, int]:
    """Return the published value and its decimals; NaN and 0 for a comparison."""
    if form["kind"] == "comparison":
        for key in ("value", "decimals"):
            if key in form:
                passage.fail(key, "a comparison has none")
        return float("nan"), 0
    if "value" not in form:
        passage.fail("value", "missing")
    value: Decimal = form["value"]
    if form["kind"] == "exact" and value != value.to_integral_value():
        passage.fail("value", f"a count is a whole number. Received: {value}")
    score = form["kind"] == "figure" and csv_columns.of(form["metric"]).kind == "score"
    if score and not 0 <= value <= 1:
        told = f"a score lies between 0 and 1. Received: {value}"
        passage.fail("value", f"{told}. Divide a percentage by 100")
    decimals = form.get("decimals", max(0, -int(value.as_tuple().exponent)))
    if decimals > MOST_DECIMALS:
        told = f"at most {MOST_DECIMALS} digits after the point"
        passage.fail("value", f"expected {told}. Received: {decimals}")
    if round(value, decimals) != value:
        passage.fail("decimals", f"{value} has more digits than {decimals}")
    return float(value) or 0.0, decimals  # -0.0 is 0


@dataclass(frozen=True)
class Passage:
    """A claims file, or one claim in it, so that an error can name the line of a key.

    Attributes:
        where: Name of the file.
        lines: All of its lines.
        numbers: Those in which a key is looked for, from 0: its own, then those of the defaults.
    """

    where: str
    lines: Sequence[str]
    numbers: Sequence[int]

    def of_claim(self, number: int) -> Passage:
        """Return the passage of a ``[[claim]]``; the file where claims have no such lines."""
        heads = [n for n, line in enumerate(self.lines) if re.match(r"\s*\[", line)]
        claims = [n for n in heads if re.match(r"\s*\[\[\s*claim\s*\]\]", self.lines[n])]
        if number >= len(claims):  # an inline array
            return self
        start = claims[number]
        end = min((n for n in heads if n > start), default=len(self.lines))
        return replace(self, numbers=[*range(start, end), *range(claims[0])])

    def fail(self, key: str, message: str) -> NoReturn:
        """Raise the error of one key; its line is that of the table if the key is not there."""
        pattern = re.compile(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=\]]")
        found = (n for n in self.numbers if pattern.match(self.lines[n]))
        line = next(found, next(iter(self.numbers), 0))
        end = "" if message.endswith((".", "?")) else "."
        raise UserError(f"{self.where}, line {line + 1}, key '{key}': {message}{end}")

    def checked(self, form: type[Form], document: Mapping[str, Any]) -> Form:
        """Return a table as its form; the first fault is an error.

        A key that nobody knows comes first: it may be another one mistyped.
        """
        try:
            return TypeAdapter(form).validate_python(document)
        except ValidationError as error:
            faults = error.errors(include_url=False)
            fault = min(faults, key=lambda one: one["type"] != "extra_forbidden")
            key = [part for part in fault["loc"] if isinstance(part, str)][-1]
            self.fail(key, _told(fault, form))


def _told(fault: ErrorDetails, form: type) -> str:
    match fault["type"]:
        case "missing":
            return "missing"
        case "value_error":
            return str(fault["ctx"]["error"])
        case "extra_forbidden":
            known = form if len(fault["loc"]) == 1 else PaperForm
            return f"unknown; known keys are {', '.join(known.__annotations__)}"
    expected = EXPECTED.get(fault["type"], f"0 to {MOST_DECIMALS}")
    return f"expected {expected}. Received: {fault['input']!r}"


def _toml(text: str, where: str) -> dict[str, Any]:
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
