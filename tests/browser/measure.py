"""How soon a page answers: times measured in Chromium, run by hand on a quiet machine.

``python tests/browser/measure.py [PAGE …]`` opens pages (``book/lsz/steps``; all, unless some are
named) once each from a local server, in a fresh browser profile, and prints for each of them

* first key: milliseconds from navigation until the first widget has answered an arrow key,
* formulas: until all mathematics is typeset,
* longest: the longest time in which the page answered nothing,
* kB: what the page loads beside what all pages share.

The aim is a first key within 1,000 ms and less than 1,500 kB.  A time is never a test: the tests
assert what makes it short (widgets do not wait for MathJax, pages are light).
"""

from __future__ import annotations

import functools
import http.server
import sys
import threading

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, __file__.rsplit("/", 2)[0])

import chromium
import pages
from visits import DESKTOP, own_bytes

# The first widget takes the focus itself: waiting for it from outside costs up to half a second.
WATCH = """
    window.measured = {live: null, key: null, longest: 0};
    new MutationObserver((changes, watching) => {
        const first = document.querySelector(".lm-widget[data-state=live] input[data-control]");
        if (!first) return;
        first.focus({preventScroll: true});
        measured.live = performance.now();
        watching.disconnect();
    }).observe(document, {subtree: true, attributes: true, attributeFilter: ["data-state"]});
    addEventListener("input", () => { measured.key ??= performance.now(); });
    new PerformanceObserver((tasks) => {
        for (const {duration} of tasks.getEntries())
            measured.longest = Math.max(measured.longest, duration);
    }).observe({type: "longtask", buffered: true});
"""
TYPESET = """async () => {
    await window.MathJax?.startup?.promise;
    return {...measured, formulas: performance.now()};
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def measure(browser: Browser, origin: str, page: str) -> str:
    """The line of a page."""
    opened = browser.new_context(viewport=DESKTOP)
    tab = opened.new_page()
    tab.add_init_script(WATCH)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    has_widget = page in {shown for _, shown in pages.widgets()}
    tab.goto(f"{origin}{page}.html", wait_until="commit" if has_widget else "load")
    if has_widget:
        tab.wait_for_function("window.measured?.live", polling="raf")
        tab.keyboard.press("ArrowRight")
        tab.wait_for_load_state("load")
    found = tab.evaluate(TYPESET)
    opened.close()
    key = f"{found['key']:9.0f}" if found["key"] else f"{'no widget':>9}"
    size = own_bytes(origin, asked) / 1000
    return f"{page:<34} {key} {found['formulas']:8.0f} {found['longest']:7.0f} {size:6.0f}"


def main(named: list[str]) -> None:
    """Print one line a page."""
    handler = functools.partial(_Quiet, directory=str(pages.SITE))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}/"
    print(f"{'page':<34} first key formulas longest     kB")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        for page in named or pages.toc():
            print(measure(browser, origin, page), flush=True)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
