"""Colours, markers and line styles that tell series apart."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Look(NamedTuple):
    """What tells one series from another, without colour too."""

    color: str
    marker: str
    linestyle: Any

    def line(self) -> dict[str, Any]:
        """Arguments of a line that markers keep apart from another where they cross."""
        return self._asdict() | {"markersize": 4}


# Okabe & Ito 2008, "Color Universal Design": colours that colour-blind readers tell apart. Their
# yellow fades on white; the last is the wine of Paul Tol's "muted" scheme (2021).
LOOKS = (
    Look("#D55E00", "o", "-"),
    Look("#0072B2", "s", "--"),
    Look("#009E73", "^", "-."),
    Look("#CC79A7", "D", ":"),
    Look("#000000", "v", (0, (5, 1))),
    Look("#56B4E9", "P", (0, (3, 1, 1, 1))),
    Look("#E69F00", "X", (0, (1, 1))),
    Look("#882255", "<", (0, (7, 2))),
)
TRAIN, VALIDATION = LOOKS[1], LOOKS[0]
MEDIAN, PUBLISHED, GREY = "#000000", "#56B4E9", "#888888"

PLACES = (
    *("adaact", "relu", "tanh", "sigmoid", "linear", "adaact-per-unit", "polynomial-2"),
    *("polynomial-3", "prelu", "swish", "rational", "piecewise", "gelu", "silu", "elu", "selu"),
    *("softplus", "leaky_relu", "mish"),
)
"""Activations whose looks are chosen, so that no two are alike. Append; never reorder."""


def activation_looks(names: Iterable[str]) -> dict[str, Look]:
    """Return one look per activation, the same in every figure of a report.

    One that has no place among ``PLACES`` gets a free one by its name, or where another activation
    has that, the next free one.
    """
    own = sorted(set(names) - set(PLACES))
    free = [_look(place) for place in range(len(PLACES), len(LOOKS) ** 2)]
    chosen = {name: _look(place) for place, name in enumerate(PLACES)}
    for name in own:
        first = zlib.crc32(name.encode())
        turns = (free[(first + step) % len(free)] for step in range(len(free)))
        taken = set(chosen.values())
        chosen[name] = next((look for look in turns if look not in taken), free[first % len(free)])
    return chosen


def looks(names: Sequence[str]) -> dict[str, Look]:
    """Return one look per name, by position: of classes, or of learned scalars."""
    return {name: _look(i) for i, name in enumerate(names)}


def _look(place: int) -> Look:
    """Return the look of a place; from the ninth on, colours return with other shapes."""
    turn, color = divmod(place, len(LOOKS))
    return LOOKS[(color + turn) % len(LOOKS)]._replace(color=LOOKS[color].color)
