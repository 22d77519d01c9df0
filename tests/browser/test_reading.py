"""Reading with the keyboard, at an address inside a page, and on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

import pages
from visits import OPEN_ALL, PHONE, TYPESET, quiet, visit

FORMULAS = max(pages.chapters(), key=lambda page: pages.text(page).count("$"))
NO_ANCHOR = """addEventListener("DOMContentLoaded", () => {
    document.documentElement.style.overflowAnchor = "none";
});"""
FOCUSED = "(e) => e === document.activeElement"
BY_KEY_ALONE = """() => {
    return [...document.querySelectorAll("article *")]
        .filter((e) => e.scrollWidth > e.clientWidth + 1)
        .filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
        .filter((e) => e.tabIndex !== 0 && !e.querySelector("[tabindex='0']"))
        .map((e) => e.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("at", [0.4, 0.95])
def test_an_address_inside_a_page_stays_in_sight(browser: Browser, site: str, at: float) -> None:
    """Formulas above it are typeset, and grow, after the browser has gone there.

    Chromium holds what is on the screen by itself; not every browser does, so here it must not.
    """
    with visit(browser, site, FORMULAS) as seen:
        tab = seen.page
        ids = tab.evaluate("[...document.querySelectorAll('article section[id]')].map((e) => e.id)")
        id = ids[int(at * len(ids))]
        tab.add_init_script(NO_ANCHOR)
        tab.goto("about:blank")
        tab.goto(f"{site}{FORMULAS}.html#{id}")
        tab.evaluate(TYPESET)
        place = f"document.getElementById({id!r}).getBoundingClientRect().top"
        bottom = "document.documentElement.scrollHeight - innerHeight - scrollY"
        assert abs(tab.evaluate(place)) < 100 or tab.evaluate(bottom) < 2
        quiet(seen.complaints)


def test_paper_does_not_wait_for_formulas(browser: Browser, site: str) -> None:
    """Who prints at once gets every formula: here the pauses between portions never end."""
    tab = browser.new_page()
    tab.add_init_script("window.setTimeout = () => 0;")
    tab.goto(f"{site}{FORMULAS}.html")
    tab.wait_for_function("window.MathJax?.startup?.document")
    count = "document.querySelectorAll('article mjx-container').length"
    assert tab.evaluate(count) == 0
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(count) == tab.locator("article .math").count() > 100
    tab.close()


def test_the_first_key_leads_to_the_text(browser: Browser, site: str) -> None:
    with visit(browser, site, FORMULAS) as seen:
        seen.page.keyboard.press("Tab")
        link = seen.page.locator("#pst-skip-link a")
        assert link.evaluate(FOCUSED)
        expect(link).to_be_in_viewport()
        seen.page.keyboard.press("Enter")
        seen.page.keyboard.press("Tab")
        assert seen.page.evaluate("document.activeElement.closest('#main-content') !== null")


def test_the_contents_open_by_key_on_a_phone(browser: Browser, site: str) -> None:
    with visit(browser, site, FORMULAS) as seen:
        tab = seen.page
        tab.set_viewport_size(PHONE)
        contents = tab.locator(".bd-sidebar-primary a.reference.internal:visible")
        assert contents.count() == 0
        tab.locator("button.primary-toggle:visible").first.press("Enter")
        expect(contents.first).to_be_visible()
        tab.wait_for_timeout(400)  # it slides in
        assert tab.evaluate("document.activeElement.closest('dialog') !== null")
        tab.keyboard.press("Escape")
        expect(contents).to_have_count(0)
        tab.locator("button.primary-toggle:visible").first.press("Enter")
        contents.last.press("Enter")
        tab.wait_for_url(lambda url: not url.endswith(f"{FORMULAS}.html"))
        quiet(seen.complaints)


def test_what_scrolls_sideways_is_reached_by_key(browser: Browser, site: str) -> None:
    with visit(browser, site, FORMULAS) as seen:
        tab = seen.page
        tab.set_viewport_size(PHONE)
        tab.wait_for_timeout(500)  # the theme looks 300 ms after a change of size
        tab.evaluate(OPEN_ALL)
        quiet(tab.evaluate(BY_KEY_ALONE))
        code = tab.locator("article pre[role=group]").first
        assert code.get_attribute("aria-label")
        code.focus()
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function("document.activeElement.scrollLeft > 0")
