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
    "gelu": "keras.activations:gelu",  # z Phi(z); Hendrycks & Gimpel 2016
    "silu": "keras.activations:silu",  # z sigmoid(z); Elfwing, Uchibe & Doya 2017
    "elu": "keras.activations:elu",  # exp(z) - 1 below 0; Clevert, Unterthiner & Hochreiter 2016
    "selu": "keras.activations:selu",  # 1.0507 elu of scale 1.6733; Klambauer et al. 2017
    "softplus": "keras.activations:softplus",  # log(1 + exp(z)); Dugas et al. 2001
    "leaky_relu": "keras.activations:leaky_relu",  # 0.2 z below 0; Maas, Hannun & Ng 2013
    "mish": "keras.activations:mish",  # z tanh(softplus(z)); Misra 2019
}
LEARNED = {
    "adaact": "adaact:Adaact",
    "adaact-per-unit": "baselines.learned:adaact_per_unit",
    "polynomial-2": "baselines.learned:quadratic",
    "polynomial-3": "baselines.learned:cubic",
    "prelu": "baselines.learned:PReLU",
    "swish": "baselines.learned:Swish",
    "rational": "baselines.learned:Rational",
    "piecewise": "baselines.learned:PiecewiseLinear",
}
ACTIVATIONS = LEARNED | FIXED

CLASSICAL = (
    "logistic-regression",  # scikit-learn's default penalty, C = 1
    "logistic-regression-unpenalised",
    "gradient-boosting",
    "majority-class",
)
"""Models of scikit-learn beside the networks; ``baselines.sklearn_models`` makes them."""

DEFAULT = ("adaact", "relu", "tanh", "sigmoid", "linear")
"""Those of a study that asks for none by name; the headline's family, fixed beforehand."""
