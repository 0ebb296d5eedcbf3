"""One page of a made-up study."""

from pathlib import Path

import pandas as pd
import pytest

from bench.reporting import report
from tests import helpers


@pytest.fixture(scope="session")
def written(tmp_path_factory) -> Path:
    """report.html of a study with both protocols, on sets of one and two layers."""
    folder = tmp_path_factory.mktemp("page")
    seeds = {"banknote": 4, "iris": 6}
    protocols = ("paper", "held-out")
    helpers.results_folder(folder, protocols=protocols, seeds=seeds, timing=True, spoil=_spoil)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "draw", lambda *_: None)  # the page has its own
        patch.delenv("GITHUB_STEP_SUMMARY", raising=False)
        report.write_report(folder, html=True)
    return folder / "report.html"


def _spoil(trials: pd.DataFrame) -> pd.DataFrame:
    """Let so many trials diverge that their list is folded away."""
    lost = (trials["activation"] == "linear") | (trials["activation"] == "sigmoid")
    lost &= (trials["protocol"] == "held-out") & (trials["split"] > 0)
    return trials.assign(status=trials["status"].mask(lost, "diverged"))
