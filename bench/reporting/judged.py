"""What the report on anybody's scores is made from: a judged family and what is known of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bench.analysis.across import across
from bench.analysis.judging import Asked, cells, compared
from bench.errors import UserError
from bench.reporting.document import Report, without_empty
from bench.reporting.output import write_csv
from bench.reporting.reasons import in_words
from bench.reporting.report import write_pages
from bench.reporting.sections import judged as sections
from bench.reporting.sections import judged_method
from bench.reporting.sections.across import across_sets
from bench.reporting.sections.judged import Judged
from bench.reporting.view import View


def of_scores(scores: pd.DataFrame, asked: Asked, facts: Mapping[str, Any]) -> Judged:
    """Return the comparisons of a table of scores."""
    return Judged(in_words(compared(scores, asked)), facts, asked, cells(scores, asked))


def of_results(folder: Path, facts: Mapping[str, Any]) -> Judged:
    """Return the headline of a results folder of the suite.

    Raises:
        UserError: A file is missing or malformed, or nothing was measured.
    """
    view = View.of(folder)
    if not view.held_out or (view.headline["verdict"] == "not measured").all():
        raise UserError(f"{folder}: expected held-out trials of adaact and others. Received: none.")
    return Judged(view.headline, facts, view=view)


def write_report(judged: Judged, results_dir: Path, *, html: bool = False) -> Path:
    """Write tables, figures and report.md, and report.html where asked; return report.md's path."""
    family = judged.family
    parts = [
        sections.answer(judged),
        sections.comparisons(judged),
        across_sets(family, higher=judged.higher),
        judged_method.sizes(judged),
        judged_method.method(judged),
        judged_method.provenance(judged),
    ]
    first, *others = map(without_empty, parts)
    write_csv(results_dir / "tables" / "headline.csv", family)
    for name, frame in {"across": across(family), "cells": judged.cells}.items():
        if len(frame):
            write_csv(results_dir / "tables" / f"{name}.csv", frame)
    made = Report(first, [block for part in others for block in part])
    return write_pages(made, results_dir, html=html)
