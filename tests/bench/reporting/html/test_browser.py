"""The page in headless Chromium: offline, by mouse and keyboard, in light and dark, on paper."""

import re

import pytest

SIZES = (400, 1000, 1600)
WIDER = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)"


@pytest.fixture
def visit(browser, written):
    """Opens the page from disk: ``visit(width=400)``."""
    contexts = []

    def visit(width=1000, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(written.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()


def column(table, n):
    return table.locator(f"tbody td:nth-child({n})").all_inner_texts()


@pytest.mark.parametrize("width", SIZES)
def test_it_asks_for_nothing_complains_of_nothing_and_fits_the_screen(visit, written, width):
    """It opens from disk; nothing but tables and, on a telephone, figures is wider than it."""
    page = visit(width)
    assert [url for url in page.asked if not url.startswith("data:")] == [written.as_uri()]
    assert page.complaints == []
    pictures = page.locator(".picture")
    assert page.locator(".picture[role=img][aria-label] svg").count() == pictures.count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width >= 1000:
        assert pictures.evaluate_all(WIDER) == []


def test_a_table_sorts_by_number_and_by_word_with_the_keyboard(visit):
    page = visit()
    score = "held-out: test F1"
    table = page.locator("main table").filter(has_text=score).first
    place = 1 + table.locator("th").all_inner_texts().index(score)
    numbers = table.locator("th button", has_text=score)
    numbers.press("Enter")
    assert column(table, place) == sorted(column(table, place), key=float)
    assert table.locator("th[aria-sort=ascending]").inner_text() == score
    numbers.press("Enter")
    assert column(table, place) == sorted(column(table, place), key=float, reverse=True)
    table.locator("th button").first.press("Space")
    assert column(table, 1) == sorted(column(table, 1))
    assert table.locator("th[aria-sort]").count() == 1


def test_what_the_mouse_meets_on_a_mark_has_the_title_of_its_seed(visit):
    page = visit()
    mark = page.locator("svg use:has(title)", has_text="seed 0: test accuracy").first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    met = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).querySelector('title').textContent", middle
    )
    assert re.fullmatch(r"\w+, seed \d: test accuracy \d\.\d+", met)


def test_the_first_figure_is_within_the_first_screen(visit):
    box = visit(width=1000).locator("figure").first.bounding_box()
    assert box["y"] + box["height"] < 900


def test_first_column_and_verdict_stay_while_a_table_scrolls(visit):
    page = visit(width=400)
    table = page.locator(".table").filter(has=page.locator("th.pinned")).first
    table.evaluate("one => { one.scrollLeft = 150; }")
    frame = table.bounding_box()
    first = table.locator("tbody td").first.bounding_box()
    verdict = table.locator("tbody td.pinned").first.bounding_box()
    assert first["x"] == pytest.approx(frame["x"], abs=1)
    assert verdict["x"] + verdict["width"] <= frame["x"] + frame["width"] + 1
    assert first["x"] + first["width"] < verdict["x"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_is_dark_on_white_in_either_scheme(visit, scheme):
    page = visit(scheme=scheme)
    picture = page.locator(".picture").first
    paper = picture.evaluate("one => getComputedStyle(one).backgroundColor")
    ink = picture.locator("text").first.evaluate("one => getComputedStyle(one).fill")
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")


def test_the_published_value_stands_at_adaact_alone_and_under_the_papers_protocol(visit):
    page = visit()
    pictures = page.locator(".picture").filter(has=page.locator("title", has_text="published"))
    named = pictures.evaluate_all("all => all.map(one => one.ariaLabel)")
    assert len(named) == 2  # one for each data set
    assert all("paper protocol: test accuracy of every trial" in name for name in named)
    told = pictures.locator("title", has_text="published").all_text_contents()
    assert all(title.startswith("Adaact, published: ") for title in told)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(visit, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = visit(scheme=scheme)
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
    found = axe.run(page).response["violations"]
    assert {one["id"]: [node["html"] for node in one["nodes"]][:3] for one in found} == {}


def test_the_colours_can_be_chosen(visit):
    page = visit(scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator("#scheme").select_option("dark")
    assert page.evaluate(paper) != light


def test_on_paper_it_is_black_on_white_without_what_only_a_screen_has(visit):
    page = visit(scheme="dark")
    page.locator("#scheme").select_option("dark")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
    assert not page.locator("nav").is_visible()
    assert page.locator(".table, .picture").evaluate_all(WIDER) == []
    folded = page.locator("details:not([open]) table")
    assert folded.count() > 0
    assert all(table.is_visible() for table in folded.all())
    assert page.pdf().startswith(b"%PDF")
