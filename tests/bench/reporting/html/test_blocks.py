"""Blocks as HTML."""

import numpy as np
import pandas as pd
import pytest

from bench.reporting.columns import TableColumn
from bench.reporting.document import Heading, Picture, Table
from bench.reporting.html.blocks import Renderer
from bench.reporting.inline import to_html
from bench.reporting.style import panels
from bench.reporting.wording import probability

FRAME = pd.DataFrame({"set": ["a | b", "<c>"], "p": [0.0001, np.nan]})
TABLE = Table(FRAME, [TableColumn("set", words=True), TableColumn("p [95 %]", ("p",), probability)])


def html(*blocks):
    return Renderer().body(blocks)


def test_a_heading_can_be_linked():
    made = html(Heading("Bank Note, `paper` protocol", 3))
    assert made == ('<h3 id="bank-note-paper-protocol">Bank Note, <code>paper</code> protocol</h3>')


def test_a_caption_follows_its_figure():
    picture = Picture(
        "a.png", 'what "it" shows', "What to know.", lambda: panels(1, 1, height=1)[0]
    )
    figure, _, after = html(picture).partition("</figure>")
    assert figure.startswith("<figure>")
    assert 'aria-label="what &quot;it&quot; shows"' in figure
    assert after == "\n<p>What to know.</p>"


def test_a_table_scrolls_in_a_named_frame_and_has_a_button_on_every_column():
    made = html(TABLE, Heading('A "name"'), Table(FRAME, TABLE.columns, "Long"))
    assert made.count('tabindex="0" aria-label="Overview, table 1">') == 1
    assert made.count('aria-label="A &quot;name&quot;, table 1">') == 1
    assert "<details>\n<summary>Long</summary>\n<div" in made
    assert '<button type="button">p [95\u00a0%]</button>' in made


def test_a_cell_shows_its_text_and_sorts_by_its_number():
    made = html(TABLE)
    assert '<td style="text-align:right" data-key="0.0001">&lt; .001</td>' in made
    assert '<td style="text-align:right">–</td>' in made
    assert '<td style="text-align:left">a | b</td>' in made
    assert '<td style="text-align:left">&lt;c&gt;</td>' in made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**a `b` c** *e*", "<strong>a <code>b</code> c</strong> <em>e</em>"),
        ('[t](a"b.csv), [95 %] (c)', '<a href="a&quot;b.csv">t</a>, [95 %] (c)'),
        ("<img src=x> & `<b>`", "&lt;img src=x&gt; &amp; <code>&lt;b&gt;</code>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_inline_marks_become_elements_and_nothing_else_does(text, shown):
    assert to_html(text) == shown
