"""Write ``looks.csv``: the looks at which verdicts were read, where they change a verdict."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from bench.columns import LOOK, names
from bench.exports.files import written
from bench.study import compares_the_same, is_part

if TYPE_CHECKING:
    from pathlib import Path

    from bench.store import Look, Store
    from bench.study import Study


def looks_at(store: Store, study: Study) -> list[Look]:
    """Return the looks at the trials of a study, or at a part of them, sizes growing."""
    found = [look for look in store.looks() if is_part(look.study, study)]
    return sorted(found, key=lambda look: _size(look.study, study))


def look_of(looks: list[Look], study: Study) -> Look | None:
    """Return the look that was taken at just this study; None where there is none."""
    return next((look for look in looks if compares_the_same(study, look.study)), None)


def write_looks(store: Store, study: Study, results_dir: Path) -> None:
    """Write the looks at a study; none where it had one look, at an ordinary run."""
    looks = looks_at(store, study)
    rows = [row for look in looks for row in look.record["comparisons"]]
    wanted = len(looks) > 1 or not all(row["ordinary"] for row in rows)
    with written(results_dir / "looks.csv", wanted=wanted) as stream:
        table = csv.DictWriter(stream, names(LOOK), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _size(look: Study, study: Study) -> int:
    shared = [name for name in look.datasets if name in study.datasets]
    return sum(len(look.splits[name]) * len(look.seeds_per_split[name]) for name in shared)
