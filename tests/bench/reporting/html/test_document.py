"""Markdown to HTML."""

import pytest

from bench.reporting.html.document import document, sort_key
from bench.reporting.wording import number, probability, seconds, signed_spread, spread

TEXT = """\
# A title

## Bank Note

| set | p |
|:--|--:|
| a \\| b | < .001 |
| **c** | – |

### Bank Note, `paper` protocol

![what it shows](figures/a.png)

A caption, with ![one in it](figures/b.png) that stays.
"""


def made():
    return document(TEXT, lambda target, alt: f"<figure>{target}: {alt}</figure>\n")


def test_headings_can_be_linked():
    title, _, headings = made()
    assert title == "A title"
    assert headings == [
        (2, "Bank Note", "bank-note"),
        (3, "Bank Note, paper protocol", "bank-note-paper-protocol"),
    ]
    assert '<h3 id="bank-note-paper-protocol">' in made().body


def test_an_image_by_itself_becomes_a_figure_and_not_one_within_a_paragraph():
    body = made().body
    assert "<figure>figures/a.png: what it shows</figure>" in body
    assert "<p><figure>" not in body
    assert '<img src="figures/b.png" alt="one in it"' in body


def test_a_table_scrolls_in_a_named_frame_and_has_a_button_on_every_column():
    body = made().body
    assert body.count('tabindex="0" aria-label="Bank Note, table 1">') == 1
    assert '<button type="button">p</button>' in body
    assert '<td style="text-align:right" data-key="0.0005">&lt; .001</td>' in body
    assert '<td style="text-align:right">–</td>' in body


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (number(-0.25), -0.25),
        (spread(0.5, 0.25, 0.75), 0.5),
        (signed_spread(0.125, 0.0, 0.25), 0.125),
        (seconds(90.0), 90.0),
        (seconds(0.0125), 0.0125),
        (seconds(3.5e-6), 3.5e-6),
        (probability(0.25), 0.25),
        (f"{1234567:,}", 1234567),
        ("100 of 100 (3 constant)", 100),
        ("1 / 97 / 2", 1),
        ("4.8e-15", 4.8e-15),
        ("**reproduced**", None),
        (number(float("nan")), None),
        ("held-out", None),
    ],
)
def test_a_cell_sorts_by_the_number_that_it_begins_with(text, key):
    assert sort_key(text) == pytest.approx(key)


def test_a_bound_sorts_below_what_it_bounds():
    assert sort_key(probability(0.0001)) < sort_key(probability(0.001))
