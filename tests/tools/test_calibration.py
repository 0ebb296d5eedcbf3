"""The calibration from tables to page, on made-up images; and the page that was published."""

import numpy as np
import pandas as pd
import pytest

from bench.data.dataset import Dataset
from tools import calibration, fast_learners, page, trained_networks
from tools.calibration import AGAIN, FAST, PAGE, STUDIES, main
from tools.mnist_tables import Family
from tools.rates import CORRECTED, REPORT, rates

THREE = (3, 5, 8)
SMALL = {
    Family("nets", 60, THREE, 4, tables=3, splits=4, seeds=2): (
        ("adaact", "relu"),
        (AGAIN, "relu"),
    ),
    Family("fast", 60, THREE, 7, tables=5, splits=6, seeds=3): (FAST,),
}
MARKERS = "".join(
    f"<!-- {part}:{end} -->\n" for part in ("coverage", "power") for end in ("begin", "end")
)


def rows(text, part):
    """Return the rows of one table of a page."""
    table = text.split(f"<!-- {part}:begin -->")[1].split(f"<!-- {part}:end -->")[0]
    lines = [line.strip("|").split("|") for line in table.strip().splitlines()]
    head, _, *body = [[cell.strip() for cell in line] for line in lines]
    return pd.DataFrame(body, columns=head)


def made_up():
    """Return 400 images of ten digits that can be told apart, with noise."""
    rng = np.random.default_rng(0)
    y = rng.integers(10, size=400)
    x = rng.random((10, 784))[y] + rng.normal(0, 2, (400, 784))
    return Dataset("mnist", x.astype(np.float32), y, 10, ("a",) * 784, ("b",) * 10)


NUMBERS = rates(
    pd.DataFrame({"estimate": [0.0, 1.0], "standard_error": 1.0, "freedom": 9.0, "splits": 9}), 0.1
)


def found_row(**changes):
    names = {"rows": 150, "classes": 3, "size": "20 × 3", "method": "adaact", "reference": "relu"}
    return {**names, "estimator": REPORT, **NUMBERS, **changes}


def test_cells_are_percent_with_limits_and_a_miss_is_below_93_beyond_chance():
    covered = {"tanh": (0.93, 0.967), "relu": (0.90, 0.94), "linear": (0.85, 0.90)}
    table = pd.DataFrame(
        found_row(method=name, coverage=share, coverage_low=0.88, coverage_high=high)
        for name, (share, high) in covered.items()
    ).assign(gap=-0.03, gap_error=0.002, false_equivalence=np.nan)
    text = page.coverage(table)
    words = [line.split("|")[-2].strip() for line in text.splitlines()[2:]]
    assert words == ["no", "within chance", "**yes**"]
    assert "| −0.0300 ± 0.0020 | report" in text
    assert "| 93.0 [88.0, 96.7] " in text
    assert "| –" in page.power(table)  # no false equivalence of a gap of 0


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_calibration_runs_from_tables_to_page_and_then_from_its_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(calibration, "STUDIES", SMALL)
    monkeypatch.setattr(calibration, "load", lambda *_: made_up())
    target = tmp_path / "page.md"
    target.write_text(f"before\n{MARKERS}after\n")
    options = {"cache": tmp_path / "cache", "target": target}

    main(**options)
    text = target.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    for part in ("coverage", "power"):
        table = rows(text, part)
        assert table["comparison"].unique().tolist() == [
            *("adaact − relu", f"{AGAIN} − relu", " − ".join(FAST))
        ]
        assert table["estimator"].tolist() == [REPORT, CORRECTED] * 3
    again = rows(text, "coverage").set_index("comparison").loc[f"{AGAIN} − relu"]
    assert set(again["true gap"]) == {"+0.0000 ± 0.0000"}

    monkeypatch.setattr(trained_networks, "_cell", None)  # nothing is trained again
    monkeypatch.setattr(fast_learners, "_answers", None)
    main(**options)
    assert target.read_text() == text


@pytest.mark.slow
def test_networks_are_judged_on_the_rows_of_their_own_table():
    family, _ = SMALL
    drawn = calibration.tables(family, made_up().x, made_up().y)
    found = trained_networks.trainer(family, drawn, "relu")(range(3))
    assert found.scores.shape == (3, 4, 2)
    assert (found.tested.sum(axis=1) == 8 * 15).all()
    assert (found.tested % 2 == 0).all()  # both seeds of a split test its rows
    assert found.correct.sum(axis=1) == pytest.approx(15 * found.scores.sum(axis=(1, 2)))
    other = trained_networks.trainer(family, drawn, AGAIN)(range(3))
    assert (other.tested == found.tested).all()  # the same splits
    assert (other.scores != found.scores).any()


def test_the_published_page_has_every_study_with_both_estimators():
    text = PAGE.read_text(encoding="utf-8")
    expected = [
        (f"{family.rows}, {len(family.digits)}", f"{family.splits} × {family.seeds}", *pair, name)
        for family, pairs in STUDIES.items()
        for pair in pairs
        for name in (REPORT, CORRECTED)
    ]
    for part in ("coverage", "power"):
        table = rows(text, part)
        found = [
            (row.iloc[0], row.iloc[1], *row["comparison"].split(" − "), row["estimator"])
            for _, row in table.iterrows()
        ]
        assert found == expected
    tables = rows(text, "coverage")["tables"].astype(int).tolist()
    assert tables == [f.tables for f, pairs in STUDIES.items() for _ in pairs for _ in range(2)]
