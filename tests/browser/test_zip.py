"""The zip of the site: unpacked anywhere, read without a network and without a server."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import pages
from visits import at_file, visit

ZIP = pages.ROOT / "_build" / "deep-linear-networks.zip"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, unpacked into a folder whose name is not a plain word."""
    assert ZIP.exists(), "the site is not packed: run `make zip`"
    folder = tmp_path_factory.mktemp("my downloads (é)")
    with zipfile.ZipFile(ZIP) as packed:
        packed.extractall(folder)
    return folder / ZIP.stem


def test_everything_is_in_one_folder() -> None:
    with zipfile.ZipFile(ZIP) as packed:
        names = packed.namelist()
    assert {name.split("/")[0] for name in names} == {ZIP.stem}
    for page in pages.toc():
        assert f"{ZIP.stem}/{page}.html" in names
    assert not [name for name in names if "/.doctrees/" in name or name.endswith(".buildinfo~")]


def test_the_first_page_leads_into_the_book(browser: Browser, unpacked: Path) -> None:
    origin = at_file(unpacked)
    with visit(browser, origin, pages.toc()[-1], offline=True) as seen:
        seen.page.goto(f"{origin}index.html")
        seen.page.wait_for_url(f"{origin}book/index.html")
        assert seen.complaints == []


@pytest.mark.parametrize("page", pages.toc()[:: max(1, len(pages.toc()) // 6)])
def test_a_page_is_typeset_offline(browser: Browser, unpacked: Path, page: str) -> None:
    with visit(browser, at_file(unpacked), page, offline=True) as seen:
        marked = seen.page.locator("article .math").count()
        typeset = seen.page.locator("article mjx-container").count()
        assert typeset >= marked
        assert seen.complaints == []


def test_a_link_leads_to_the_next_page(browser: Browser, unpacked: Path) -> None:
    with visit(browser, at_file(unpacked), pages.toc()[1], offline=True) as seen:
        seen.page.locator("a.right-next").click()
        seen.page.wait_for_url(f"**/{pages.toc()[2]}.html")
        assert seen.complaints == []


def test_a_widget_answers_a_key_offline(browser: Browser, unpacked: Path) -> None:
    with visit(browser, at_file(unpacked), pages.widgets()[0][1], offline=True) as seen:
        widget = seen.page.locator(".lx[data-widget]").first
        slider = widget.locator("input[data-control]").first
        drawn = widget.locator("svg").first
        said, shown = slider.get_attribute("aria-valuetext"), drawn.inner_html()
        middle = slider.get_attribute("value") != slider.get_attribute("min")
        slider.press("Home" if middle else "End")
        assert slider.get_attribute("aria-valuetext") != said
        assert drawn.inner_html() != shown
        assert seen.complaints == []


def test_search_finds_offline(browser: Browser, unpacked: Path) -> None:
    origin = at_file(unpacked)
    with visit(browser, origin, "book/index", offline=True) as seen:
        seen.page.goto(f"{origin}search.html?q=balanced")
        results = seen.page.locator("#search-results li a")
        results.first.wait_for()
        results.first.click()
        seen.page.wait_for_load_state("load")
        assert "/book/" in seen.page.url
        assert seen.complaints == []
