"""Blocks as Markdown that a parser takes for what it is meant to be."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reporting import markdown
from bench.reporting.columns import TableColumn
from bench.reporting.document import Bullets, Heading, Picture, Prose, Table, folded
from bench.reporting.wording import number


@given(st.text(alphabet="ab -–,.\n", max_size=400))
def test_wrapping_changes_white_space_alone(text):
    wrapped = markdown.wrapped(text)
    assert wrapped.split() == text.split()
    assert all(len(line) <= markdown.WIDTH for line in wrapped.splitlines() if " " in line)


def test_lists_are_indented_under_their_markers():
    words = "word " * 30
    bullets = markdown.markdown(Bullets([words, "short"])).splitlines()
    assert [line[:3] for line in bullets] == ["- w", "  w", "- s"]


def test_an_empty_line_parts_two_blocks():
    blocks = [Heading("A", 3), Prose("b", "Why?"), Picture("a.png", "c", "d", figure)]
    assert markdown.render(blocks) == "### A\n\n**Why?**\nb\n\n![c](figures/a.png)\n\nd"


def figure():
    raise AssertionError("Markdown links a picture and draws none")


@pytest.mark.parametrize(("rows", "is_folded"), [(12, False), (13, True)])
def test_a_long_table_is_folded_away(rows, is_folded):
    block = folded("Many", Table(pd.DataFrame({"n": ["1"] * rows}), [TableColumn("n")]))
    text = markdown.markdown(block)
    assert text.startswith("<details>\n<summary>Many (13 rows)</summary>\n\n|") == is_folded


@pytest.mark.parametrize("kind", ["Int64", "Float64"])
def test_a_missing_count_is_a_dash_as_a_missing_score_is(kind):
    frame = pd.DataFrame({"errors": pd.array([None, 2], kind)})
    assert TableColumn("errors", text=number).cells(frame) == ["–", "2.0000"]
