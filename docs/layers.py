"""Train every layer of Keras with ``fit_many`` and with ``fit``; write the table of the layers.

``python docs/layers.py`` writes it into docs/many-seeds.md; ``tox -e stress`` compares. Layers of
one kind of inputs are trained together, each in a branch with an output and a loss of its own.
"""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.training.quiet import quiet

quiet()

import keras  # noqa: E402 - after quiet
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

from bench.training import fit_many  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path(__file__).parent / "many-seeds.md"
BEGIN, END = "<!-- layers:begin -->\n", "<!-- layers:end -->"
ROWS, EPOCHS, CLOSE, TOGETHER = 6, 3, 1e-4, 12
MAPPED, RANDOM, FIT, APART = (
    "in the map, as `fit`",
    "in the map, other random numbers",
    "with `fit`",
    "not tried",
)
rng = np.random.default_rng(0)
X: dict[str, np.ndarray] = {
    "": rng.normal(size=(ROWS, 4)),
    "1D": rng.normal(size=(ROWS, 4, 3)),
    "2D": rng.normal(size=(ROWS, 4, 4, 2)),
    "3D": rng.normal(size=(ROWS, 3, 3, 3, 2)),
    "words": rng.integers(0, 5, (ROWS, 4)),
    "films": rng.normal(size=(ROWS, 3, 4, 4, 2)),
    "scans": rng.normal(size=(ROWS, 2, 3, 3, 3, 1)),
}
Y = rng.normal(size=(ROWS, 1))
NUMBER = attrgetter("number")

# Layers that need more than their defaults: the inputs and the arguments.
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "Activation": ("", {"activation": "tanh"}),
    "Dense": ("", {"units": 3}),
    "EinsumDense": ("1D", {"equation": "abc,cd->abd", "output_shape": (4, 2)}),
    "Embedding": ("words", {"input_dim": 5, "output_dim": 2}),
    "LSTM": ("1D", {"units": 2}),
    "GRU": ("1D", {"units": 2}),
    "SimpleRNN": ("1D", {"units": 2}),
    "RNN": ("1D", {"cell": layers.GRUCell(2)}),
    "Bidirectional": ("1D", {"layer": layers.LSTM(2)}),
    "TimeDistributed": ("1D", {"layer": layers.Dense(2)}),
    "SpectralNormalization": ("", {"layer": layers.Dense(2)}),
    "MultiHeadAttention": ("1D", {"num_heads": 2, "key_dim": 2}),
    "GroupQueryAttention": ("1D", {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}),
    "GroupNormalization": ("2D", {"groups": 2}),
    "Permute": ("1D", {"dims": (2, 1)}),
    "Reshape": ("", {"target_shape": (2, 2)}),
    "RepeatVector": ("", {"n": 2}),
    "ConvLSTM1D": ("2D", {"filters": 2, "kernel_size": 2}),
    "ConvLSTM2D": ("films", {"filters": 2, "kernel_size": 2}),
    "ConvLSTM3D": ("scans", {"filters": 2, "kernel_size": 2}),
    "ReversibleEmbedding": ("words", {"input_dim": 5, "output_dim": 2}),
    "Rescaling": ("", {"scale": 2.0}),
    "Masking": ("1D", {}),
    "AlphaDropout": ("", {"rate": 0.3}),
    "Dropout": ("", {"rate": 0.3}),
    "GaussianDropout": ("", {"rate": 0.3}),
    "Dot": ("", {"axes": 1}),
    "GaussianNoise": ("", {"stddev": 0.1}),
    "ActivityRegularization": ("", {"l2": 0.1}),
}
ARGUMENTS = {  # of layers of pictures and the like, by the ends of their names
    "Depthwise": {"kernel_size": 2},
    "Conv": {"filters": 2, "kernel_size": 2},
    "Adaptive": {"output_size": 2},
    "Global": {},
    "Pooling": {"pool_size": 2},
    "SpatialDropout": {"rate": 0.3},
}
MERGES = {"Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"}
ATTENTIONS = {"Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"}
DRAWS = re.compile("Dropout|Noise")
# Base classes, cells, wrappers of files and functions, and layers of text.
NO_LAYERS = re.compile(
    "^(Layer|InputLayer|Input|InputSpec|Wrapper|Pipeline|Lambda|.*Cell|StackedRNNCells|.*SM|"
    "TorchModuleWrapper|FlaxLayer|JaxLayer|.*Lookup|TextVectorization|Hash.*|MelSpectrogram|"
    "STFTSpectrogram|Random.*|Rand.*|.*Mix|MixUp|AutoContrast|CenterCrop|Equalization|"
    "Resizing|Solarization|MaxNumBoundingBoxes|Discretization|CategoryEncoding)$"
)


def names() -> list[str]:
    """Return the names of all classes of ``keras.layers``, each class once."""
    found = [(name, one) for name, one in vars(layers).items() if isinstance(one, type)]
    found.sort(key=lambda pair: pair[0] == pair[1].__name__)  # rather than Convolution2D
    kinds = {kind: name for name, kind in found if issubclass(kind, layers.Layer)}
    return sorted(kinds.values())


def inputs_of(name: str) -> tuple[str, dict[str, Any]]:
    """Return the kind of inputs of a layer, and its arguments."""
    if name in CASES:
        return CASES[name]
    size = re.search("[123]D", name)
    if size:
        return size[0], next((own for key, own in ARGUMENTS.items() if key in name), {})
    return ("1D" if name in ATTENTIONS else ""), {}


def outcomes(chosen: Sequence[str]) -> dict[str, str]:
    """Return the row of the table to which each of some layers belongs."""
    kinds: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    found = {}
    for name in chosen:
        if not NO_LAYERS.match(name) and _takes_inputs(name):
            kinds[inputs_of(name)[0], bool(DRAWS.search(name))].append(name)
        else:
            found[name] = APART
    for some in kinds.values():
        for start in range(0, len(some), TOGETHER):
            keras.backend.clear_session()
            found |= _trained(some[start : start + TOGETHER])
    return found


def _takes_inputs(name: str) -> bool:
    """Whether a layer takes the inputs that are tried."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a mask that the next layer does not take
            _model([name])(X[inputs_of(name)[0]], training=True)
    except Exception:  # noqa: BLE001 - whatever a layer raises that is for other inputs
        return False
    return True


def _model(chosen: Sequence[str]) -> keras.Model:
    """Return a compiled model with a branch for each layer; all take one kind of inputs."""
    kind = inputs_of(chosen[0])[0]
    inputs = keras.Input(X[kind].shape[1:], dtype="int32" if kind == "words" else None)
    outputs = {}
    for name in chosen:
        arguments = {key: _fresh(value) for key, value in inputs_of(name)[1].items()}
        layer = getattr(layers, name)(name=f"tried_{name}", **arguments)
        outputs[name] = layers.Dense(1)(layers.Flatten()(_called(name, layer, inputs)))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", dict.fromkeys(chosen, "mse"))
    return model


def _trained(chosen: Sequence[str]) -> dict[str, str]:
    """Return the same of layers that are trained together."""
    options: dict[str, Any] = {"seeds": [0, 1], "epochs": EPOCHS, "batch_size": ROWS}
    data = X[inputs_of(chosen[0])[0]], dict.fromkeys(chosen, Y)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # before Keras trains it
            ours = sorted(fit_many(partial(_model, chosen), *data, **options), key=NUMBER)
    except UserWarning as notice:
        if len(chosen) == 1:
            return {chosen[0]: FIT}
        named = [name for name in chosen if f"'tried_{name}'" in str(notice)]
        named = named or list(chosen[: len(chosen) // 2])
        return _trained(named) | _trained([name for name in chosen if name not in named])
    if DRAWS.search(chosen[0]):
        return dict.fromkeys(chosen, RANDOM)
    theirs = list(fit_many(partial(_model, chosen), *data, trainer="keras", **options))
    found = {}
    for name in chosen:
        column = f"{name}_loss" if len(chosen) > 1 else "loss"
        pairs = zip(ours, theirs, strict=True)
        gap = max(np.ptp([a.history[column], b.history[column]], axis=0).max() for a, b in pairs)
        found[name] = MAPPED if gap < CLOSE else f"in the map, but {gap:.0e} apart"
    return found


def _fresh(value: Any) -> Any:
    """Return a copy of a layer; another value as it is."""
    return type(value).from_config(value.get_config()) if isinstance(value, layers.Layer) else value


def _called(name: str, layer: keras.Layer, inputs: keras.KerasTensor) -> keras.KerasTensor:
    """Return a layer's outputs, of inputs that depend on weights where they are not words."""
    if name in MERGES:
        return layer([layers.Dense(3)(inputs), layers.Dense(3)(inputs)])
    if name in {"Attention", "AdditiveAttention"}:
        return layer([inputs, inputs])
    if name in ATTENTIONS:
        return layer(inputs, inputs)
    return layer(inputs if name.endswith("Embedding") else layers.Dense(inputs.shape[-1])(inputs))


def table() -> str:
    """Return the table of the layers."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for name, row in sorted(outcomes(names()).items()):
        rows[row].append(name)
    lines = [f"| {row} | {', '.join(rows[row])} |" for row in sorted(rows)]
    return "\n".join(["| trained | layers |", "|:--|:--|", *lines]) + "\n"


if __name__ == "__main__":
    made, page = table(), PAGE.read_text()
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}")
