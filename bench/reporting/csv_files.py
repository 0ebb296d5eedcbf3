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
    tuned = view.tuned
    views = [view, tuned.view] if tuned else [view]

    def together(name: str) -> pd.DataFrame:
        return pd.concat([getattr(one, name) for one in views], ignore_index=True)

    shown = None if view.compares else 0
    return {
        "claims.csv": view.verdicts,
        "tables/scores.csv": view.spreads,
        "tables/headline.csv": together("headline")[:shown],
        "tables/margins.csv": view.at_margins[:shown],
        "tables/across.csv": across(view.headline) if view.several else pd.DataFrame(),
        "tables/best_fixed.csv": together("best_fixed"),
        "tables/failed_training.csv": together("failed"),
        "tables/selection_bias.csv": view.selection_bias,
        "tables/coefficients.csv": view.coefficients,
        "tables/timing.csv": view.timings,
        "tables/replay.csv": view.replay,
        "tables/drift.csv": view.drift,
        "tables/tuning.csv": tuned.summary if tuned else pd.DataFrame(),
        "tables/tuning_changes.csv": tuned.changes if tuned else pd.DataFrame(),
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
