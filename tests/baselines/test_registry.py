import subprocess
import sys

from baselines import ACTIVATIONS, DEFAULT, FIXED, LEARNED


def test_names_are_the_contracts():
    assert DEFAULT == ("adaact", "relu", "tanh", "sigmoid", "linear")
    assert list(FIXED)[:4] == list(DEFAULT[1:])
    assert list(ACTIVATIONS) == [*LEARNED, *FIXED]
    assert next(iter(ACTIVATIONS)) == "adaact"


def test_importing_the_registry_loads_no_heavy_library():
    program = "import sys, baselines; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    loaded = {module.partition(".")[0] for module in ran.stdout.split()}
    assert "baselines" in loaded
    assert loaded.isdisjoint({"adaact", "keras", "tensorflow", "sklearn", "numpy"})
