"""``python -m bench`` is ``adaact-bench``."""

from bench.cli import main

main()
