"""An activation from a file outside the project is found, tried, and refused with its reason."""

import os
import sys

import keras
import pytest

from bench.default_studies import default_study
from bench.errors import UserError
from bench.options import choose
from bench.training.own_activation import check, source_sha256

OWN = """
import os
import keras
import numpy as np
import tensorflow as tf
from keras.layers import Dense, PReLU

RNG = np.random.default_rng(0)
bent = lambda z: keras.ops.sqrt(z**2 + 1) - 1
factory = lambda units: keras.Sequential([Dense(units), PReLU()])
wide = lambda units: Dense(units + 1)
lost = lambda z: z / 0
steps = lambda z: tf.round(z)
cut_off = lambda units: Dense(units, activation=tf.stop_gradient)
kink = tf.custom_gradient(lambda z: (tf.identity(z), lambda gradient: gradient / 0))
noisy = lambda z: z + keras.random.normal(z.shape[-1:])
drawn = lambda units: Dense(units, bias_initializer=lambda shape, **_: RNG.normal(size=shape))
doubled = lambda z: keras.ops.concatenate([z, z], -1)
arrays = lambda z: np.tanh(z)
through = lambda z: keras.ops.convert_to_tensor(np.tanh(z) * 1)
leaves = lambda z: os._exit(0)
elsewhere = lambda z: os.chdir("/") or z
precise = lambda z: keras.config.set_floatx("float64") or z
misspelt = lambda z: z + tf.zeros(z.shap)
def broken(z):
    raise ZeroDivisionError("a fault of its own")
"""

REFUSED = {
    "wide": r"expected outputs of shape \(None, 3\). Received: \(None, 4\)",
    "lost": "expected finite outputs",
    "steps": "expected a gradient of the outputs by the inputs. Received: none",
    "cut_off": "expected a gradient of the outputs by the inputs. Received: none",
    "kink": "expected a finite gradient of the outputs by the inputs",
    "broken": "ZeroDivisionError: a fault of its own",
    "misspelt": "AttributeError: 'int' .*With a tensor: AttributeError.*'shap'",
    "noisy": r"Layer 'hidden_1' \(Dense\) draws random numbers .* keras.random.SeedGenerator\(\)",
    "drawn": "Weight '.*/bias' starts differently in two builds .* Keras initializer",
    "doubled": r"Expected shape \(2, 8\). Received: 'own:doubled' returned \(2, 16\)",
    "arrays": "Use keras.ops in place of NumPy",
    "through": "Use keras.ops in place of NumPy",
    "absent": "module 'own' has no attribute 'absent'",
    "RNG": "Expected a function. Received: 'own:RNG', which is Generator",
    "leaves": "SystemExit: 0. Remove what ends Python there",
    "elsewhere": "it changes the working folder from .* to /. Remove that",
    "precise": "it changes the precision from float32, .* to float64, .*. Remove that",
}


ABSENT = ("no_such_module", "no.such.module", "own.py.no")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The user's working folder."""
    (tmp_path / "own.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "bye.py").write_text("import sys; sys.exit(0)")
    (tmp_path / "slip.py").write_text("def f(z:\n")
    for name in ("own", "slip", "bye"):  # of an earlier test
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


@pytest.mark.parametrize("name", ["own:bent", "own:factory", "keras.activations:softsign"])
def test_what_can_be_trained_passes(name):
    check(name)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_trained_is_refused_with_its_reason(name, folder):
    with pytest.raises(UserError, match=f"^--activations: own:{name}: .*{REFUSED[name]}") as error:
        check(f"own:{name}")
    assert "\n" not in str(error.value)
    os.chdir(folder)
    keras.config.set_floatx("float32")


def test_a_module_that_ends_python_is_told():
    with pytest.raises(UserError, match=r"bye:f: SystemExit: 0\. Remove what ends Python there"):
        check("bye:f")


def test_a_slip_in_the_module_is_told():
    with pytest.raises(UserError, match="slip:f: SyntaxError: "):
        check("slip:f")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("own.py:bent", "own:bent"),
        ("./own.py:bent", "own:bent"),
        ("dir/own.py:bent", "dir.own:bent"),
        ("own.bent", "own:bent"),
        ("own.py", "own:function"),
    ],
)
def test_what_was_meant_is_suggested(typed, wanted):
    with pytest.raises(UserError, match=f"Did you mean {wanted}\\?"):
        choose(default_study(), activations=typed)


def test_its_source_is_known_without_an_import(folder):
    before = source_sha256("own:bent")
    assert source_sha256("own:factory") == before
    (folder / "own.py").write_text(OWN + "# changed")
    assert source_sha256("own:bent") != before


@pytest.mark.parametrize(
    ("name", "told"),
    [
        *((f"{module}:f", f"{module}:f: there is no module '{module}'") for module in ABSENT),
        *((name, "expected module:function") for name in (":f", "own:", "own:a b", "a/b:f")),
    ],
)
def test_what_leads_to_no_module_is_told(name, told):
    with pytest.raises(UserError, match=told):
        source_sha256(name)
