"""Each rule of the suite's early stopping is Keras' ``EarlyStopping``."""

import keras
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.training.trials.stopping import Stopping


class StandIn:
    """A model whose only weight is the number of the epoch."""

    stop_training = False

    def __init__(self):
        self.weight = 0

    def get_weights(self):
        return [self.weight]

    def set_weights(self, weights):
        (self.weight,) = weights


def trained(callback, epochs):
    """Epochs run and epoch restored."""
    model = StandIn()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, logs in enumerate(epochs):
        model.weight = epoch + 1
        callback.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch + 1, model.weight


def keras_rule(column, patience):
    return keras.callbacks.EarlyStopping(
        column, mode="min", patience=patience, restore_best_weights=True
    )


# Few values, so that ties are common; none finer than float32, in which Keras compares them.
LOSS = st.sampled_from([0.0, 0.5, 1.0, 1.5, float("inf"), float("nan")]) | st.floats(
    0, 2, width=32, allow_subnormal=False
)
PAIRS = st.lists(st.tuples(LOSS, LOSS), min_size=1, max_size=20)


@given(losses=PAIRS, patience=st.integers(0, 5))
@example(losses=[(1.0, 1.0), (1.0, 0.5)], patience=0)
@example(losses=[(float("nan"), 1.0), (1.0, 1.0), (0.5, 1.0)], patience=3)
def test_two_rules_keep_what_two_trainings_with_keras_would(losses, patience):
    epochs = [{"val_loss": one, "test_loss": other} for one, other in losses]
    both = Stopping(("validation", "test"), patience)
    ran, restored = trained(both, epochs)
    expected = {
        part: trained(keras_rule(f"{name}_loss", patience), epochs)
        for part, name in (("validation", "val"), ("test", "test"))
    }
    for part, kept in both.kept().items():
        assert (kept.epochs, kept.best_epoch) == expected[part]
        assert kept.weights == [kept.best_epoch]
    assert (ran, restored) == (max(n for n, _ in expected.values()), expected["validation"][1])


@pytest.mark.parametrize("losses", [[1.0], [1.0, 2.0, 3.0]])
def test_without_patience_it_never_fires(losses):
    rule = Stopping(("validation",), None)
    ran, restored = trained(rule, [{"val_loss": loss} for loss in losses])
    assert (ran, restored) == (len(losses), 1)
