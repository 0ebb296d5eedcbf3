"""Prose as Markdown source."""

from hypothesis import given
from hypothesis import strategies as st

from bench.reporting import markup


@given(st.text(alphabet="ab -–,.\n", max_size=400))
def test_wrapping_changes_white_space_alone(text):
    wrapped = markup.prose(text)
    assert wrapped.split() == text.split()
    assert all(len(line) <= markup.WIDTH for line in wrapped.splitlines() if " " in line)


def test_lists_are_indented_under_their_markers():
    words = "word " * 30
    bullets = markup.items([words, "short"]).splitlines()
    assert [line[:3] for line in bullets] == ["- w", "  w", "- s"]
    numbers = markup.numbered([words, "short"]).splitlines()
    assert [line[:5] for line in numbers] == ["1.  w", "    w", "2.  s"]


def test_a_point_without_a_measured_number_says_so():
    assert markup.nested([]) == "   - Not measured here."
    assert markup.nested(["one"]) == "   - one"
    assert markup.items([]) == ""
