"""A pytest plugin under which Adaact takes twice as long: ``-p slow_layer``."""

from adaact import Adaact

once = Adaact.call


def twice(self, inputs):
    first = once(self, inputs)
    # The second pass needs the first one's result, or the compiler would take them for one.
    return once(self, inputs + 0.0 * first[..., :1])


Adaact.call = twice
