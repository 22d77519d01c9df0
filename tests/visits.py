"""Visits to pages of the built site, and what goes wrong on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import pages

# MathJax says when it has typeset the page; pages without mathematics do not load it.
TYPESET = "async () => { if (window.MathJax?.startup) await MathJax.startup.promise; }"
WIDGETS_STARTED = """() => [...document.querySelectorAll(".lm-widget[data-model-id]")]
    .every((slot) => slot.dataset.state)"""

PHONE = {"width": 375, "height": 800}
SERIOUS = {"serious", "critical"}
# Without `preload` axe does not fetch style sheets again (from wrong addresses, at that).
AXE = {"preload": False, "resultTypes": ["violations"]}
# What sticks out of the screen and is not inside something that scrolls.
WIDER_THAN_SCREEN = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const scrolls = (e) => e && e.tagName !== "ARTICLE" &&
        (getComputedStyle(e).overflowX !== "visible" || scrolls(e.parentElement));
    return [...document.querySelectorAll("article *")]
        .filter((e) => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement))
        .map((e) => e.outerHTML.slice(0, 120)).concat("scrolls sideways");
}"""


@dataclass
class Visit:
    """An open page, and what went wrong while it loaded."""

    page: Page
    complaints: list[str] = field(default_factory=list)


def at_file(path: Path = pages.SITE) -> str:
    """Address of the built site on disk; ends in a slash."""
    return f"{path.resolve().as_uri()}/"


@contextmanager
def visit(browser: Browser, origin: str, page: str, **context: Any) -> Iterator[Visit]:
    """Open ``page`` (``book/lsz/setting``) and wait for mathematics and widgets."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, **context)
    tab = opened.new_page()
    seen = Visit(tab)

    def on_request(request: Any) -> None:
        if not request.url.startswith((origin, "data:", "blob:")):
            seen.complaints.append(f"asks for {request.url}")

    def on_failure(request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page was left before it came
            seen.complaints.append(f"failed: {request.url}")

    tab.on("request", on_request)
    tab.on("requestfailed", on_failure)
    tab.on(
        "response",
        lambda answer: answer.status >= 400 and seen.complaints.append(f"missing: {answer.url}"),
    )
    tab.on("pageerror", lambda error: seen.complaints.append(f"script error: {error}"))
    tab.on(
        "console",
        lambda message: (
            message.type in {"error", "warning"}
            and seen.complaints.append(f"console: {message.text}")
        ),
    )
    try:
        tab.goto(f"{origin}{page}.html", wait_until="load")
        if context.get("java_script_enabled", True):
            tab.evaluate(TYPESET)
            tab.wait_for_function(WIDGETS_STARTED, timeout=15_000)
        yield seen
    finally:
        opened.close()


def barriers(tab: Page) -> list[str]:
    """Serious findings of axe-core."""
    findings = Axe().run(tab, options=AXE).response["violations"]
    return [
        f"{finding['id']}: {finding['help']}: {finding['nodes'][0]['html'][:200]}"
        f" and {len(finding['nodes']) - 1} more"
        for finding in findings
        if finding["impact"] in SERIOUS
    ]


def quiet(findings: list[str]) -> None:
    """Fail with every finding on a line of its own."""
    assert not findings, "\n".join(findings)
