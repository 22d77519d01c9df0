"""Widgets of the published pages, driven by keyboard: what is drawn is what Python computes."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

import pages
from lindyn import explore
from lindyn.explore import STARTER, table
from lindyn.explore.spec import Axis, Exploration, Panel, Series
from settings import settings
from visits import Visit, visit

EXPLORATIONS = {exploration.name: exploration for exploration in table.explorations()}


@contextmanager
def widget_on(
    browser: Browser, site: str, name: str, page: str, **context: Any
) -> Iterator[tuple[Visit, Locator]]:
    """A widget on an open page, for which MathJax never comes: widgets do not wait for it."""
    with visit(browser, site, page, formulas=False, **context) as seen:
        yield seen, seen.page.locator(f'.lx[data-widget="{name}"]').first
        assert seen.complaints == []


def one_page(name: str) -> str:
    """The first page that shows the widget: there it is driven over its whole range."""
    found = [page for widget, page in pages.widgets() if widget == name]
    assert found, f"no built page shows the widget {name}"
    return found[0]


def control(widget: Locator, name: str) -> Locator:
    return widget.locator(f'input[data-control="{name}"]')


def drive(widget: Locator, exploration: Exploration, positions: tuple[int, ...]) -> None:
    """Bring every control to its position by keys alone."""
    for spec, place in zip(exploration.controls, positions, strict=True):
        slider = control(widget, spec.name)
        last = len(spec.stops) - 1
        far = place > last / 2
        slider.press("End" if far else "Home")
        for _ in range(last - place if far else place):
            slider.press("ArrowLeft" if far else "ArrowRight")
        assert slider.input_value() == str(place)
        assert slider.get_attribute("aria-valuetext") == spec.text(place)


def float32(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.float32(values) for name, values in arrays.items()}


def pixels(axis: Axis, drawn: dict[str, Any], values: np.ndarray) -> np.ndarray:
    """Where values fall, by the axis the widget exposes; NaN where they cannot be drawn."""
    assert drawn["scale"] == axis.scale
    assert drawn["range"] == list(axis.range)
    with np.errstate(divide="ignore", invalid="ignore"):
        warped = np.log10(values) if axis.scale == "log" else values
    low, high = np.log10(axis.range) if axis.scale == "log" else axis.range
    begin, end = drawn["pixels"]
    place = begin + (end - begin) * (warped - low) / (high - low)
    return np.where(np.isfinite(place), place, np.nan)


def check_curves(
    svg: Locator,
    panel: Panel,
    series: list[tuple[Series, bool]],
    arrays: dict[str, np.ndarray],
    complete: bool,
) -> None:
    """Path data of the curves of a panel against fresh values; ``complete``: none is empty.

    The series come with True where they are the chosen ones, drawn strongly.
    """
    assert svg.get_attribute("aria-label") == panel.alt
    x_axis, y_axis = (json.loads(svg.get_attribute(f"data-{name}") or "") for name in "xy")
    curves = svg.locator(".lx-curve").evaluate_all(
        """all => all.map((c) => [c.dataset.x, c.dataset.y, !c.classList.contains("lx-faint"),
        c.getAttribute("d")])"""
    )
    wanted_curves = {(one.x, one.y, strong) for one, strong in series}
    assert {(x, y, strong) for x, y, strong, _ in curves} == wanted_curves
    for x, y, _, path in curves:
        drawn = np.array(re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path), dtype=float)
        wanted = np.column_stack(
            [pixels(panel.x, x_axis, arrays[x]), pixels(panel.y, y_axis, arrays[y])]
        )
        wanted = wanted[~np.isnan(wanted).any(axis=1)]
        assert len(wanted) >= min(2, len(arrays[x])) or not complete
        drawn = drawn.reshape(-1, 2)
        np.testing.assert_allclose(drawn, wanted, atol=2e-3, rtol=1e-6)


def check_drawn(widget: Locator, exploration: Exploration, positions: tuple[int, ...]) -> None:
    """Arrays, curves and sentence of the widget at a setting against fresh values."""
    drawn = widget.evaluate(
        """(e) => ({source: e.shown.source, positions: e.shown.positions, arrays:
        Object.fromEntries(Object.entries(e.shown.arrays).map(([k, v]) => [k, Array.from(v)]))})"""
    )
    assert drawn["source"] == "table" == widget.get_attribute("data-source")
    assert drawn["positions"] == list(positions)
    fresh = float32(exploration.at(positions))
    for name, values in fresh.items():
        np.testing.assert_array_equal(np.float32(drawn["arrays"][name]), values, err_msg=name)
    summary = exploration.summary(fresh, positions)
    assert widget.locator("[role=status]").text_content() == summary
    arrays = fresh | {name: np.array(values) for name, values in exploration.fixed.items()}
    panels = widget.locator("svg.lx-panel").all()
    for svg, panel in zip(panels, exploration.panels, strict=True):
        drawn_now = exploration.drawn(panel, exploration.places(positions))
        # A bound may not apply at some stop; where the widget starts every curve is there.
        check_curves(svg, panel, drawn_now, arrays, complete=positions == exploration.start)


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_every_stop_by_keyboard(browser: Browser, site: str, name: str) -> None:
    exploration = EXPLORATIONS[name]
    with widget_on(browser, site, name, one_page(name)) as (_, widget):
        for spec in exploration.controls:
            assert widget.get_by_role("slider", name=spec.label).count() == 1
        check_drawn(widget, exploration, exploration.start)
        for positions in settings(exploration):
            drive(widget, exploration, positions)
            check_drawn(widget, exploration, positions)
        widget.get_by_role("button", name="Reset").press("Enter")
        check_drawn(widget, exploration, exploration.start)


@pytest.mark.parametrize(("name", "page"), pages.widgets())
def test_widget_starts_on_each_page(browser: Browser, site: str, name: str, page: str) -> None:
    exploration = EXPLORATIONS[name]
    with widget_on(browser, site, name, page) as (seen, widget):
        start = tuple(widget.evaluate("(e) => e.shown.positions"))
        check_drawn(widget, exploration, start)
        second = exploration.controls[1].name
        control(widget, second).press("ArrowLeft" if start[1] else "ArrowRight")
        assert widget.evaluate("(e) => e.shown.positions") != list(start)
        widget.get_by_role("button", name="Reset").click()
        check_drawn(widget, exploration, start)
        assert seen.page.locator(".lm-widget .lm-picture").count() == 0


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_panels_fit_the_screen(browser: Browser, site: str, name: str) -> None:
    panels = EXPLORATIONS[name].panels
    wide = sum(panel.wide for panel in panels)
    with widget_on(browser, site, name, one_page(name)) as (seen, widget):
        for width in (320, 375, 1280):
            rows = len(panels) if width < 600 else wide + (len(panels) - wide + 1) // 2
            seen.page.set_viewport_size({"width": width, "height": 800})
            seen.page.wait_for_function(
                """([e, n, width]) => {
                    const boxes = [...e.querySelectorAll("svg.lx-panel")]
                        .map((s) => s.getBoundingClientRect());
                    return n === new Set(boxes.map((box) => Math.round(box.top))).size
                        && boxes.every((box) => box.left >= 0 && box.right <= width);
                }""",
                arg=[widget.element_handle(), rows, width],
            )
        # Paper is narrower, and nothing is drawn anew for it.
        assert widget.evaluate(
            """(e) => {
                const place = e.querySelector(".lx-panels");
                place.style.width = "300px";
                const end = place.getBoundingClientRect().right;
                return [...place.children].every((s) => s.getBoundingClientRect().right <= end + 1);
            }"""
        )


# Names that are cut, or lie on one another or on a number of an axis.
BAD_NAMES = """(svg) => {
    const box = (text, inward) => {
        const {left, right, top, bottom} = text.getBoundingClientRect();
        return {text: text.textContent, left: left + inward, right: right - inward,
                top: top + 3, bottom: bottom - 3};
    };
    const meet = (a, b) => a.left < b.right && b.left < a.right
        && a.top < b.bottom && b.top < a.bottom;
    const whole = svg.getBoundingClientRect();
    const names = [...svg.querySelectorAll(".lx-label, .lx-mark-label")].map((t) => box(t, 1));
    const numbers = [...svg.querySelectorAll(".lx-axes text")].map((t) => box(t, 1));
    return names.filter((name, i) => name.left < whole.left || name.right > whole.right
        || [...numbers, ...names.slice(0, i)].some((other) => meet(name, other)))
        .map((name) => name.text);
}"""


@pytest.mark.parametrize("name", EXPLORATIONS)
def test_names_are_whole_and_apart(browser: Browser, site: str, name: str) -> None:
    with widget_on(browser, site, name, one_page(name)) as (seen, widget):
        for width, columns in ((1280, "2"), (375, "1")):
            seen.page.set_viewport_size({"width": width, "height": 800})
            expect(widget.locator(".lx-panels")).to_have_css("--lx-columns", columns)
            for svg in widget.locator("svg.lx-panel").all():
                assert svg.evaluate(BAD_NAMES) == []


def test_dots_and_crosses_stand_at_the_points(browser: Browser, site: str) -> None:
    """Where labels are told apart by the symbol; curves of other layers are not there at all."""
    exploration = EXPLORATIONS["layer_maps"]
    with widget_on(browser, site, "layer_maps", one_page("layer_maps")) as (_, widget):
        for layer in range(3):
            drive(widget, exploration, (*exploration.start[:2], layer))
            panel = widget.locator("svg.lx-panel").first
            for symbol, y, mark in (
                ("run", f"y_{layer}", "h0"),
                ("cross", f"y_{layer}_minus", "m-3-3l6 6m-6 0l6-6"),
            ):
                curves = panel.locator(f"path.lx-{symbol}")
                assert curves.count() == 1 and curves.get_attribute("data-y") == y
                path = curves.get_attribute("d") or ""
                length = dict(exploration.fields)[y]
                assert re.fullmatch(rf"(M[\d.]+ [\d.]+{mark}){{{length}}}", path)
            assert panel.locator("path.lx-faint").count() == 0


# A model as a kernel gives it: changes are sent, answers come as events.
WITH_KERNEL = """async ({state, table, data}) => {
    const bytes = (text) =>
        new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
    const values = {...state, table: bytes(table), data: bytes(data)};
    const heard = {};
    window.sent = [];
    window.answer = (name, value) => { values[name] = value; heard[`change:${name}`](); };
    const url = URL.createObjectURL(new Blob([state._esm], {type: "text/javascript"}));
    (await import(url)).default.render({el: document.body, model: {
        get: (name) => values[name],
        set: (name, value) => { values[name] = value; },
        save_changes: () => sent.push(values.positions),
        on: (event, listener) => { heard[event] = listener; },
        off() {},
    }});
}"""


def test_with_a_kernel_errors_and_silence_are_seen(browser: Browser) -> None:
    live = explore.clock_and_gear()
    state = {name: getattr(live, name) for name in ("_esm", "_css", "spec", "error")}
    state |= {name: list(getattr(live, name)) for name in ("positions", "computed_at")}
    binary = {name: base64.b64encode(getattr(live, name)).decode() for name in ("table", "data")}
    tab = browser.new_page()
    errors: list[str] = []
    tab.on("console", lambda message: message.type == "error" and errors.append(message.text))
    tab.evaluate(WITH_KERNEL, {"state": state, **binary})
    widget = tab.locator(".lx")
    expect(widget).to_have_attribute("data-source", "exact")
    control(widget, "angle").press("ArrowLeft")
    assert tab.evaluate("sent.at(-1)") == [3, 6.95, 3]
    expect(widget.locator(".lx-source")).to_contain_text("busy or has stopped")
    assert errors == []
    tab.evaluate("answer('error', 'ArithmeticError: no value here')")
    expect(widget.get_by_role("alert")).to_have_text("Error: ArithmeticError: no value here")
    assert len(errors) == 1 and "no value here" in errors[0]
    tab.evaluate("answer('error', '')")
    tab.evaluate("answer('computed_at', [3, 6.95, 3])")
    expect(widget).to_have_attribute("data-positions", "[3,6.95,3]")
    expect(widget.get_by_role("alert")).to_have_count(0)
    tab.close()


def test_a_failed_start_keeps_the_picture_and_says_so(browser: Browser, tmp_path: Path) -> None:
    """The starter on a page whose widget cannot start."""
    states = {"broken": {"state": {"_esm": "export default { render() { throw Error('no'); } }"}}}
    (tmp_path / "page.html").write_text(
        '<!doctype html><meta charset="utf-8"><title>t</title>'
        '<div class="lm-widget" data-model-id="broken"><p>picture</p></div>'
        '<div class="lm-widget" data-model-id="lost"><p>picture</p></div>'
        '<script type="application/vnd.jupyter.widget-state+json">'
        f"{json.dumps({'state': states})}</script><script>{STARTER.read_text()}</script>"
    )
    tab = browser.new_page()
    errors: list[str] = []
    tab.on("console", lambda message: message.type == "error" and errors.append(message.text))
    tab.goto((tmp_path / "page.html").as_uri())
    tab.wait_for_function('document.querySelectorAll("[data-state=failed]").length === 2')
    assert tab.locator(".lm-widget p").all_inner_texts() == ["picture", "picture"]
    assert len(errors) == 2 and any("no stored state" in error for error in errors)
    tab.close()
