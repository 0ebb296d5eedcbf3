"""``python -m bench`` is ``adaact-bench``."""

import sys
from pathlib import Path

if sys.path[0] != str(Path(__file__).parents[1]):
    del sys.path[0]  # the working folder: a file of the user's must not hide one of the suite's

from bench.cli import main

main()
