"""``judge``: the suite's statistics on anybody's scores, or on a results folder again."""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.cli.overwriting import spare_others
from bench.cli.provenance import of_command
from bench.cli.terminal import say
from bench.data.tables.parsing import STANDARD_INPUT, place
from bench.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from bench.analysis.judging import Asked
    from bench.data.tables import Reading
    from bench.reporting.judged import Judged

# Of these, a lower one is usually better: the direction must be named.
LOWER = re.compile(r"loss|err|rmse|mse|mae|brier|perplex|regret|time|second", re.IGNORECASE)


def asked(
    file: str,
    reference: str | None,
    margin: float | None,
    metric: str | None,
    higher: bool | None,
    resplit: bool,
    test_share: float | None,
) -> Asked:
    """Return what was asked for; None: not given.

    Raises:
        UserError: There is no such file, or an option is not valid.
    """
    if margin is not None and not (margin > 0 and math.isfinite(margin)):
        raise UserError(f"--margin: expected a number above 0. Received: {margin:g}.")
    if test_share is not None and not 0 < test_share < 1:
        raise UserError(
            f"--test-share: expected a share between 0 and 1. Received: {test_share:g}."
        )
    if metric and higher is None and LOWER.search(metric):
        raise UserError(
            f"--metric: is a lower {metric!r} better? Say --lower-is-better or --higher-is-better."
        )
    if not Path(file).exists() and file != STANDARD_INPUT:
        raise UserError(f"{file}: there is no such file or results folder.")
    from bench.analysis.judging import Asked  # imports pandas

    return Asked(
        reference or "", metric or "score", margin, higher is not False, resplit, test_share
    )


def judge(file: str, options: Asked, reading: Reading, results: Path, *, html: bool) -> Path:
    """Judge a file and write the report; return the path of report.md.

    Args:
        file: A file of scores, ``-`` for standard input, or a results folder.
        options: As ``asked`` returns them.
        reading: How to read the text of a file.
        results: Folder of the report.
        html: Whether to write report.html too.

    Raises:
        UserError: The file or an option is not valid, or the folder holds something else.
    """
    path = place(file) if file == STANDARD_INPUT else str(Path(file).resolve())
    source = _sha256(path.encode())[:16]  # tells of which file; doesn't show the user's folders
    spare_others(results, source)
    facts = of_command(sys.argv[1:])
    facts["judge"] = {"file": Path(path).name, "source": source}
    if Path(file).is_dir():
        if given := [*_given(options), *reading.given()]:
            raise UserError(f"{given[0]}: a results folder has its own. Leave it out.")
        made = _folder(Path(file), facts)
    else:
        made = _table(file, options, reading, facts)
    return _written(made, results, html=html)


def _given(options: Asked) -> list[str]:
    """Return the options that are not as they are if left out."""
    usual = vars(type(options)())
    names = [name for name, value in vars(options).items() if value != usual[name]]
    return [f"--{name.replace('_', '-')}".replace("higher", "lower-is-better") for name in names]


def _folder(folder: Path, facts: dict[str, Any]) -> Judged:
    from bench.reporting.judged import of_results

    made = of_results(folder, facts)
    trials = next(path for name in ("", ".gz") if (path := folder / f"trials.csv{name}").exists())
    facts["judge"]["sha256"] = _sha256(trials.read_bytes())
    return made


def _table(file: str, options: Asked, reading: Reading, facts: dict[str, Any]) -> Judged:
    from bench.data.tables.scores import read_scores
    from bench.reporting.judged import of_scores

    scores = read_scores(file, reading)
    facts["judge"]["sha256"] = _sha256(scores.to_csv().encode())
    _check_design(options, set(map(str, scores)), place(file))
    methods = list(dict.fromkeys(scores["method"]))
    reference = options.reference or methods[0]
    if reference not in methods:
        raise UserError(
            f"--reference: {place(file)}, column 'method' has no {reference!r}. "
            f"{did_you_mean(reference, methods)}"
        )
    return of_scores(scores, replace(options, reference=reference), facts)


def _check_design(options: Asked, columns: set[str], where: str) -> None:
    """Raise an error where options and columns say different things of splits and sizes."""
    sized = "test_rows" in columns
    if options.resplit and "split" in columns:
        raise UserError(f"--resplit: {where} has a column 'split'. Leave the option out.")
    if options.resplit and not sized and options.test_share is None:
        raise UserError("--resplit: expected --test-share too, the share of the rows in a test.")
    if options.test_share is not None and sized:
        raise UserError(f"--test-share: {where} has 'test_rows'. Leave the option out.")
    if options.test_share is not None and not options.resplit and "split" not in columns:
        raise UserError(f"--test-share: {where} has no column 'split'; it takes --resplit too.")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _written(made: Judged, results: Path, *, html: bool) -> Path:
    from bench.reporting.inline import plain
    from bench.reporting.judged import write_report
    from bench.reporting.output import write_text
    from bench.reporting.report import writable
    from bench.reporting.sections.judged import verdicts

    with writable(results):
        path = write_report(made, results, html=html)
        facts = json.dumps(dict(made.facts), indent=2, sort_keys=True)
        write_text(results / "provenance.json", f"{facts}\n")
    for line in verdicts(made):
        say(plain(line))
    return path
