"""A table of scores: what is read, and what is said of a malformed one."""

import pandas as pd
import pytest

from bench.data.tables import Reading
from bench.data.tables.scores import read_scores
from bench.errors import UserError

HEAD = "dataset,method,split,seed,score"
ROWS = [f"a,{m},{s},{r},0.{s}{r}" for m in "xy" for s in range(3) for r in range(2)]
GOOD = "\n".join([HEAD, *ROWS]) + "\n"
SIZED = "dataset,method,seed,score,test_rows,other_rows\n"


def written(folder, content, name="scores.csv"):
    path = folder / name
    path.write_text(content)
    return str(path)


def test_names_are_texts_and_scores_are_numbers(tmp_path):
    frame = read_scores(written(tmp_path, GOOD), Reading())
    assert list(frame) == ["dataset", "method", "seed", "score", "split"]
    assert list(frame["seed"][:2]) == ["0", "1"]
    assert frame["score"].to_numpy() == pytest.approx([float(row[-4:]) for row in ROWS])
    assert list(frame.index) == list(range(2, 14))  # rows of the file


FORMS = {
    "semicolons and decimal commas": GOOD.replace(",", ";").replace("0.", "0,"),
    "capitals and blanks in the header": GOOD.replace(HEAD, "Dataset, Method, Split, Seed, Score"),
    "a column that is not used": GOOD.replace("\n", ",n\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_text_gives_the_same_scores(tmp_path, form):
    expected = read_scores(written(tmp_path, GOOD), Reading())
    found = read_scores(written(tmp_path, FORMS[form], "other.csv"), Reading())
    pd.testing.assert_frame_equal(found, expected)


def test_a_parquet_file_gives_the_same_scores(tmp_path):
    pytest.importorskip("pyarrow")
    expected = read_scores(written(tmp_path, GOOD), Reading())
    expected.to_parquet(tmp_path / "scores.parquet", index=False)
    found = read_scores(str(tmp_path / "scores.parquet"), Reading())
    assert found["score"].to_numpy() == pytest.approx(expected["score"].to_numpy())


MALFORMED = [
    (GOOD.replace("score", "acc"), "row 1, column 'score'", "Received: dataset, method, split"),
    (GOOD.replace("method", "metod"), "row 1, column 'method'", "Rename 'metod'"),
    ("dataset,method,split,score\na,x,0,1\n", "row 1, column 'seed'", "Number the trials"),
    (GOOD.replace("split", "score"), "row 1, column 'score'", "twice"),
    (f"{GOOD}a,y,3,0,high\n", "row 14, column 'score'", "Received: 'high'"),
    (f"{GOOD}a,y,3,0,nan\n", "row 14, column 'score'", "Received: 'nan'"),
    (f"{GOOD}a,y,3,0,1e999\n", "row 14, column 'score'", "Received: '1e999'"),
    (f"{GOOD}a,y,3,0,\n", "row 14, column 'score'", "Leave the row out"),
    (f"{GOOD}a,,3,0,1\n", "row 14, column 'method'", "a name or number"),
    (f"{GOOD}a,y,3,,1\n", "row 14, column 'seed'", "a name or number"),
    (f"{GOOD}a,y,0,1,.3\n", "row 14, column 'score'", "another in row 9"),
    ("\n".join([HEAD, *ROWS[:6]]), "row 2, column 'method'", "'x' in every row"),
    ("\n".join([HEAD, *ROWS[::2]]), "row 2, column 'seed'", "write the split as the seed too"),
    ("", "", "expected a header and rows. Received: nothing."),
    (f"{HEAD}\n", "row 2", "expected rows below the header"),
    (f"{SIZED}a,x,0,1,5,0\n", "row 2, column 'other_rows'", "a whole number from 1"),
    (f"{SIZED}a,x,0,1,5.5,1\n", "row 2, column 'test_rows'", "a whole number from 1"),
    ("dataset,method,seed,score,test_rows\n", "row 1, column 'other_rows'", "or neither"),
    (GOOD.replace("split", "seconds").replace("a,y,0", "a,y,-1"), "column 'seconds'", "0 or more"),
]


@pytest.mark.parametrize(("content", "where", "said"), MALFORMED)
def test_a_malformed_table_is_one_line_with_row_and_column(tmp_path, content, where, said):
    file = written(tmp_path, content)
    with pytest.raises(UserError) as raised:
        read_scores(file, Reading())
    message = str(raised.value)
    assert message.startswith(file)
    assert [where in message, said in message, "\n" in message] == [True, True, False]
