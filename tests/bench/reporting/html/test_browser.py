"""The page in headless Chromium: offline, by mouse and keyboard, in light and dark, on paper."""

import re

import pytest

SIZES = (400, 1000, 1600)
WIDER = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)"


@pytest.fixture
def visit(browser, written):
    """Opens the page from disk and waits for its charts: ``visit(width=400)``."""
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
        page.wait_for_selector("html[data-drawn]")
        return page

    yield visit
    for context in contexts:
        context.close()


def column(table, n):
    return table.locator(f"tbody td:nth-child({n})").all_inner_texts()


@pytest.mark.parametrize("width", SIZES)
def test_it_asks_for_nothing_complains_of_nothing_and_fits_the_screen(visit, written, width):
    """It opens from disk; nothing but tables is wider than the screen."""
    page = visit(width)
    assert [url for url in page.asked if not url.startswith("data:")] == [written.as_uri()]
    assert page.complaints == []
    charts = page.locator(".chart")
    assert page.locator(".chart[role=img][aria-label] svg").count() == charts.count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert charts.evaluate_all(WIDER) == []
    dashes = page.locator(".role-legend-symbol path[stroke-dasharray]")
    assert {mark.get_attribute("stroke") for mark in dashes.all()} == {"var(--ink)"}


def test_a_table_sorts_by_number_and_by_word_with_the_keyboard(visit):
    page = visit()
    table = page.locator("main table").first
    numbers = table.locator("th button", has_text="paper")
    numbers.press("Enter")
    assert column(table, 3) == sorted(column(table, 3), key=_number)
    assert table.locator("th[aria-sort=ascending]").inner_text() == "paper"
    numbers.press("Enter")
    assert column(table, 3) == sorted(column(table, 3), key=_number, reverse=True)
    table.locator("th button").first.press("Space")
    assert column(table, 1) == sorted(column(table, 1))
    assert table.locator("th[aria-sort]").count() == 1


def _number(text):
    return float(text) if text != "–" else float("inf")


def test_the_mouse_is_told_the_seed_under_it(visit):
    page = visit()
    point = page.locator(".chart").first.locator(".mark-symbol path").first
    point.scroll_into_view_if_needed()
    point.hover(force=True)
    page.wait_for_selector("#vg-tooltip-element.visible")
    told = page.locator("#vg-tooltip-element").inner_text()
    assert re.search(r"activation\s+Adaact", told)
    assert re.search(r"seed\s+\d", told)
    assert re.search(r"test accuracy\s+0?\.\d+", told)


def test_a_choice_made_by_keyboard_changes_every_chart_of_the_figure(visit):
    page = visit()
    figure = page.locator("figure:has(select[data-parameter=chosen])").first
    choice, charts = figure.locator("select"), figure.locator(".chart")
    strong = "[stroke-width='3'][stroke='var(--look-0)']"
    assert charts.locator(strong).count() == 0
    choice.focus()
    page.keyboard.press("ArrowDown")
    assert choice.input_value() == "seed 0"
    for i in range(charts.count()):
        assert charts.nth(i).locator(strong).count() == 1


def test_the_published_figure_stands_at_adaact_alone_and_under_the_papers_protocol(visit):
    page = visit()
    charts = page.locator(".chart:has([fill='var(--published)'])")
    named = charts.evaluate_all("all => all.map(one => one.ariaLabel)")
    assert len(named) == 2  # one for each data set
    assert all("paper protocol: test accuracy of every seed" in name for name in named)
    for i in range(2):
        assert charts.nth(i).locator(".mark-rect [fill='var(--published)']").count() == 1


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
    assert page.locator(".table, .chart").evaluate_all(WIDER) == []
    folded = page.locator("details:not([open]) table")
    assert folded.count() > 0
    assert all(table.is_visible() for table in folded.all())
    assert page.pdf().startswith(b"%PDF")
