"""``data``: where the files are, or why they are not."""

import re

from bench.data import FILES


def test_what_cannot_be_had_is_one_line_a_data_set_and_exit_code_1(invoke):
    ended = invoke("data")
    assert ended.code == 1
    assert ended.out == "iris: comes with scikit-learn\n"
    assert [line.split(":")[0] for line in ended.err.splitlines()] == ["Bank Note", "MNIST"]


def test_a_file_with_other_bytes_is_named(invoke, tmp_path):
    (tmp_path / "banknote_authentication.csv").write_text("1,2,3,4,0\n")
    ended = invoke("data", "--data-dir", tmp_path)
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "banknote_authentication.csv" in ended.err
    assert FILES["banknote_authentication.csv"].sha256 in ended.err


def test_files_at_hand_are_used_where_they_are(invoke, tmp_path, monkeypatch):
    place = tmp_path / "a.csv"
    monkeypatch.setattr("bench.data.locate", lambda *_, **__: {"a.csv": place})
    ended = invoke("data")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [f"{name}: {place}" for name in ("banknote", "mnist", "iris")]


def test_a_terminal_is_shown_what_is_downloaded(invoke, monkeypatch):
    def locate(name, _folder, progress):
        for done in (0, 4_600, 46_400):
            progress(f"{name}.csv", done, 46_400)
        return {}

    monkeypatch.setattr("bench.data.locate", locate)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", invoke("data").err)
    for name in ("banknote", "mnist", "iris"):
        assert re.search(rf"{name}\.csv .*46\.4/46\.4 kB", shown)


def test_tables_of_few_features_are_drawn_on_request(invoke, tmp_path):
    ended = invoke("data", "--plots", "plots")
    assert ended.out.splitlines()[1:] == ["plots/iris-features.png"]
    assert (tmp_path / "plots" / "iris-features.png").stat().st_size > 10_000
