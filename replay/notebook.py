# /// script
# requires-python = ">=3.9,<3.10"
# dependencies = [
#   "tensorflow-cpu==2.5.3",
#   "keras-nightly==2.5.0.dev2021032900",
#   "numpy==1.19.5",
#   "scikit-learn==1.6.1",
#   "absl-py==0.15.0",
#   "astunparse==1.6.3",
#   "certifi==2026.10.19.post1",
#   "cffi==2.0.0",
#   "charset-normalizer==3.5.3",
#   "cryptography==45.0.7",
#   "flatbuffers==1.12",
#   "gast==0.4.0",
#   "google-auth-oauthlib==0.4.6",
#   "google-auth==2.50.0",
#   "google-pasta==0.2.0",
#   "grpcio==1.34.1",
#   "h5py==3.1.0",
#   "idna==3.20",
#   "importlib_metadata==8.7.1",
#   "joblib==1.5.3",
#   "Keras-Preprocessing==1.1.2",
#   "Markdown==3.9",
#   "MarkupSafe==3.0.4",
#   "oauthlib==4.0.1",
#   "opt-einsum==3.3.0",
#   "packaging==26.3",
#   "protobuf==3.19.6",
#   "pyasn1==0.6.5",
#   "pyasn1_modules==0.4.2",
#   "pycparser==2.23",
#   "requests-oauthlib==2.0.0",
#   "requests==2.32.5",
#   "scipy==1.10.1",
#   "six==1.15.0",
#   "tensorboard-data-server==0.6.1",
#   "tensorboard-plugin-wit==1.8.1",
#   "tensorboard==2.11.2",
#   "tensorflow-estimator==2.5.0",
#   "termcolor==1.1.0",
#   "threadpoolctl==3.7.0",
#   "typing-extensions==3.7.4.3",
#   "urllib3==2.6.3",
#   "Werkzeug==3.1.9",
#   "wrapt==1.12.1",
#   "zipp==3.23.1",
# ]
# ///
"""Trains the paper's networks as its notebook did, with what stands in this one file.

It runs where the suite can't be imported: in the software of the notebook's day, whose releases
stand above (``uv run replay/notebook.py --help``). In today's software it is what a user would
write who seeds everything and calls ``fit`` on arrays.

A run draws its random numbers in the notebook's order: seeds, then the kernels layer by layer, and
within a layer kernel, k0, k1. Another order gives another run.

Sources:
    Deep Dutta, Learning Activations in Neural Network, and its notebook.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # before the import: no banner

import numpy as np
import sklearn
import tensorflow as tf
from sklearn.datasets import load_iris
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Hidden = Callable[[int], Any]

layers = tf.keras.layers
SPLIT_SEED = 42
EPOCHS = 50


class Adaact(tf.keras.layers.Layer):
    """A dense layer with the learned activation g(z) = k0 + k1 z.

    Args:
        units: Number of units.
        initializer: Keras name; of kernel, k0 and k1.
    """

    def __init__(self, units: int, initializer: str, **options: Any) -> None:
        super().__init__(**options)
        self.units, self.initializer = units, initializer

    def build(self, input_shape: Sequence[int]) -> None:
        """Makes the weights; the bias draws no random number."""

        def weight(name: str, shape: tuple[int, ...], initializer: str) -> Any:
            return self.add_weight(name=name, shape=shape, initializer=initializer)

        self.kernel = weight("kernel", (input_shape[-1], self.units), self.initializer)
        self.bias = weight("bias", (self.units,), "zeros")
        self.k0 = weight("k0", (1,), self.initializer)
        self.k1 = weight("k1", (1,), self.initializer)

    def call(self, inputs: Any) -> Any:
        """Returns k0 + k1 (inputs W + b)."""
        return self.k0 + self.k1 * (tf.matmul(inputs, self.kernel) + self.bias)


def banknote_net(hidden: Hidden) -> list[Any]:
    """63 parameters."""
    return [hidden(10), layers.Dense(1, activation="sigmoid")]


def mnist_net(hidden: Hidden) -> list[Any]:
    """52,910 parameters."""
    middle = [hidden(64), layers.BatchNormalization(), hidden(32)]
    return [*middle, layers.Dense(10, activation="softmax")]


def iris_net(hidden: Hidden) -> list[Any]:
    """2,503 parameters."""
    return [hidden(64), layers.Dropout(0.2), hidden(32), layers.Dense(3, activation="softmax")]


def banknote_data(folder: Path) -> list[Any]:
    """Returns training inputs, test inputs, training classes, test classes."""
    with (folder / "banknote_authentication.csv").open(newline="") as stream:
        table = np.array(list(csv.reader(stream)), np.float32)
    return train_test_split(
        table[:, :-1], table[:, -1].astype(int), test_size=0.25, random_state=SPLIT_SEED
    )


def iris_data(_folder: Path) -> list[Any]:
    """As ``banknote_data``."""
    x, y = load_iris(return_X_y=True)
    return train_test_split(x.astype(np.float32), y, test_size=0.25, random_state=SPLIT_SEED)


def mnist_data(folder: Path) -> list[Any]:
    """As ``banknote_data``; the split is the official one."""

    def read(name: str, header: int) -> np.ndarray:
        with gzip.open(str(folder / name)) as stream:
            return np.frombuffer(stream.read(), np.uint8, offset=header)

    images = [read(f"{part}-images-idx3-ubyte.gz", 16) for part in ("train", "t10k")]
    labels = [read(f"{part}-labels-idx1-ubyte.gz", 8).astype(int) for part in ("train", "t10k")]
    return [(x.reshape(-1, 784) / 255).astype(np.float32) for x in images] + labels


RECIPES: dict[str, dict[str, Any]] = {
    "banknote": {
        "seed": 42, "net": banknote_net, "data": banknote_data, "optimizer": "nadam",
        "loss": "binary_crossentropy", "batch_size": 32, "patience": 3, "f1": "binary",
    },
    "mnist": {
        "seed": 42, "net": mnist_net, "data": mnist_data, "optimizer": "rmsprop",
        "loss": "sparse_categorical_crossentropy", "batch_size": 32, "patience": 5,
        "f1": "weighted",
    },
    "iris": {
        "seed": 45, "net": iris_net, "data": iris_data, "optimizer": "rmsprop",
        "loss": "sparse_categorical_crossentropy", "batch_size": 12, "patience": 3,
        "f1": "weighted",
    },
}  # fmt: skip


class Watch(tf.keras.callbacks.Callback):
    """Writes down k0 and k1 after every epoch."""

    def __init__(self, scalars: dict[str, Any]) -> None:
        super().__init__()
        self.scalars = scalars
        self.epochs: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keeps the values of one epoch."""
        self.epochs.append({**logs, **values(self.scalars)})


def values(scalars: dict[str, Any]) -> dict[str, float]:
    """Returns k0 and k1 of every layer as numbers, by name: k0_1 is that of the first layer."""
    return {name: float(variable.numpy()[0]) for name, variable in scalars.items()}


def run(dataset: str, data: list[Any], seed: int, initializer: str) -> dict[str, Any]:
    """Trains one network once; returns what the notebook shows of it.

    Args:
        dataset: Name in ``RECIPES``.
        data: Of ``RECIPES[dataset]["data"]``.
        seed: Of all random numbers but the split.
        initializer: Keras name; the paper's is glorot_normal.
    """
    recipe = RECIPES[dataset]
    x, x_test, y, y_test = data
    random.seed(seed)  # today's Keras draws the seeds of its initializers from it
    np.random.seed(seed)
    tf.random.set_seed(seed)
    tf.keras.backend.clear_session()
    net = recipe["net"](lambda units: Adaact(units, initializer))
    model = tf.keras.Sequential([layers.InputLayer((x.shape[1],)), *net])
    hidden = [layer for layer in net if isinstance(layer, Adaact)]
    scalars = {
        f"{name}_{n}": getattr(layer, name)
        for n, layer in enumerate(hidden, start=1)
        for name in ("k0", "k1")
    }
    model.compile(optimizer=recipe["optimizer"], loss=recipe["loss"], metrics=["accuracy"])
    initial, watch = values(scalars), Watch(scalars)
    stop = tf.keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=recipe["patience"], restore_best_weights=True
    )
    model.fit(
        x, y, validation_data=(x_test, y_test), epochs=EPOCHS, batch_size=recipe["batch_size"],
        callbacks=[stop, watch], verbose=0,
    )  # fmt: skip
    losses = [epoch["val_loss"] for epoch in watch.epochs]
    return {
        "dataset": dataset,
        "seed": seed,
        "initializer": initializer,
        "epochs": len(losses),
        "best_epoch": int(np.argmin(losses)) + 1,
        **scores(model, recipe, data),
        **counts(model, net),
        "initial": initial,
        "history": {
            name: [float(epoch[name]) for epoch in watch.epochs] for name in watch.epochs[0]
        },
    }


def scores(model: Any, recipe: dict[str, Any], data: list[Any]) -> dict[str, float]:
    """Returns the figures of the weights that ``fit`` left."""
    x, x_test, y, y_test = data
    (train_loss, train), (test_loss, test) = (
        model.evaluate(inputs, classes, verbose=0) for inputs, classes in ((x, y), (x_test, y_test))
    )
    outputs = model.predict(x_test, verbose=0)
    predicted = outputs[:, 0] > 0.5 if outputs.shape[1] == 1 else outputs.argmax(axis=1)
    return {
        "train_loss": float(train_loss),
        "train_accuracy": float(train),
        "test_loss": float(test_loss),
        "test_accuracy": float(test),
        "test_f1": float(f1_score(y_test, predicted, average=recipe["f1"])),
    }


def counts(model: Any, net: list[Any]) -> dict[str, int]:
    """Returns the counts of parameters that the paper or its notebook gives."""
    return {
        "parameters": model.count_params(),
        "parameters_trainable": sum(int(np.prod(w.shape)) for w in model.trainable_weights),
        "parameters_first_layer": net[0].count_params(),
        "parameters_output_layer": net[-1].count_params(),
    }


def software() -> dict[str, str]:
    """Returns the releases that a run depends on."""
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "tensorflow": tf.__version__,
        "keras": tf.keras.__version__,
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
    }


def main() -> None:
    """Trains what the command line asks for, and writes it down as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out", type=Path, help="where the runs go, as JSON")
    parser.add_argument(
        "--datasets", default=",".join(RECIPES), help="comma-separated [default: %(default)s]"
    )
    parser.add_argument(
        "--seeds", nargs="+", type=int, help="[default: the notebook's: 42; of Iris 45]"
    )
    parser.add_argument(
        "--initializer", default="glorot_normal", help="Keras name [default: %(default)s]"
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=os.environ.get("ADAACT_DATA_DIR", "."),
        help="folder of the data files [default: $ADAACT_DATA_DIR]",
    )
    asked = parser.parse_args()
    runs = []
    for dataset in asked.datasets.split(","):
        data = RECIPES[dataset]["data"](asked.data_dir)
        for seed in asked.seeds or [RECIPES[dataset]["seed"]]:
            runs.append(run(dataset, data, seed, asked.initializer))
            told = "{dataset}, seed {seed}: {epochs} epochs, test accuracy {test_accuracy:.4f}"
            print(told.format(**runs[-1]), file=sys.stderr, flush=True)
    asked.out.write_text(json.dumps({"software": software(), "runs": runs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
