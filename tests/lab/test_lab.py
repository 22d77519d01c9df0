"""Three pages read in a real JupyterLab: statements, mathematics, folded proofs, live widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import pages
from lindyn.explore import table
from lindyn.explore.spec import Exploration

PAGES = ("book/index", "book/foundations/clock-and-gear", "book/lsz/gradient-flow")
EXPLORATIONS = {exploration.name: exploration for exploration in table.explorations()}
PATIENCE = 90_000  # ms; a cold cache computes tables and checks first
expect.set_options(timeout=30_000)

RENDERED = {
    ".myst-proof-title": r"prf:\w+",
    "details.myst-dropdown": "dropdown",
    ".myst-exercise-title": "(?:exercise|solution)",
}
"""What jupyterlab-myst makes of directives."""

# A cell is rendered anew when the labels of later cells are known: wait until that is over.
QUIET = """() => {
    const text = [...document.querySelectorAll(".lm-Widget.myst")].map((c) => c.innerHTML).join();
    const now = performance.now();
    if (text !== window.lastText) { window.lastText = text; window.lastChange = now; }
    return now - window.lastChange > 700;
}"""
# Visible text of Markdown cells, without mathematics and code.
PROSE = """() => [...document.querySelectorAll(".lm-Widget.myst")].map((cell) => {
    const copy = cell.cloneNode(true);
    for (const part of copy.querySelectorAll("code, pre, .katex")) part.remove();
    return copy.textContent;
}).join("\\n")"""
RAW_MARKUP = re.compile(r"```|:::|\{[a-z:]+\}`|\$[^$]+\$|\\[a-z]{3,}|^\([a-z0-9-]+\)=$", re.M)
# jupyterlab-myst marks what it cannot render with an icon inside the text.
COMPLAINTS = """() => {
    const all = (selector) => [...document.querySelectorAll(`.lm-Widget.myst ${selector}`)];
    return [
        ...all("svg.inline.mr-1").map((icon) => icon.parentElement.textContent),
        ...all(":is(.katex-error, pre[title])").map((e) => e.textContent),
        ...all('a[href="#"]').map((a) => `link to nowhere: ${a.textContent}`),
    ];
}"""
RUN_ALL = """async () => {
    const session = jupyterapp.shell.currentWidget.sessionContext;
    await session.ready;
    await session.session.kernel.info;
    void jupyterapp.commands.execute("notebook:run-all-cells");
}"""
BAD_OUTPUTS = """[...document.querySelectorAll(".jp-OutputArea-output")]
    .filter((o) => /error|stderr/.test(o.dataset.mimeType))
    .map((o) => o.innerText.slice(-600))"""
# An error stops the run.
ALL_RUN = f"""() => {BAD_OUTPUTS}.length > 0
    || [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
        .every((p) => /\\[\\d+\\]/.test(p.textContent))"""


@dataclass(frozen=True)
class Opened:
    """A page of the book, and the tab that shows its notebook."""

    page: str
    tab: Page


@pytest.fixture(scope="module", params=PAGES)
def opened(browser: Browser, lab: str, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """A page's notebook in a workspace of its own; nothing is asked of another host."""
    page = request.param
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    foreign: list[str] = []
    tab.on(
        "request",
        lambda request: (
            request.url.startswith((lab, "data:", "blob:", lab.replace("http", "ws", 1)))
            or foreign.append(request.url)
        ),
    )
    workspace = page.replace("/", "-")
    tab.goto(f"{lab}lab/workspaces/{workspace}/tree/{page}.ipynb")
    count = len(pages.cells(page, "markdown"))
    expect(tab.locator(".jp-MarkdownCell .lm-Widget.myst")).to_have_count(count)
    yield Opened(page, tab)
    context.close()
    assert foreign == []


def directives(page: str, pattern: str) -> int:
    """How often directives of a kind open in the source of a page."""
    return len(re.findall(rf"^\s*(?:`{{3,}}|:{{3,}})\{{{pattern}\}}", pages.text(page), re.M))


def keys() -> set[str]:
    """Keys of the bibliography, which JupyterLab shows bare."""
    text = (pages.BOOK / "references.bib").read_text(encoding="utf-8")
    return set(re.findall(r"^@\w+\{([^,]+),", text, re.M))


def test_page_reads_well(opened: Opened) -> None:
    page, tab = opened.page, opened.tab
    cells = tab.locator(".lm-Widget.myst")
    for rendered, directive in RENDERED.items():
        expect(cells.locator(rendered)).to_have_count(directives(page, directive))
    tab.wait_for_function(QUIET)
    assert RAW_MARKUP.findall(tab.evaluate(PROSE)) == []
    assert set(tab.evaluate(COMPLAINTS)) - keys() == set()
    assert tab.get_by_text("Unknown Directive").count() == 0
    # A formula has two or four dollar signs.
    assert cells.locator(".katex").count() >= pages.text(page).count("$") / 4
    _folds_open(cells)


def _folds_open(cells: Locator) -> None:
    """Every folded proof and solution opens by a click and shows its text."""
    for fold in cells.locator("details").all():
        assert fold.get_attribute("open") is None
        fold.locator("summary").first.click()
        assert fold.evaluate("(d) => d.open && d.getBoundingClientRect().height > 60")


def test_cells_run_and_widgets_are_exact(opened: Opened) -> None:
    tab = opened.tab
    idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
    tab.wait_for_selector(idle)
    tab.evaluate(RUN_ALL)
    tab.wait_for_function(ALL_RUN)
    tab.wait_for_selector(idle)
    assert tab.evaluate(BAD_OUTPUTS) == []
    widgets = tab.locator(".lx[data-widget]")
    widgets.first.wait_for()
    for widget in widgets.all():
        _drive(tab, widget, EXPLORATIONS[widget.get_attribute("data-widget") or ""])


def _drive(tab: Page, widget: Locator, exploration: Exploration) -> None:
    """Step a control between its stops, then to its end, then reset: exact values each time."""
    start = tuple(widget.evaluate("(e) => e.shown.positions"))
    _check(tab, widget, exploration, start)
    number = next(k for k, c in enumerate(exploration.controls) if c.scale != "choice")
    slider = widget.locator(f'input[data-control="{exploration.controls[number].name}"]')
    for key in ("ArrowLeft", "End"):
        slider.press(key)
        place = float(slider.input_value())
        positions = (*start[:number], place, *start[number + 1 :])
        assert place != start[number]
        assert (place != round(place)) == (key == "ArrowLeft"), "between two stops of the table"
        _check(tab, widget, exploration, positions)
    widget.get_by_role("button", name="Reset").press("Enter")
    _check(tab, widget, exploration, start)


def _check(
    tab: Page, widget: Locator, exploration: Exploration, positions: tuple[float, ...]
) -> None:
    """The kernel's answer for these positions is drawn, and is the exact computation."""
    tab.wait_for_function(
        "([e, p]) => e.dataset.source === 'exact' && JSON.stringify(e.shown.positions) === p",
        arg=[widget.element_handle(), _json(positions)],
    )
    drawn: dict[str, Any] = widget.evaluate(
        "(e) => Object.fromEntries(Object.entries(e.shown.arrays).map(([k, v]) => [k, [...v]]))"
    )
    for name, values in exploration.at(positions).items():
        np.testing.assert_allclose(drawn[name], values, rtol=1e-12, atol=0, err_msg=name)
    assert widget.locator(".lx-error:visible").count() == 0


def _json(positions: tuple[float, ...]) -> str:
    """Numbers as JavaScript writes them."""
    return "[" + ",".join(f"{place:g}" for place in positions) + "]"
