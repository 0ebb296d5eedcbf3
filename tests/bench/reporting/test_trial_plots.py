"""The plots of one run."""

from bench.reporting import trial_plots

HISTORY = {
    "loss": [1.0, 0.5, 0.4],
    "accuracy": [0.5, 0.8, 0.9],
    "val_loss": [1.1, 0.6, 0.5],
    "val_accuracy": [0.4, 0.7, 0.8],
}
SCALARS = {"k0_1": [0.1, 0.2, 0.3], "k1_1": [1.0, 1.1, 1.2], "k0_2": [0.0, 0.1, 0.2]}


def test_a_run_has_the_notebooks_plots(tmp_path, monkeypatch):
    names = ["accuracy", "loss", "loss-train-test", "accuracy-train-test"]
    folder, told = tmp_path / "run", {"title": "Iris", "protocol": "paper"}
    paths = trial_plots.write_trial_plots(HISTORY | SCALARS, folder, **told)
    assert [path.stem for path in paths] == ["scalars", *names]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
    monkeypatch.setattr(trial_plots, "save", lambda _, path: path.stem)
    assert trial_plots.write_trial_plots(HISTORY, folder, **told) == names


def test_each_epoch_is_a_point():
    figure = trial_plots.per_epoch(HISTORY, "loss", "Iris", "held-out")
    train, validation = figure.axes[0].lines
    assert list(train.get_xdata()) == [1, 2, 3]
    assert list(train.get_ydata()) == HISTORY["loss"]
    assert list(validation.get_ydata()) == HISTORY["val_loss"]
    assert validation.get_label() == "validation"


def test_a_layer_without_a_scalar_shows_the_others():
    figure = trial_plots.scalars(HISTORY | SCALARS, "Iris")
    assert [axes.get_title() for axes in figure.axes] == ["layer 1", "layer 2"]
    assert [len(line.get_xdata()) for line in figure.axes[1].lines] == [3, 0]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["k0", "k1"]


def test_first_and_last_epoch_are_marked_on_the_way():
    figure = trial_plots.against(HISTORY, "accuracy", "Iris", "paper")
    marks = {line.get_label(): line.get_xydata()[0].tolist() for line in figure.axes[0].lines}
    assert marks["epoch 1"] == [0.5, 0.4]
    assert marks["epoch 3"] == [0.9, 0.8]
    assert figure.axes[0].get_ylabel() == "test accuracy (share of rows)"
