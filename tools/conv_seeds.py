"""Print what 20 seeds of a small convolutional net cost with ``fit_many`` and with ``fit``."""

from __future__ import annotations

from time import perf_counter

from bench.training.quiet import quiet

SEEDS, EPOCHS = 20, 10


def main() -> None:
    """Train the seeds with both trainers, which compile once each, on one thread."""
    quiet(1)
    import keras
    from keras import layers
    from sklearn.datasets import load_digits

    from bench.training import fit_many

    def build() -> keras.Model:
        inputs = keras.Input((8, 8, 1))
        pooled = layers.MaxPooling2D()(layers.Conv2D(8, 3, activation="relu")(inputs))
        model = keras.Model(inputs, layers.Dense(10, "softmax")(layers.Flatten()(pooled)))
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    x, y = load_digits(return_X_y=True)
    seconds = {}
    for trainer in ("keras", "many-seeds"):
        begin = perf_counter()
        fits = list(
            fit_many(
                build, x.reshape(-1, 8, 8, 1) / 16, y, seeds=range(SEEDS), epochs=EPOCHS,
                validation_split=0.2, trainer=trainer,
            )
        )  # fmt: skip
        seconds[trainer] = perf_counter() - begin
        accuracy = sum(fit.history["val_accuracy"][-1] for fit in fits) / SEEDS
        print(f"{trainer}: {seconds[trainer]:.1f} s, accuracy {accuracy:.3f}")
    print(f"factor {seconds['keras'] / seconds['many-seeds']:.1f}")


if __name__ == "__main__":
    main()
