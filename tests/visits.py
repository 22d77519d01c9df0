"""Visits to pages of the built site, and what goes wrong on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import pages

# MathJax says when it has typeset the page; pages without mathematics do not load it.
TYPESET = "async () => { if (window.MathJax?.startup) await MathJax.startup.promise; }"
WIDGETS_STARTED = """() => document.readyState !== "loading" &&
    [...document.querySelectorAll(".lm-widget[data-model-id]")].every((e) => e.dataset.state)"""

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 800}
SERIOUS = {"serious", "critical"}
# Without `preload` axe does not fetch style sheets again (from wrong addresses, at that).
AXE = {"preload": False, "resultTypes": ["violations"]}
# Folded text is judged too, once it has faded in.
OPEN_ALL = """async () => {
    for (const d of document.querySelectorAll("article details")) d.open = true;
    await new Promise(requestAnimationFrame);
    const fading = document.getAnimations().filter((a) => a.effect.getTiming().iterations < 1e9);
    await Promise.allSettled(fading.map((a) => a.finished));
    // What watches sizes is told of new ones at the end of a frame.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
}"""
# Four of five elements of a page are parts of formulas, in which axe sees no text (glyphs are
# generated content).  For axe letters in a box of the same size stand for a formula, and its
# MathML is words; that nothing inside can be focused is looked at elsewhere.  Of formulas that are
# coloured alike and stand alike one is judged for its contrast (axe passes over hidden ones).
FORMULAS_AS_BOXES = """() => {
    const drawn = [...document.querySelectorAll("mjx-container > mjx-math")];
    const sizes = drawn.map((formula) => formula.getBoundingClientRect());
    const alike = new Set();
    drawn.forEach((formula, k) => {
        const {width, height} = sizes[k];
        formula.style.cssText = `display: inline-block; overflow: hidden;
            width: ${width}px; height: ${height}px`;
        formula.textContent = "xy";
        const place = formula.closest("[class]:not(.math, mjx-math, mjx-container, abbr)");
        const kind = `${getComputedStyle(formula).color} ${place.className}`;
        if (!alike.has(kind)) formula.removeAttribute("aria-hidden");
        alike.add(kind);
    });
    for (const words of document.querySelectorAll("mjx-assistive-mml math"))
        words.textContent = words.textContent;
}"""
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
# A display that moves sideways although it could have been set smaller.
MOVES_NEEDLESSLY = """() => [...document.querySelectorAll("article div.math")]
    .filter((e) => e.querySelector("mjx-container")?.scrollWidth > e.clientWidth + 1
        && e.style.fontSize !== "75%").map((e) => e.textContent.slice(0, 60))"""
# What would be cut at the edge of a sheet, on which nothing can be moved.
ON_PAPER = {"width": 717, "height": 1000}  # A4 between the margins of Chromium
CUT_BY_THE_SHEET = """() => {
    const edge = document.documentElement.clientWidth + 1;
    const end = (e) => Math.max(e.getBoundingClientRect().right,
        e.matches("pre") ? e.getBoundingClientRect().left + e.scrollWidth : 0);
    return [...document.querySelectorAll("article :is(pre, table, img, svg, mjx-container)")]
        .filter((e) => e.checkVisibility() && end(e) > edge).map((e) => e.outerHTML.slice(0, 120));
}"""


@dataclass
class Visit:
    """An open page, and what went wrong while it loaded."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Addresses of all it has loaded."""


def at_file(path: Path = pages.SITE) -> str:
    """Address of the built site on disk; ends in a slash."""
    return f"{path.resolve().as_uri()}/"


@contextmanager
def visit(
    browser: Browser, origin: str, page: str, *, formulas: bool = True, **context: Any
) -> Iterator[Visit]:
    """Open ``page`` (``book/lsz/setting``) and wait for mathematics and widgets.

    Without ``formulas`` MathJax is asked for but never comes, and only widgets are waited for.
    """
    opened = browser.new_context(viewport=DESKTOP, **context)
    tab = opened.new_page()
    seen = Visit(tab)
    if not formulas:
        tab.route("**/mathjax/**", lambda route: None)

    def on_request(request: Any) -> None:
        seen.asked.append(request.url)
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
        tab.goto(f"{origin}{page}.html", wait_until="load" if formulas else "commit")
        if context.get("java_script_enabled", True):
            if formulas:
                tab.evaluate(TYPESET)
            tab.wait_for_function(WIDGETS_STARTED, timeout=15_000)
        yield seen
    finally:
        opened.close()


def barriers(tab: Page, **options: Any) -> list[str]:
    """Serious findings of axe-core; all rules, unless the options name some."""
    findings = Axe().run(tab, options=AXE | options).response["violations"]
    return [
        f"{finding['id']}: {finding['help']}: {finding['nodes'][0]['html'][:200]}"
        f" and {len(finding['nodes']) - 1} more"
        for finding in findings
        if finding["impact"] in SERIOUS
    ]


def own_bytes(origin: str, asked: list[str]) -> int:
    """The size of what a page loads beside what all pages share."""
    paths = {urlsplit(url)._replace(query="", fragment="").geturl() for url in asked}
    inside = (path.removeprefix(origin) for path in paths if path.startswith(origin))
    own = [path for path in inside if not path.startswith("_static/") and path != "searchindex.js"]
    return sum((pages.SITE / path).stat().st_size for path in own)


def quiet(findings: list[str]) -> None:
    """Fail with every finding on a line of its own."""
    assert not findings, "\n".join(findings)
