"""Every page in Chromium: quiet, light, typeset, accessible, as wide as a phone or a sheet."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

import pages
from visits import (
    CUT_BY_THE_SHEET,
    DESKTOP,
    FORMULAS_AS_BOXES,
    MOVES_NEEDLESSLY,
    ON_PAPER,
    OPEN_ALL,
    PHONE,
    WIDER_THAN_SCREEN,
    at_file,
    barriers,
    own_bytes,
    quiet,
    visit,
)

# A macro that MathJax does not know is red.  Inside a formula nothing is reached by key: axe is not
# shown its parts.
MATHEMATICS = """() => ({
    marked: document.querySelectorAll("article .math").length,
    typeset: document.querySelectorAll("article mjx-container").length,
    wrong: [...document.querySelectorAll(
        "mjx-merror, [data-mjx-error], mjx-container mtext[mathcolor=red]")].map((e) =>
        e.dataset.mjxError ?? e.textContent).concat([...document.querySelectorAll(
        "mjx-container :is(a, button, input, [tabindex])")].map((e) => e.outerHTML.slice(0, 120))),
})"""
CONTRAST = "color-contrast"
HEAVY = 1_500_000
WITH_WIDGET = tuple(dict.fromkeys(page for _, page in pages.widgets()))


def mathematics(tab: Page) -> list[str]:
    """What is wrong with the mathematics of an open page."""
    found = tab.evaluate(MATHEMATICS)
    wrong = [f"mathematics: {error}" for error in found["wrong"]]
    if found["typeset"] < found["marked"]:
        wrong.append(f"typeset {found['typeset']} of {found['marked']} formulas")
    return wrong


@pytest.mark.parametrize("page", pages.toc())
def test_page_in_the_light(browser: Browser, site: str, page: str) -> None:
    with visit(browser, site, page, color_scheme="light") as seen:
        tab = seen.page
        findings = mathematics(tab)
        weight = own_bytes(site, seen.asked)
        if weight >= HEAVY:
            findings.append(f"{weight} bytes of its own")
        tab.set_viewport_size(PHONE)
        tab.evaluate(OPEN_ALL)
        wide = tab.evaluate(WIDER_THAN_SCREEN)
        findings += [f"wider than a phone: {element}" for element in wide[-4:]]
        findings += [f"not set smaller: {text}" for text in tab.evaluate(MOVES_NEEDLESSLY)]
        tab.set_viewport_size(ON_PAPER)
        tab.emulate_media(media="print")
        findings += [f"cut by the sheet: {element}" for element in tab.evaluate(CUT_BY_THE_SHEET)]
        tab.emulate_media(media="screen")
        tab.set_viewport_size(PHONE)
        tab.evaluate(FORMULAS_AS_BOXES)
        on_phone = barriers(tab, rules={CONTRAST: {"enabled": False}})
        findings += [f"on a phone: {finding}" for finding in on_phone]
        tab.set_viewport_size(DESKTOP)
        tab.evaluate(OPEN_ALL)  # the side bar slides back
        quiet(seen.complaints + findings + barriers(tab))


@pytest.mark.parametrize("page", pages.toc())
def test_page_in_the_dark_from_a_file(browser: Browser, page: str) -> None:
    """Its structure was looked at in the light: axe looks at the colours."""
    with visit(browser, at_file(), page, color_scheme="dark") as seen:
        assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"
        findings = mathematics(seen.page)
        seen.page.evaluate(OPEN_ALL)
        seen.page.evaluate(FORMULAS_AS_BOXES)
        quiet(seen.complaints + findings + barriers(seen.page, runOnly=[CONTRAST]))


@pytest.mark.parametrize("page", WITH_WIDGET)
def test_pictures_are_there_without_javascript(browser: Browser, site: str, page: str) -> None:
    with visit(browser, site, page, java_script_enabled=False) as seen:
        slots = seen.page.locator(".lm-widget")
        assert slots.count() > 0
        for slot in slots.all():
            picture = slot.locator("svg[role=img]").first
            assert picture.get_attribute("aria-label")
            box = picture.bounding_box()
            assert box, "the picture is not drawn"
            assert min(box["width"], box["height"]) > 100


def test_the_root_leads_to_the_landing_page(browser: Browser, site: str) -> None:
    with visit(browser, site, "book/references") as seen:
        seen.page.goto(site)
        seen.page.wait_for_url(f"{site}book/index.html")
        quiet(seen.complaints)


@pytest.mark.parametrize("from_file", [False, True], ids=["http", "file"])
def test_search_finds_without_a_network(browser: Browser, site: str, from_file: bool) -> None:
    origin = at_file() if from_file else site
    with visit(browser, origin, "book/index") as seen:
        seen.page.goto(f"{origin}search.html?q=balanced")
        results = seen.page.locator("#search-results li a")
        results.first.wait_for()
        assert results.count() >= 2
        quiet(seen.complaints)


def test_folds_open_for_the_printer(browser: Browser, site: str) -> None:
    closed = 'document.querySelectorAll("article details:not([open])").length'
    page = pages.chapters()[-1]
    with visit(browser, site, page) as seen:
        folded = seen.page.evaluate(closed)
        assert folded > 0
        seen.page.evaluate('dispatchEvent(new Event("beforeprint"))')
        assert seen.page.evaluate(closed) == 0
        seen.page.evaluate('dispatchEvent(new Event("afterprint"))')
        assert seen.page.evaluate(closed) == folded
