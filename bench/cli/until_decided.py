"""Look at the verdicts of a study, keep what was read, and say whether to go on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bench.csv_columns import LOOK, names
from bench.data import title
from bench.exports.writing import look_of, looks_at
from bench.next_trials import larger, largest_splits
from bench.store import Look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from bench.store import Store
    from bench.study import Study

REASONS = {
    "decided": "every comparison is decided",
    "largest": "the undecided ones have the largest size",
    "no narrower": "the largest size would narrow no undecided interval by 5 %",
}


def take_look(store: Store, study: Study, results: Path, *, ordinary: bool) -> None:
    """Read the verdicts of a study from its exported files, and store them.

    A second look at the same size is none, nor is one at which nothing is measured.

    Args:
        store: Where looks are kept.
        study: The study.
        results: Where it was exported.
        ordinary: Whether no further look was asked for.
    """
    looks = looks_at(store, study)
    if not study.compares or look_of(looks, study):
        return
    import pandas as pd

    from bench.analysis.looks import after_looks
    from bench.reporting.view import View

    family = View.of(results).family
    if (family["verdict"] == "not measured").all():
        return
    number = 1 + max((look.look for look in store.looks()), default=0)
    largest = largest_splits(study) | _fixed(looks)
    sizes = pd.array([largest.get(name) for name in family["dataset"]], "Int64")
    own = family.assign(look=number, ordinary=ordinary, largest=sizes)
    known = pd.concat([*(_frame(look) for look in looks), own], ignore_index=True)
    read = after_looks(known, own)
    spent = read["level_spent"].fillna(0.0).max()
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    store.add_look(Look(number, study, finished, float(spent), {"comparisons": _rows(read)}))


def _fixed(looks: Sequence[Look]) -> dict[str, int]:
    """Return the largest sizes that the first look at each data set has fixed."""
    found: dict[str, int] = {}
    for look in sorted(looks, key=lambda look: look.look):
        for row in look.record["comparisons"]:
            if row["largest"] is not None:
                found.setdefault(row["dataset"], row["largest"])
    return found


def _frame(look: Look) -> pd.DataFrame:
    import pandas as pd

    numbers = [column.name for column in LOOK if column.type == "number"]
    frame = pd.DataFrame(look.record["comparisons"])
    return frame.astype(dict.fromkeys(numbers, "float64") | {"largest": "Int64"})


def _rows(family: pd.DataFrame) -> list[dict[Any, Any]]:
    table = family[list(names(LOOK))].astype(object)
    return table.where(table.notna(), None).to_dict("records")


def next_study(store: Store, study: Study) -> tuple[Study | None, str]:
    """Return the study of the next look, None where there is none, and what the last one found.

    Args:
        store: Where the looks are kept.
        study: The study of the last look.
    """
    from bench.analysis.looks import growing, stop_reason

    looks = looks_at(store, study)
    last = look_of(looks, study)
    if last is None:
        return None, "Nothing was measured that a further look could decide."
    read = _frame(last)
    reason = stop_reason(read)
    grown = None if reason else larger(study, growing(read), _fixed(looks))
    if grown == study:
        grown, reason = None, "largest"
    return grown, told(last, len(looks), study, grown, reason)


def told(look: Look, count: int, study: Study, grown: Study | None, reason: str) -> str:
    """Return the line on a look.

    Args:
        look: The look.
        count: Its place among those at these trials, from 1.
        study: Its study.
        grown: That of the next look; None: there is none.
        reason: Why there is none, as ``looks.stop_reason`` says it.
    """
    rows = look.record["comparisons"]
    undecided = sum(row["verdict"] == "undecided" for row in rows)
    line = f"Look {count}, with {_sizes(study, study.datasets)}: {undecided} of {len(rows)} "
    line += f"comparisons undecided; at most {look.level:.3f} of the level .05 spent. "
    if grown is None:
        return f"{line}No further look: {REASONS[reason]}."
    wider = [name for name in grown.datasets if grown.splits[name] != study.splits[name]]
    return f"{line}Next: {_sizes(grown, wider)}."


def _sizes(study: Study, datasets: Sequence[str]) -> str:
    sizes = [
        f"{title(name)} {len(study.splits[name])} × {len(study.seeds_per_split[name])}"
        for name in datasets
    ]
    return ", ".join(sizes)
