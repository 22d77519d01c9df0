"""The map in Chromium: choosing, walking by keyboard, filtering, and one click to every place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

import pages
from lindyn import ledger
from lindyn.ledger import used_by
from visits import PHONE, WIDER_THAN_SCREEN, at_file, barriers, quiet, visit

PAGE = "book/map"
ROWS = ledger.rows()
# A statement that uses others and is used by others, on a page that has a card for it.
ID = next(id for id, row in ROWS.items() if row.check and len(row.uses) > 1 and used_by(id))
SHOWN = """() => [...document.querySelectorAll('.ledger-atlas .node')]
    .filter((node) => node.checkVisibility())"""
HERE = "() => document.querySelector('.node[aria-current]')?.id ?? null"
LINES = """() => [...document.querySelectorAll('.ledger-atlas svg path.direct')]
    .map((path) => [path.dataset.from, path.dataset.to])"""


@pytest.fixture
def tab(browser: Browser, site: str) -> Iterator[Page]:
    """The map, quietly open."""
    with visit(browser, site, PAGE) as seen:
        yield seen.page
        quiet(seen.complaints)


def place(id: str) -> str:
    """The end of the address of a statement."""
    return f"{ROWS[id].page}.html#{id}"


def shown(tab: Page) -> int:
    return tab.evaluate(f"({SHOWN})().length")


def test_the_chosen_statement_is_one_click_from_every_place(tab: Page) -> None:
    tab.locator(f"#at-{ID}").click()
    assert tab.evaluate(HERE) == f"at-{ID}"
    assert tab.url.endswith("book/map.html"), "a first click only chooses"
    links = tab.locator(".chosen a").evaluate_all("all => all.map((a) => a.href)")
    row = ROWS[ID]
    for address in map(place, (ID, *row.uses, *used_by(ID))):
        assert any(link.endswith(address) for link in links), address
    assert any(link.endswith(f"{row.page}.html#check-{ID}") for link in links)
    tab.evaluate("scrollTo(0, document.querySelector('.ledger-atlas').offsetTop)")
    strip = tab.locator(".chosen").bounding_box()
    assert strip, "the strip is not drawn"
    assert strip["y"] + strip["height"] <= tab.viewport_size["height"] + 1, "out of sight"


def test_lines_lead_to_what_is_used_and_to_what_uses(tab: Page) -> None:
    tab.locator(f"#at-{ID}").click()
    wanted = {(used, ID) for used in ROWS[ID].uses} | {(ID, user) for user in used_by(ID)}
    drawn = [tuple(line) for line in tab.evaluate(LINES)]
    assert Counter(drawn) == Counter(wanted)
    tab.locator(".chosen button").click()
    assert tab.evaluate(HERE) is None
    assert tab.evaluate(LINES) == []
    tab.locator("select[name=lines]").select_option("all")
    uses = sum(len(row.uses) for row in ROWS.values())
    assert tab.locator(".ledger-atlas svg path").count() == uses


def test_a_second_click_goes_there(tab: Page) -> None:
    tab.locator(f"#at-{ID}").click()
    tab.locator(f"#at-{ID}").click()
    tab.wait_for_url(f"**/{place(ID)}")


def test_the_keyboard_walks_and_goes(tab: Page) -> None:
    tab.locator(".ledger-atlas button[type=reset]").focus()
    tab.keyboard.press("Tab")
    first = tab.evaluate(HERE)
    assert first is not None, "the map is one stop of the tab key"
    tab.keyboard.press("ArrowRight")
    second = tab.evaluate(HERE)
    tab.keyboard.press("ArrowDown")
    third = tab.evaluate(HERE)
    assert len({first, second, third}) == 3
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('.chosen') !== null")
    tab.keyboard.press("Shift+Tab")
    assert tab.evaluate(HERE) == third
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/{place(third.removeprefix('at-'))}")


def test_escape_lets_go(tab: Page) -> None:
    tab.locator(f"#at-{ID}").click()
    tab.keyboard.press("Escape")
    assert tab.evaluate(HERE) is None
    assert tab.locator(".chosen").is_hidden()


@pytest.mark.parametrize("key", ["paper", "sort", "kind", "verdict", "page"])
def test_every_filter_shows_what_it_says(tab: Page, key: str) -> None:
    select = tab.locator(f".ledger-atlas select[name={key}]")
    values = select.locator("option").evaluate_all("all => all.map((o) => o.value)")
    counts = {}
    for value in filter(None, values):
        select.select_option(value)
        counts[value] = shown(tab)
    assert sum(counts.values()) == len(ROWS)
    assert min(counts.values()) > 0
    wanted = {
        "paper": Counter(row.paper for row in ROWS.values()),
        "verdict": Counter(str(row.verdict) for row in ROWS.values()),
        "page": Counter(row.page for row in ROWS.values() if row.page),
    }.get(key, {})
    assert {name: counts[name] for name in wanted} == dict(wanted)
    tab.locator(".ledger-atlas button[type=reset]").click()
    tab.wait_for_function(f"({SHOWN})().length === {len(ROWS)}")


def test_a_word_finds_statements_and_keeps_the_relatives_of_the_chosen_one(tab: Page) -> None:
    find = tab.locator(".ledger-atlas input[name=text]")
    find.fill(ID)
    assert shown(tab) >= 1
    tab.locator(f"#at-{ID}").click()
    find.fill("no statement says this")
    visible = set(tab.evaluate(f"({SHOWN})().map((n) => n.id)"))
    assert {f"at-{id}" for id in (ID, *ROWS[ID].uses, *used_by(ID))} <= visible
    assert len(visible) < len(ROWS)


@pytest.mark.parametrize("from_file", [False, True], ids=["http", "file"])
def test_a_card_leads_to_its_place_on_the_map(browser: Browser, site: str, from_file: bool) -> None:
    with visit(browser, at_file() if from_file else site, f"book/{ROWS[ID].page}") as seen:
        seen.page.locator(f"#check-{ID} a.ledger-map").click()
        seen.page.wait_for_function(f"({HERE})() === 'at-{ID}'")
        quiet(seen.complaints)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chosen_statement_can_be_read_by_everyone(
    browser: Browser, site: str, scheme: str
) -> None:
    with visit(browser, site, PAGE, color_scheme=scheme) as seen:
        seen.page.set_viewport_size(PHONE)
        seen.page.locator(f"#at-{ID}").click()
        wide = seen.page.evaluate(WIDER_THAN_SCREEN)
        # What is not tied to the chosen statement steps back on purpose, and only for a while.
        seen.page.evaluate("document.querySelector('.ledger-atlas').classList.remove('lit')")
        quiet([f"wider than a phone: {element}" for element in wide] + barriers(seen.page))


def test_the_map_is_whole_without_javascript(browser: Browser, site: str) -> None:
    with visit(browser, site, PAGE, java_script_enabled=False) as seen:
        assert seen.page.locator("form.ledger-filter").first.is_hidden()
        nodes = seen.page.locator(".canvas .node[id]")
        assert nodes.count() == len(ROWS)
        seen.page.locator(f"#at-{ID}").click()
        seen.page.wait_for_url(f"**/{place(ID)}")


def test_the_page_is_light() -> None:
    assert pages.html(PAGE).stat().st_size < 1_500_000
