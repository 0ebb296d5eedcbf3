"""Texts of the user's in Markdown and HTML: shown as typed, whatever they hold."""

from html import unescape

import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bench.reporting.columns import TableColumn
from bench.reporting.document import Bullets, Heading, Prose, Table
from bench.reporting.inline import code, literal, plain, to_html
from bench.reporting.markdown import markdown

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SIGNS = st.text(alphabet="ab1 \\`*_{}[]<>()#+-.!|~&;:/=$\"'", min_size=1, max_size=30)
HOSTILE = (
    *("<img src=x onerror=alert(1)>", "a|b", "*x*", "<unk>", "![x](y)", "`ls`", "[a](b)", ":id"),
    "a  * b",
    *("# h", "- l", "1. n", "2) n", "> q", "~~s~~", "_u_", "a_b", "&lt;", "\\", "\\*", "---"),
    *("<!-- c -->", "| a | b |", "[a]: http://b", "x | y |---|---|", "``` x", "**", "==="),
)


def shown(text):
    """A text as a reader sees it: white space means nothing."""
    return " ".join(text.split())


def read(source, kind="inline"):
    """The texts of a Markdown source, and the types of all tokens but those of blocks and text."""
    tokens = PARSER.parse(source)
    inline = [token for token in tokens if token.type == kind]
    children = [child for token in inline for child in token.children]
    marks = {child.type for child in children} - {"text", "softbreak"}
    others = {t.type for t in tokens} & {"html_block", "fence", "code_block", "hr"}
    texts = [
        shown("".join(" " if c.type == "softbreak" else c.content for c in token.children))
        for token in inline
    ]
    return texts, marks | others


def hostile(test):
    """Give a property every hostile text as an example."""
    for text in HOSTILE:
        test = example(text)(test)
    return test


@hostile
@given(SIGNS.filter(str.strip))
def test_markdown_shows_a_text_as_typed(text):
    assert read(markdown(Prose(literal(text)))) == ([shown(text)], set())
    assert read(markdown(Prose(f"Before {literal(text)} after."))) == (
        [shown(f"Before {text} after.")],
        set(),
    )
    assert read(markdown(Heading(f"On {literal(text)}."))) == ([shown(f"On {text}.")], set())
    items = read(markdown(Bullets([literal(text), literal(text)])))
    assert items == ([shown(text)] * 2, set())


@hostile
@given(SIGNS.filter(str.strip))
def test_markdown_shows_a_cell_as_typed(text):
    frame = pd.DataFrame({"name": [text], "n": [1]})
    source = markdown(
        Table(frame, [TableColumn(literal(text), ("name",), words=True), TableColumn("n")])
    )
    assert read(source) == ([shown(text), "n", shown(text), "1"], set())


@hostile
@given(SIGNS)
def test_html_shows_a_text_as_typed(text):
    made = to_html(literal(text))
    assert "<" not in made
    assert unescape(made) == text
    assert plain(literal(text)) == text
    assert plain(f"**{literal(text)}**") == text


@given(SIGNS.filter(str.strip))
def test_code_shows_a_command_as_typed(text):
    assert plain(code(text)) == text
    texts, marks = read(markdown(Prose(f"Run {code(text)}.")))
    assert shown(texts[0].replace(" ", "")) == shown(f"Run {text}.".replace(" ", ""))
    assert marks <= {"code_inline"}


def test_an_ordinary_text_stays_as_it_is():
    for text in ("against relu: −0.0123 (−0.02 to 0.01)", "leaky_relu", "0 / 3", "< .001"):
        assert literal(text) == text


def test_control_characters_and_line_feeds_are_not_passed_on():
    assert literal("a\nb\x1bc") == r"a b\\x1bc"
    assert code("a\nb\x1bc") == r"a b\\x1bc"
