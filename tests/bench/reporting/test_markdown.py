"""Blocks as Markdown that a parser takes for what it is meant to be."""

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bench.reporting import markdown
from bench.reporting.columns import TableColumn
from bench.reporting.document import Bullets, Heading, Picture, Prose, Table, folded


def cells(text):
    """Head and rows of a pipe table, as a Markdown parser reads them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows: list[list[str]] = []
    for before, token in itertools.pairwise(tokens):
        if before.type == "tr_open":
            rows.append([])
        if token.type == "inline" and before.type in ("th_open", "td_open"):
            rows[-1].append(token.content)
    return rows


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


NAME, NUMBER = TableColumn("name", words=True), TableColumn("n")


def test_every_cell_comes_back_from_the_parser():
    frame = pd.DataFrame({"name": ["a|b", "c"], "n": ["1.50", "10"]})
    text = markdown.markdown(Table(frame, [NAME, NUMBER]))
    assert cells(text) == [["name", "n"], ["a|b", "1.50"], ["c", "10"]]


def test_columns_line_up_in_the_source():
    frame = pd.DataFrame({"name": ["relu", "x"], "n": ["1", "10,000"]})
    text = markdown.markdown(Table(frame, [NAME, NUMBER]))
    lines = text.splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("|:-")
    assert lines[1].endswith("-:|")


@pytest.mark.parametrize(("rows", "is_folded"), [(12, False), (13, True)])
def test_a_long_table_is_folded_away(rows, is_folded):
    block = folded("Many", Table(pd.DataFrame({"n": ["1"] * rows}), [NUMBER]))
    text = markdown.markdown(block)
    assert text.startswith("<details>\n<summary>Many (13 rows)</summary>\n\n|") == is_folded
