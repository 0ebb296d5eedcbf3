"""What reaches the terminal: texts of the user's as typed, nothing that it obeys."""

import io
import subprocess
import sys

import pytest
from rich.console import Console

from bench.cli.terminal import say

TYPED = (":id", ":smile:", "[bold]x[/bold]", "[/]", "[link=http://e.org]x[/link]", r"C:\[a]", "<b>")
OBEYED = ("\x1bc", "\x1b]8;;https://e.org\x1b\\text\x1b]8;;\x1b\\", "\x9b2J", "a\rb", "\x07")


@pytest.fixture
def console():
    """A terminal with colours, which keeps what it gets."""
    return Console(file=io.StringIO(), force_terminal=True, highlight=False, width=30)


@pytest.mark.parametrize("text", TYPED)
def test_a_text_is_shown_as_typed(text, console, capsys):
    say(text)
    say(text, err=True)
    say(text, console)
    assert capsys.readouterr() == (f"{text}\n", f"{text}\n")
    assert console.file.getvalue() == f"{text}\n"


@pytest.mark.parametrize("text", OBEYED)
def test_what_a_terminal_obeys_is_shown_instead(text, console, capsys):
    say(text)
    say(text, console)
    for shown in (capsys.readouterr().out, console.file.getvalue()):
        assert shown == text.encode("unicode_escape").decode().replace(r"\\", "\\") + "\n"


def test_a_hostile_path_is_one_line(invoke):
    ended = invoke("report", "--results", "a\x1bc\nadaact-bench: all is well")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert r"a\x1bc\nadaact-bench: all is well" in ended.err


def test_a_hostile_header_is_shown_as_typed(invoke, tmp_path):
    rows = "\n".join(f"{n % 7},{n},{'ab'[n % 2]}" for n in range(40))
    (tmp_path / "own.csv").write_text(f":id,\x1bc,class\n{rows}\n")
    ended = invoke("compare", "own.csv", "--target", "clas")
    assert ended.code == 2
    assert "\x1b" not in ended.err
    assert "Did you mean class" in ended.err


def test_a_closed_stream_is_the_null_device_in_processes_started_from_here():
    looks = "import os; os.fstat(2)"
    program = (
        "import subprocess, sys; from bench.cli.terminal import keep_streams; keep_streams();"
        f"sys.exit(subprocess.run([sys.executable, '-c', {looks!r}]).returncode)"
    )
    command = ["sh", "-c", '"$0" -c "$1" 2>&-', sys.executable, program]
    assert subprocess.run(command, check=False).returncode == 0
