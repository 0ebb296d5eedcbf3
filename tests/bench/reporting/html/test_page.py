"""What is written: the report's own words, every figure, nothing from elsewhere."""

import base64
import hashlib
import re
from html import unescape
from pathlib import Path

from bench.reporting import report
from bench.reporting.document import Heading, Picture
from bench.reporting.html import page
from bench.reporting.style import panels, styled


def words(text):
    return re.sub(r"\W+", " ", text).split()


def test_it_says_what_the_report_says(written):
    """Sentence by sentence and cell by cell, in one order; pictures aside."""
    source = written.with_name("report.md").read_text()
    body = re.search(r"<main.*?</noscript>(.*)</main>", written.read_text(), re.DOTALL)[1]
    told = re.sub(r"<figure>.*?</figure>", " ", body, flags=re.DOTALL)
    told = unescape(re.sub(r"<[^>]+>", " ", told))
    pictures = r"!\[.*?\]\(.*?\)|\]\([^)]+\)|<[^>]+>"
    marks = r"^\|[:|-]+\|$|^ *\d+\. "  # of tables and of numbered lists
    asked = re.sub(marks, " ", re.sub(pictures, " ", source), flags=re.MULTILINE)
    assert words(told) == words(unescape(asked))


def test_every_picture_of_the_report_is_in_the_page_with_its_words(written):
    source, text = written.with_name("report.md").read_text(), written.read_text()
    alts = re.findall(r"^!\[(.+?)\]", source, re.MULTILINE)
    labels = re.findall(r'<figure><div class="picture" role="img" [^>]*aria-label="(.*?)"', text)
    assert list(map(unescape, labels)) == alts
    assert text.count("<svg") == len(alts) == 1 + 1 + 2 * 2  # gaps, scalars, and two a data set


def test_one_function_draws_a_picture_for_the_report_and_for_the_page(tmp_path):
    drawn = []

    @styled
    def draw():
        figure, axes = panels(1, 1, height=2)
        axes[0][0].set_title("drawn once")
        drawn.append(figure)
        return figure

    blocks = [Heading("A title", 1), Picture("new.png", "what it shows", "What to know.", draw)]
    report.draw(blocks, tmp_path)
    assert (tmp_path / "new.png").read_bytes().startswith(b"\x89PNG")
    text = page.page(blocks)
    assert ">drawn once</text>" in text
    assert len(drawn) == 2


def test_the_page_has_one_script_and_its_policy_allows_no_other(written):
    text = written.read_text()
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    own = Path(page.__file__).with_name("page.js").read_text()
    assert script.strip() == own.strip()
    hash_ = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', text)[1]
    assert policy.split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        f"script-src 'sha256-{hash_}'",
    ]
    assert text.count("<script") == 1
    assert not re.search(r"<[^>]*\son\w+=", text)


def test_nothing_of_the_page_lies_elsewhere(written):
    text = written.read_text()
    body = text.partition("<main")[2]
    assert not re.search(r"<(img|link|iframe|object|embed|image)\b|\bsrc=|@import", text)
    assert all(target.startswith("#") for target in re.findall(r'xlink:href="(.*?)"', body))
    assert all(target.startswith("#") for target in re.findall(r"url\((.*?)\)", text))


def test_no_two_elements_share_an_id(written):
    ids = re.findall(r'\sid="(.*?)"', written.read_text())
    assert len(ids) == len(set(ids))
