"""The CSV files of the report: the frames behind its tables and sentences."""

from pathlib import Path

import pandas as pd

from bench.analysis.across import across
from bench.reporting.output import write_csv
from bench.reporting.view import View


def frames(view: View) -> dict[str, pd.DataFrame]:
    """Return every frame under the path of its file within the results folder.

    Tuned families stand below the untuned ones; the column ``protocol`` tells them apart.
    """
    headline, best, failed = view.headline, view.best_fixed, view.failed
    tuned = {"tables/tuning.csv": pd.DataFrame(), "tables/tuning_changes.csv": pd.DataFrame()}
    if view.tuned:
        final = view.tuned.view
        headline = pd.concat([headline, final.headline], ignore_index=True)
        best = pd.concat([best, final.best_fixed], ignore_index=True)
        failed = pd.concat([failed, final.failed], ignore_index=True)
        made = view.tuned.summary, view.tuned.changes
        tuned = dict(zip(tuned, made, strict=True))
    return {
        "claims.csv": view.verdicts,
        "tables/scores.csv": view.spreads,
        "tables/headline.csv": headline if view.compares else headline[:0],
        "tables/margins.csv": view.at_margins if view.compares else view.at_margins[:0],
        "tables/across.csv": across(view.headline) if view.several else view.headline[:0],
        "tables/best_fixed.csv": best,
        "tables/failed_training.csv": failed,
        "tables/selection_bias.csv": view.selection_bias,
        "tables/coefficients.csv": view.coefficients,
        "tables/timing.csv": view.timings,
        "tables/replay.csv": view.replay,
        "tables/drift.csv": view.drift,
        **tuned,
    }


def csv_files(view: View) -> list[str]:
    """Return the paths of the files that the report has: those with rows."""
    return [path for path, frame in frames(view).items() if not frame.empty]


def write_csv_files(view: View, results_dir: Path) -> None:
    """Write the files with rows; remove the others, which an earlier study may have left."""
    for path, frame in frames(view).items():
        if frame.empty:
            (results_dir / path).unlink(missing_ok=True)
        else:
            write_csv(results_dir / path, frame)
