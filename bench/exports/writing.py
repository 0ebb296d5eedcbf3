"""Write the files of a results folder from the store."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from bench.csv_columns import CELL, LOOK, ROW, TUNING, VECTOR, names
from bench.errors import unwritable
from bench.exports import trial_rows
from bench.exports.files import written
from bench.exports.trial_rows import NO_COUNTS
from bench.study import Cell, compares_the_same, hashed, is_part
from bench.training.protocols import PROTOCOLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from bench.rate_choice import Choice
    from bench.store import Effort, Look, Store
    from bench.study import Study

MOST_HISTORIES = 40  # of a cell: enough for a median and a band from the 10th percentile
COUNTED = Cell("iris", "paper", "adaact")  # all of its epochs: the report counts those at 1.0
MOST_COUNTED = 100
MOST_SHAPES = 10  # of a cell
FOLDED = ("paper", "adaact")  # one split: its seeds are compared
NOT_ASKED = ("versions", "data", "arithmetic", "tables")  # fields of a study told elsewhere


def export(store: Store, study: Study, results_dir: Path, provenance: Mapping[str, Any]) -> None:
    """Write ``trials.csv``, histories, rows, tuning trials, looks and ``provenance.json``.

    A study of many activations has ``trials.csv.gz`` in place of ``trials.csv``.

    Each is replaced as a whole: a reader never sees half a file.

    Args:
        store: Where the trials are.
        study: Whose trials.
        results_dir: Results folder; made where it is missing.
        provenance: What only the caller knows: versions, machine, command, commit, ...

    Raises:
        UserError: A file cannot be written, or the store cannot be read.
    """
    chosen = store.chosen(study)
    facts = {**provenance, **_facts(study, len(study.keys(chosen)), store.effort(study))}
    text = json.dumps(facts, indent=2, sort_keys=True, allow_nan=False)
    try:
        results_dir.mkdir(parents=True, exist_ok=True)
        _write_tables(store, study, results_dir, chosen)
        write_looks(store, study, results_dir)
        with written(results_dir / "provenance.json") as stream:
            stream.write(f"{text}\n")
    except OSError as error:
        raise unwritable(results_dir, "results", error) from error


def _write_tables(
    store: Store, study: Study, results_dir: Path, chosen: Mapping[Choice, float]
) -> None:
    vectors: list[tuple[Any, ...]] = []
    trial_columns, history_columns = trial_rows.headers(store.names(study))
    tunes = any(PROTOCOLS[name].tunes for name in study.protocols)
    name, other = ("trials.csv.gz", "trials.csv")[:: 1 if study.many_activations else -1]
    with (
        written(results_dir / name) as trials_file,
        written(results_dir / "histories.csv.gz") as histories_file,
        written(results_dir / "rows.csv.gz") as rows_file,
        written(results_dir / "tuning.csv.gz", wanted=tunes) as tuning_file,
    ):
        trials_csv = csv.DictWriter(trials_file, trial_columns, lineterminator="\n")
        tuning_csv = csv.DictWriter(tuning_file, names(TUNING), lineterminator="\n")
        rows_csv = csv.writer(rows_file, lineterminator="\n")
        trials_csv.writeheader()
        tuning_csv.writeheader()
        rows_csv.writerow(names(ROW))
        histories_file.write(",".join(history_columns) + "\n")
        counted: defaultdict[Cell, np.ndarray] = defaultdict(lambda: NO_COUNTS)
        # Cell by cell, so that memory does not grow with the study.
        for cell, trials in groupby(store.trials(study), key=lambda trial: Cell(*trial.key[:3])):
            if tunes_for := PROTOCOLS[cell.protocol].tunes_for:
                made = [trial_rows.tuning_fields(trial, tunes_for) for trial in trials]
                tuning_csv.writerows(sorted(made, key=itemgetter("learning_rate", "split", "seed")))
                continue
            places = study.places(cell, chosen)
            drawn = _drawn(places, _curves(study, cell))
            kept = _drawn(places, _most_vectors(study, cell))
            sharing = _sharing(study, cell, chosen)
            for trial in trials:
                trials_csv.writerow(trial_rows.trial_fields(trial))
                if trial.key.place in kept:
                    vectors += trial_rows.vector_rows(trial)
                if trial.key.place in drawn:
                    histories_file.write(trial_rows.history_lines(trial, history_columns))
                if trial.status == "ok":
                    counts = trial_rows.counts(trial.outcomes)
                    counted[cell] = counted[cell] + counts
                    for one, splits in sharing.items():
                        if trial.key.split in splits:
                            counted[one] = counted[one] + counts
            rows_csv.writerows(trial_rows.row_lines(cell, counted.pop(cell, NO_COUNTS)))
        for one, counts in counted.items():  # tuned cells without a trial of their own
            rows_csv.writerows(trial_rows.row_lines(one, counts))
    with written(results_dir / "vectors.csv.gz", wanted=bool(vectors)) as stream:
        csv.writer(stream, lineterminator="\n").writerows([names(VECTOR), *vectors])
    (results_dir / other).unlink(missing_ok=True)  # an earlier study's


def _sharing(study: Study, cell: Cell, chosen: Mapping[Choice, float]) -> dict[Cell, list[int]]:
    """Return the tuned cells that count trials of a cell too, each with the splits of those trials.

    They are the splits in which the tuned cell chose the default rate.
    """
    tuned = [name for name in study.protocols if PROTOCOLS[name].tunes == cell.protocol]
    cells = [cell._replace(protocol=name) for name in tuned]
    return {one: study.shared_splits(one, chosen) for one in cells}


def _curves(study: Study, cell: Cell) -> int:
    """Return how many trials of a cell the report needs the epochs of."""
    if cell == COUNTED:
        return MOST_COUNTED
    return MOST_HISTORIES if cell.protocol == study.drawn_protocol(cell.dataset) else 0


def _most_vectors(study: Study, cell: Cell) -> int:
    """Return of how many trials of a cell the report shows a vector: a fold, or a shape."""
    if study.many_activations:
        return MOST_SHAPES
    return MOST_COUNTED if cell[1:] == FOLDED else 0


def _drawn(places: Iterable[tuple[int, int, float]], most: int) -> set[tuple[int, int, float]]:
    """Return so many trials of a cell, of as many splits as can be."""
    return set(sorted(places, key=lambda place: (place[1], place[0]))[:most])


def _facts(study: Study, number: int, efforts: Sequence[Effort]) -> dict[str, Any]:
    """Return what the study and the store know: what was asked and done, and what it took.

    Args:
        study: The study.
        number: How many trials it has.
        efforts: What the stored ones took.
    """
    failed = sum(effort.status == "failed" for effort in efforts)
    prints = {dataset: study.fingerprint(dataset) for dataset in study.datasets}
    asked = {name: value for name, value in vars(study).items() if name not in NOT_ASKED} | {
        "fingerprint": hashed(prints),
        "fingerprints": prints,
        "asked": number,
        "done": len(efforts) - failed,
        "failed": failed,
    }
    of_tables = {"tables": dict(study.tables)} if study.tables else {}
    return of_tables | {
        "study": asked,
        "wall": _wall(efforts),
        "attempts": [
            {**effort.key._asdict(), "attempts": effort.attempts}
            for effort in efforts
            if effort.attempts > 1
        ],
        "finished": max((effort.finished for effort in efforts), default=None),
    }


def _wall(efforts: Sequence[Effort]) -> list[dict[str, Any]]:
    wall = []
    for cell, group in groupby(efforts, key=lambda effort: effort.key[:3]):
        seconds = [effort.seconds for effort in group]
        facts = {"trials": len(seconds), "seconds": round(sum(seconds), 3)}
        wall.append({**dict(zip(CELL, cell, strict=True)), **facts})
    return wall


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
