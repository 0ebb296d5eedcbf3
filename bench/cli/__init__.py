"""The command line: the one place that talks to people."""

from bench.cli.program import main

__all__ = ["main"]
