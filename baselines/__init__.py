"""What a learned activation is compared with.

The registries hold names and import strings alone, so that a command can check a name without
loading Keras. One line here is all that an addition costs: a fixed activation is a function of a
tensor, a learned one a class or function `units -> layer` (see `baselines.layers.hidden_layer`).
"""

FIXED = {
    "relu": "keras.activations:relu",
    "tanh": "keras.activations:tanh",
    "sigmoid": "keras.activations:sigmoid",
    "linear": "keras.activations:linear",
}
LEARNED = {
    "adaact": "adaact:Adaact",
}
ACTIVATIONS = LEARNED | FIXED
