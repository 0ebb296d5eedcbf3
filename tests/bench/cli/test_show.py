"""``show``: one run as the paper's notebook shows it."""

import re
from functools import partial

from bench.training.trials import blocks

PLOTS = ("features", "scalars", "accuracy", "loss", "loss-train-test", "accuracy-train-test")


def test_a_run_is_shown_with_summary_parameters_figures_and_plots(invoke, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "Block", partial(blocks.Block, epochs=3))
    ended = invoke("show", "iris", "--seed", "1", "--parameters")
    assert (ended.code, ended.err) == (0, "")
    assert "Total params: 2,503" in ended.out
    assert re.search(r"epoch +k0_1 +k1_1 +k0_2 +k1_2", ended.out)
    epochs = int(re.search(r"^(\d+) epochs, kept epoch \d+, ok$", ended.out, re.MULTILINE)[1])
    for row in ("initial", "1", str(epochs), "kept"):
        assert re.search(rf"^ *{row}( +-?\d+\.\d+){{4}}$", ended.out, re.MULTILINE)
    assert ended.out.count("Parameters after epoch ") == epochs
    assert "test_accuracy" in ended.out
    files = [f"results/show/iris-paper-adaact-0-1-0.001/{name}.png" for name in PLOTS]
    assert ended.out.splitlines()[-len(PLOTS) :] == files
    assert all((tmp_path / file).stat().st_size > 10_000 for file in files)
