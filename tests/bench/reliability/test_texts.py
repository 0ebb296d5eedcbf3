"""Texts of others on their way out: shown as typed; nothing runs, nothing is fetched or embedded.

They are headers and labels of a table, words of a claims file, and all free words of the results
folder that somebody edited.
"""

import csv
import json
import socket
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt

from bench.escapes import visible
from bench.options import table_name
from tests import helpers
from tests.bench.exports.test_table_schema import read as text_of
from tests.bench.exports.test_table_schema import write

HOSTILE = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg onload=window.hit=1>",
    "</table></script><iframe src=/etc/hostname>",
    "![x](/etc/hostname)",
    "![x](http://127.0.0.1:9/p.png)",
    "[a](javascript:window.hit=1)",
    "<style>@import 'http://127.0.0.1:9/a'</style>",
    "\x1b[2J",
    "\x1b]8;;http://e.org\x07x",
    "\u202egnp.exe",
    "| a | b |",
    "`ls`",
    "&lt;b&gt;",
    "../../../forged",
)
PROTOCOLS = ("paper", "held-out")
CLAIM = """
[[claim]]
kind = "figure"
dataset = "{1}"
metric = "test_accuracy"
activation = "relu"
protocol = "held-out-scaled"
value = 0.9
text = {0}
place = {0}
"""


FILE = "<svg onload=window.hit=1>.csv"
# Of those that a results folder may have: of a data set, and of activations.
NAMES = {"iris": "..", "tanh": "javascript:window.hit", "sigmoid": "__proto__"}


class Told(NamedTuple):
    """What left: the terminal's words, the report, the page."""

    terminal: str
    markdown: str
    page: Path


@pytest.fixture(scope="module")
def told(starter, tmp_path_factory):
    folder = tmp_path_factory.mktemp("texts")
    with (folder / FILE).open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow([*HOSTILE, "class"])
        for n in range(10 * len(HOSTILE)):
            numbers = [(n * (7 + place)) % 31 + 0.5 for place in range(len(HOSTILE))]
            rows.writerow([*numbers, HOSTILE[n % len(HOSTILE)]])
    sizes = ("--splits", 2, "--seeds", 1, "--workers", 1, "--activations", "adaact,relu")
    asked = ("compare", FILE, "--target", "class", *sizes, "--results", "results")
    compared = starter.run(folder, *asked)
    assert compared.code == 0, compared.err
    (folder / "results" / "trials.sqlite").unlink()  # else it is exported anew
    path = folder / "results" / "provenance.json"
    record = json.loads(path.read_text())
    record |= {"command": " ".join(HOSTILE), "commit": HOSTILE[0]}
    record |= {"versions": dict.fromkeys(HOSTILE, HOSTILE[1])}
    record |= {"machine": {text: text for text in HOSTILE}}
    record["tables"][table_name(FILE)]["notes"] = list(HOSTILE)
    path.write_text(json.dumps(record))
    words = [json.dumps(text, ensure_ascii=True) for text in HOSTILE]
    claims = [CLAIM.format(text, table_name(FILE)) for text in words]
    (folder / "claims.toml").write_text("".join(claims))
    checked = starter.run(folder, "check", "--claims", "claims.toml")
    shown = starter.run(folder, "report", "--html", "--claims", "claims.toml")
    assert (checked.code, shown.code) == (0, 0), checked.err + shown.err
    markdown = (folder / "results" / "report.md").read_text()
    assert not list(folder.rglob("forged*"))
    return Told(compared.err + checked.out, markdown, folder / "results" / "report.html")


def squeezed(text):
    return "".join(text.split())


@pytest.fixture(scope="module")
def read(told):
    """The text and the other tokens of the report, as Markdown's own parser reads it."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    children = [c for token in parser.parse(told.markdown) for c in token.children or ()]
    text = "".join(c.content for c in children if c.type in ("text", "code_inline"))
    targets = [c.attrs.get("href", c.attrs.get("src")) for c in children if c.attrs]
    return squeezed(text), {c.type for c in children}, targets


class Page(HTMLParser):
    """The texts and the elements of a page."""

    def __init__(self, page):
        super().__init__()
        self.text, self.elements, self.attributes = "", [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page(told):
    return Page(told.page.read_text())


each = pytest.mark.parametrize("text", HOSTILE, ids=ascii)
row = pytest.mark.scorecard(14, "texts in the terminal, in Markdown and in HTML")


@row
@each
def test_a_terminal_shows_what_was_typed(told, text):
    assert visible(text) in told.terminal.replace("\\\\", "\\")
    assert not set(told.terminal) & {"\x1b", "\x07", "\u202e"}


@row
@each
def test_markdown_shows_what_was_typed(read, text):
    shown, kinds, targets = read
    assert shown.count(squeezed(visible(text))) >= 4  # header, label, claim and provenance
    assert "html_inline" not in kinds
    assert not [one for one in targets if "forged" in one or "/etc" in one or ":" in one]


@row
@each
def test_a_page_shows_what_was_typed(page, text):
    assert squeezed(page.text).count(squeezed(visible(text))) >= 4
    assert not {"iframe", "img", "object", "embed", "link", "base"} & set(page.elements)
    assert not [name for name in page.attributes if name.startswith("on")]


@pytest.fixture(scope="module")
def renamed(starter, tmp_path_factory):
    """The page of a results folder with every figure and hostile names."""
    folder = tmp_path_factory.mktemp("names")
    helpers.results_folder(folder / "results", seeds={"iris": 3}, protocols=PROTOCOLS, timing=True)
    for path in (folder / "results").iterdir():
        text = text_of(path)
        for name, hostile in NAMES.items():
            text = text.replace(name, hostile)
        write(path, text)
    ended = starter.run(folder, "report", "--html")
    assert ended.code == 0, ended.err
    assert {path.name for path in folder.iterdir()} == {"results", "log", "out", "err"}
    return folder / "results" / "report.html"


@pytest.mark.scorecard(14, "pages of such texts in Chromium")
@pytest.mark.parametrize("kind", ["texts", "names"])
def test_in_a_browser_nothing_runs_and_nothing_is_fetched(browser, request, kind):
    page = request.getfixturevalue("told").page if kind == "texts" else None
    page = page or request.getfixturevalue("renamed")
    context = browser.new_context()
    tab = context.new_page()
    asked, complaints = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: complaints.append(message.text))  # of what was refused, too
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(page.as_uri())
    tab.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
    assert tab.evaluate("window.hit") is None
    assert [url for url in asked if not url.startswith("data:")] == [page.as_uri()]
    assert complaints == []
    assert tab.locator(".picture svg").count() > 0
    assert f">{socket.gethostname()}<" not in tab.content()
    hostile = [one for one in HOSTILE if "window" in one] if kind == "texts" else NAMES.values()
    for text in hostile:
        assert text in tab.inner_text("body")
    context.close()
