"""The stopping rule is Keras' ``EarlyStopping`` with ``restore_best_weights``."""

import keras
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.training.stopping import StoppingRule


class StandIn:
    """A model whose only weight is the number of the epoch."""

    stop_training = False

    def __init__(self):
        self.weight = 0

    def get_weights(self):
        return [self.weight]

    def set_weights(self, weights):
        (self.weight,) = weights


def keras_rule(losses, patience):
    """Epochs run and epoch restored by Keras' callback."""
    callback = keras.callbacks.EarlyStopping(
        monitor="val_loss", mode="min", patience=patience, restore_best_weights=True
    )
    model = StandIn()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        model.weight = epoch + 1
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch + 1, model.weight


# Few values, so that ties are common; none finer than float32, in which Keras compares them.
LOSSES = st.lists(
    st.sampled_from([0.0, 0.5, 1.0, 1.5, float("inf"), float("nan")])
    | st.floats(0, 2, width=32, allow_subnormal=False),
    min_size=1,
    max_size=20,
)


@given(losses=LOSSES, patience=st.integers(0, 5))
@example(losses=[1.0, 1.0], patience=0)
@example(losses=[1.0], patience=0)
@example(losses=[float("nan"), 1.0, 0.5], patience=3)
@example(losses=[1.0, float("nan"), 0.5, 0.6, 0.6], patience=2)
def test_it_stops_and_restores_as_keras_does(losses, patience):
    rule = StoppingRule(patience)
    kept = 0
    for epoch, loss in enumerate(losses, start=1):
        if rule.update(loss):
            kept = epoch
        if rule.fired:
            break
    assert (rule.epochs, kept) == keras_rule(losses, patience)
    assert rule.best_epoch == kept


@given(losses=LOSSES)
def test_without_patience_it_never_fires(losses):
    rule = StoppingRule(None)
    for loss in losses:
        rule.update(loss)
    assert (rule.fired, rule.epochs) == (False, len(losses))


@pytest.mark.parametrize("loss", [0.0, 9.0])
def test_once_fired_it_takes_no_more_losses(loss):
    rule = StoppingRule(1)
    for value in (1.0, 2.0):
        rule.update(value)
    assert rule.fired
    assert not rule.update(loss)
    assert (rule.epochs, rule.best_epoch, rule.best) == (2, 1, 1.0)
