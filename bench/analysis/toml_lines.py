"""The lines of a TOML file, so that an error names file, line and key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from bench.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence


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
