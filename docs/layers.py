"""Train every layer of Keras with ``fit_many`` and with ``fit``; write the table of the layers.

``python docs/layers.py`` writes it into docs/many-seeds.md; ``tox -e stress`` compares.
"""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.training.blocks import quiet

quiet()

import keras  # noqa: E402 - after quiet
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

from bench.training import fit_many  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path(__file__).parent / "many-seeds.md"
BEGIN, END = "<!-- layers:begin -->\n", "<!-- layers:end -->"
ROWS, EPOCHS, CLOSE = 12, 3, 1e-4
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
}
Y = rng.normal(size=(ROWS, 1))

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
    "Cropping1D": ("1D", {}),
    "Permute": ("1D", {"dims": (2, 1)}),
    "Reshape": ("", {"target_shape": (2, 2)}),
    "RepeatVector": ("", {"n": 2}),
    "UpSampling1D": ("1D", {}),
    "ConvLSTM1D": ("2D", {"filters": 2, "kernel_size": 2}),
    "ConvLSTM2D": ("films", {"filters": 2, "kernel_size": 2}),
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
DRAWS = re.compile("Dropout|Noise|Random|MixUp|CutMix|AugMix|RandAugment")
# Base classes, cells, wrappers of files and functions, and layers of text.
NO_LAYERS = re.compile(
    "^(Layer|InputLayer|Input|InputSpec|Wrapper|Pipeline|Lambda|.*Cell|StackedRNNCells|.*SM|"
    "TorchModuleWrapper|FlaxLayer|JaxLayer|.*Lookup|TextVectorization|Hash.*|MelSpectrogram|"
    "STFTSpectrogram|Random.*|Rand.*|.*Mix|MixUp|AutoContrast|CenterCrop|Equalization|"
    "Resizing|Solarization|MaxNumBoundingBoxes|Discretization|CategoryEncoding|Masking)$"
)


def names() -> list[str]:
    """Return the names of all classes of ``keras.layers``, each class once."""
    classes = {name: getattr(layers, name) for name in dir(layers) if name[0].isupper()}
    kinds = {kind: name for name, kind in sorted(classes.items()) if isinstance(kind, type)}
    return sorted(kinds[kind] for kind in kinds if issubclass(kind, layers.Layer))


def inputs_of(name: str) -> tuple[str, dict[str, Any]]:
    """Return the kind of inputs of a layer, and its arguments."""
    if name in CASES:
        return CASES[name]
    size = re.search("[123]D", name)
    if size:
        return size[0], next((own for key, own in ARGUMENTS.items() if key in name), {})
    return ("1D" if name in ATTENTIONS else ""), {}


def outcome(name: str) -> str:
    """Return which row of the table a layer belongs to, with a note."""
    if NO_LAYERS.match(name):
        return APART
    kind, arguments = inputs_of(name)
    x, make = X[kind], getattr(layers, name)

    def build() -> keras.Model:
        inputs = keras.Input(x.shape[1:], dtype="int32" if kind == "words" else None)
        layer = make(**{key: _fresh(value) for key, value in arguments.items()})
        model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(_called(name, layer, inputs))))
        model.compile("sgd", "mse")
        return model

    options: dict[str, Any] = {"seeds": [0, 1], "epochs": EPOCHS, "batch_size": 5}
    try:
        build()(x)
        build()(x, training=True)
    except Exception:  # noqa: BLE001 - whatever a layer raises that is for other inputs
        return APART
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = list(fit_many(build, x, Y, **options))
        if ours[0].trainer == "keras":
            return FIT
        if DRAWS.search(name):
            return RANDOM
        theirs = list(fit_many(build, x, Y, trainer="keras", **options))
    gap = max(
        np.abs(np.subtract(one.history["loss"], other.history["loss"])).max()
        for one, other in zip(ours, theirs, strict=True)
    )
    return MAPPED if gap < CLOSE else f"in the map, but {gap:.0e} apart"


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
    return layer(inputs if name == "Embedding" else layers.Dense(inputs.shape[-1])(inputs))


def table(chosen: Sequence[str] = ()) -> str:
    """Return the table of the layers."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for name in chosen or names():
        keras.backend.clear_session()
        rows[outcome(name)].append(name)
    lines = [f"| {row} | {', '.join(rows[row])} |" for row in sorted(rows)]
    return "\n".join(["| trained | layers |", "|:--|:--|", *lines]) + "\n"


if __name__ == "__main__":
    made, page = table(), PAGE.read_text()
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}")
