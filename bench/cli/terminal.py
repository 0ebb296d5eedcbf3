"""The way to the terminal: whatever may hold a text of the user's is printed by ``say``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bench.escapes import visible

if TYPE_CHECKING:
    from rich.console import Console


def say(text: object, console: Console | None = None, *, err: bool = False) -> None:
    """Print a text as it is: control characters visible, no markup, no pictographs.

    Args:
        text: One line or several.
        console: A console on which a bar may be drawn; default: the standard stream.
        err: Whether to print to stderr, without a console.
    """
    shown = visible(str(text))
    if console is None:
        typer.echo(shown, err=err)
    else:
        console.print(shown, markup=False, emoji=False, soft_wrap=True)
