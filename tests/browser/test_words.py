"""Terms and symbols in Chromium: a card by pointer and by keyboard, and plain links without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from visits import PHONE, WIDER_THAN_SCREEN, at_file, barriers, quiet, visit

PAGE = "book/clz/setting"
CARD = "#lm-card"
SYMBOL = "article p > abbr.lm-symbol:visible"
TERM = "article p > a.lm-term:visible"


def words(tab: Page) -> str:
    expect(tab.locator(CARD)).to_be_visible()
    return tab.locator(CARD).inner_text()


@pytest.mark.parametrize("from_file", [False, True], ids=["http", "file"])
def test_a_symbol_shows_its_words(browser: Browser, site: str, from_file: bool) -> None:
    with visit(browser, at_file() if from_file else site, PAGE) as seen:
        tab = seen.page
        symbol = tab.locator(SYMBOL).filter(has=tab.locator("mjx-container")).first
        symbol.scroll_into_view_if_needed()
        symbol.hover()
        assert len(words(tab)) > 5
        tab.locator(CARD).hover()
        tab.wait_for_timeout(400)
        expect(tab.locator(CARD)).to_be_visible()
        tab.keyboard.press("Escape")
        expect(tab.locator(CARD)).to_be_hidden()
        quiet(seen.complaints)


def test_the_keyboard_reaches_symbols_and_terms(browser: Browser, site: str) -> None:
    with visit(browser, site, PAGE) as seen:
        tab = seen.page
        formula = tab.locator(f"{SYMBOL} mjx-container").first
        formula.focus()
        by_symbol = words(tab)
        assert formula.get_attribute("aria-describedby") == CARD[1:]
        term = tab.locator(TERM).first
        term.focus()
        assert words(tab) != by_symbol
        assert formula.get_attribute("aria-describedby") is None
        assert term.get_attribute("aria-describedby") == CARD[1:]
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/book/glossary.html#term-*")
        quiet(seen.complaints)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_card_can_be_read_by_everyone(browser: Browser, site: str, scheme: str) -> None:
    with visit(browser, site, PAGE, color_scheme=scheme) as seen:
        tab = seen.page
        tab.locator(TERM).first.focus()
        findings = barriers(tab)
        tab.set_viewport_size(PHONE)
        tab.locator(TERM).last.focus()
        box = tab.locator(CARD).bounding_box()
        assert box, "no card"
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        wide = tab.evaluate(WIDER_THAN_SCREEN)
        quiet([f"wider than a phone: {element}" for element in wide] + findings)


def test_words_are_titles_without_javascript(browser: Browser, site: str) -> None:
    with visit(browser, site, PAGE, java_script_enabled=False) as seen:
        for kind in (SYMBOL, TERM):
            assert len(seen.page.locator(kind).first.get_attribute("title")) > 5
