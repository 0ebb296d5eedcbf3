"""What is written: the report's own words, every figure, nothing from elsewhere."""

import json
import re
from html import unescape

import pytest

from bench.errors import UserError
from bench.reporting import figures, report
from bench.reporting.document import Picture
from bench.reporting.html import page
from tests import helpers


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


def test_every_picture_of_the_report_is_a_chart_with_its_words(written):
    source, text = written.with_name("report.md").read_text(), written.read_text()
    alts = re.findall(r"^!\[(.+?)\]", source, re.MULTILINE)
    specs = json.loads(re.search(r'id="charts">(.*?)</script>', text)[1])
    assert list(dict.fromkeys(spec["description"] for spec in specs)) == alts
    assert text.count("<figure>") == len(alts) == 4 * 4
    assert len(re.findall(r'data-chart="\d+"', text)) == len(specs)
    assert "<img" not in text.partition("</main>")[0]


def test_a_picture_without_a_chart_is_in_the_page_itself(tmp_path, monkeypatch):
    folder = helpers.results_folder(tmp_path, seeds={"banknote": 2})
    (folder / "figures").mkdir()
    (folder / "figures" / "new.png").write_bytes(b"the pixels")
    picture = Picture("new.png", "what it shows", "What to know.", lambda: None)
    monkeypatch.setattr(figures, "cell_pictures", lambda *_: [picture])
    monkeypatch.setattr(figures, "save", lambda _, path: path)
    report.write_report(folder, html=True)
    assert 'src="data:image/png;base64,dGhlIHBpeGVscw=="' in (folder / "report.html").read_text()


def test_the_report_is_the_same_with_and_without_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "cell_pictures", lambda *_: [])
    folder = helpers.results_folder(tmp_path, seeds={"iris": 3})
    path = report.write_report(folder)
    before = path.read_bytes()
    assert not path.with_suffix(".html").exists()
    report.write_report(folder, html=True)
    html = path.with_suffix(".html").read_bytes()
    assert path.read_bytes() == before
    report.write_report(folder, html=True)
    assert path.with_suffix(".html").read_bytes() == html


def test_without_its_libraries_one_line_names_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "altair", None)
    with pytest.raises(UserError, match=r"--html needs altair.*\[html\]"):
        report.write_report(tmp_path, html=True)


def test_a_script_cannot_be_ended_by_what_stands_in_it():
    assert "</script>" not in page._script("'</script><!-- '")
