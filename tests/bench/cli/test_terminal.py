"""What reaches the terminal: texts of the user's as typed, nothing that it obeys."""

import io
import subprocess
import sys

import pytest
from rich.console import Console

from bench.cli.terminal import say

TYPED = (":id", ":smile:", "[bold]x[/bold]", "[/]", "[link=http://e.org]x[/link]", r"C:\[a]", "<b>")
OBEYED = ("\x1bc", "\x1b]8;;https://e.org\x1b\\text\x1b]8;;\x1b\\", "\x9b2J", "a\rb", "\x07")


@pytest.mark.parametrize("text", [*TYPED, *OBEYED])
def test_a_text_is_shown_as_typed_and_what_a_terminal_obeys_as_a_code(text, capsys):
    expected = text if text in TYPED else text.encode("unicode_escape").decode()
    console = Console(file=io.StringIO(), force_terminal=True, highlight=False, width=30)
    say(text)
    say(text, err=True)
    say(text, console)
    for shown in (*capsys.readouterr(), console.file.getvalue()):
        assert shown == expected.replace(r"\\", "\\") + "\n"


def test_a_hostile_path_or_header_is_one_line(invoke, tmp_path):
    ended = invoke("report", "--results", "a\x1bc\nadaact-bench: all is well")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert r"a\x1bc\nadaact-bench: all is well" in ended.err
    (tmp_path / "own.csv").write_text(":id,\x1bc,class\n" + "1,2,a\n3,4,b\n" * 20)
    ended = invoke("compare", "own.csv", "--target", "clas")
    assert (ended.code, "\x1b" in ended.err) == (2, False)
    assert "Did you mean class" in ended.err


def test_a_closed_stream_is_the_null_device_in_processes_started_from_here():
    looks = "import os; os.fstat(2)"
    program = (
        "import subprocess, sys; from bench.cli.terminal import keep_streams; keep_streams();"
        f"sys.exit(subprocess.run([sys.executable, '-c', {looks!r}]).returncode)"
    )
    command = ["sh", "-c", '"$0" -c "$1" 2>&-', sys.executable, program]
    assert subprocess.run(command, check=False).returncode == 0
