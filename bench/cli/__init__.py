"""The command line: the one place that talks to people."""

from bench.cli.commands import main

__all__ = ["main"]
