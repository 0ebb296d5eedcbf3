"""Texts of the user's without what a terminal or a file system would obey."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.escapes import file_name, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – ünïcode 日本 👍\n", "plain – ünïcode 日本 👍\n"),
        ("\x1bc", r"\x1bc"),
        ("\x1b]8;;https://e.org\x1b\\x", r"\x1b]8;;https://e.org\x1b\x"),
        ("a\tb\r\x00\x7f\x9b", r"a\tb\r\x00\x7f\x9b"),
        ("\u202eabc\u2028", r"\u202eabc\u2028"),
        (b"\xff".decode(errors="surrogateescape"), r"\udcff"),
    ],
)
def test_control_characters_are_shown_as_python_writes_them(text, shown):
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_no_control_character_is_left_and_all_can_be_encoded(text):
    shown = visible(text)
    assert {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs"} <= (
        {"Cc"} if "\n" in text else set()
    )
    assert shown.encode().decode() == shown


@given(st.text())
def test_a_file_name_has_letters_digits_and_three_signs(text):
    made = file_name(text)
    assert len(made) == len(text)
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
    assert file_name("a/../b:c d.png") == "a-..-b-c-d.png"
