"""Widgets, seen from Python: tables, exact recomputation, errors, outputs, sizes."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from ipywidgets.embed import embed_data
from scipy.integrate import solve_ivp

from lindyn import explore
from lindyn._wording import format_number
from lindyn.bounds import BOUNDS
from lindyn.explore import picture, table
from lindyn.explore.clock_and_gear import ARRIVAL
from lindyn.explore.clock_and_gear import EXPLORATION as CLOCK
from lindyn.explore.depth_explorer import EXPLORATION as DEEP
from lindyn.explore.linear_predictor import EXPLORATION as PREDICTOR
from lindyn.explore.phase_portrait import EXPLORATION as PORTRAIT
from lindyn.explore.spec import Exploration
from lindyn.explore.step_explorer import EXPLORATION as STEPS
from lindyn.explore.step_explorer import departures
from lindyn.explore.widget import Explorer
from lindyn.laws import UniformSphere
from lindyn.natural import SphericalFlow
from settings import settings, stored_rows

EXPLORATIONS = table.explorations()
IDS = [exploration.name for exploration in EXPLORATIONS]
every = pytest.mark.parametrize("exploration", EXPLORATIONS, ids=IDS)


def stored(exploration: Exploration, positions: tuple[int, ...]) -> np.ndarray:
    """The table's row for a setting, found without the front end's index arithmetic."""
    rows = np.frombuffer(table.table(exploration.name), "<f4").reshape(
        len(table.stops(exploration)), -1
    )
    wanted = tuple(
        place if control.tabulated else control.start
        for control, place in zip(exploration.controls, positions, strict=True)
    )
    return rows[table.stops(exploration).index(wanted)]


@every
def test_table_holds_fresh_values(exploration: Exploration) -> None:
    for positions in settings(exploration):
        fresh = table.pack(exploration, exploration.at(positions)).astype(np.float32)
        np.testing.assert_array_equal(stored(exploration, positions), fresh)


@every
def test_what_is_drawn_can_be_drawn(exploration: Exploration) -> None:
    rows = np.frombuffer(table.table(exploration.name), "<f4")
    assert np.all(np.isfinite(rows))
    names = {name for name, _ in exploration.fields} | set(exploration.fixed)
    for panel in exploration.panels:
        for series in panel.series:
            assert {series.x, series.y} <= names
        assert {mark.x for mark in panel.marks} <= names
        assert panel.alt
    assert len(exploration.controls) <= 3


@every
def test_state_stays_small(exploration: Exploration) -> None:
    widget = Explorer(exploration)
    state = embed_data(views=[widget], drop_defaults=False)["manager_state"]["state"]
    assert len(base64.b64encode(widget.table)) <= 300_000
    assert len(json.dumps(state[widget.model_id])) <= 360_000
    assert explore.STARTER.stat().st_size <= 2_600


@every
def test_moving_a_control_recomputes_exactly(exploration: Exploration) -> None:
    widget = Explorer(exploration)
    for positions in settings(exploration):
        between = [
            min(place + 0.35, len(control.stops) - 1) if control.scale != "choice" else place
            for control, place in zip(exploration.controls, positions, strict=True)
        ]
        widget.positions = between
        assert list(widget.computed_at) == between
        fresh = table.pack(exploration, exploration.at(tuple(between)))
        np.testing.assert_array_equal(np.frombuffer(widget.data, "<f8"), fresh)
        assert widget.error == ""


@every
def test_an_error_in_the_callback_is_raised_and_shown(exploration: Exploration) -> None:
    def broken(**values: float) -> dict[str, np.ndarray]:
        if values != at_start:
            raise ArithmeticError("no value here")
        return exploration.compute(**values)

    at_start = {c.name: c.value(c.start) for c in exploration.tabulated}
    widget = Explorer(replace(exploration, compute=broken))
    moved = list(widget.positions)
    moved[1] = 0.0 if moved[1] else 1.0
    with pytest.raises(ArithmeticError, match="no value here"):
        widget.positions = moved
    assert widget.error == "ArithmeticError: no value here"
    widget.positions = list(exploration.start)
    assert widget.error == ""


@every
def test_arrays_of_the_wrong_length_are_refused(exploration: Exploration) -> None:
    short = replace(exploration, compute=lambda **_: {"sentence": np.zeros(2)})
    with pytest.raises(ValueError, match="entries"):
        Explorer(short)


@every
def test_four_outputs(exploration: Exploration) -> None:
    widget = Explorer(exploration)
    bundle = widget._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert base64.b64decode(bundle["application/pdf"]).startswith(b"%PDF")
    words = bundle["text/plain"]
    assert exploration.title in words and exploration.claim in words
    slot = bundle["text/html"]
    assert f'<div class="lm-widget" data-model-id="{widget.model_id}">' in slot
    assert f"<figcaption>{words}</figcaption>" in slot
    drawings = re.findall(r'<svg role="img" aria-label="([^"]*)"', slot)
    assert drawings == [panel.alt for panel in exploration.panels]
    assert "<style" not in slot and "<script" not in slot and "#000000" not in slot
    ids = re.findall(r' id="([^"]*)"', slot)
    assert len(ids) == len(set(ids)) and all(name.startswith(widget.model_id) for name in ids)
    assert len(slot) < 150_000
    assert widget._repr_mimebundle_() == bundle
    assert "0x" not in repr(widget)


def test_ids_are_counted_not_random() -> None:
    first, second = explore.clock_and_gear(), explore.clock_and_gear()
    number = int(first.model_id.rpartition("-")[2])
    assert second.model_id == f"lindyn-clock_and_gear-{number + 1}"


def test_settings_by_value() -> None:
    widget = explore.clock_and_gear(depth=2, angle=120, norm=0.5)
    assert repr(widget) == "explore.clock_and_gear(depth=2, angle=120, norm=0.5)"
    assert widget.spec["start"] == list(widget.positions)
    assert "Start angle: 120°" in widget._repr_mimebundle_()["text/plain"]
    law = explore.linear_predictor(law="Gaussian, d = 10")
    assert "law='Gaussian, d = 10'" in repr(law)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: explore.clock_and_gear(depth=5), "depth: must be one of 1, 2"),
        (lambda: explore.clock_and_gear(angle=151.0), "angle: must be one of 20, 40"),
        (lambda: explore.linear_predictor(law="cube"), "law: must be one of 'circle'"),
        (lambda: explore.linear_predictor(norm=float("nan")), "norm: must be finite"),
        (lambda: PREDICTOR.at((9, 0, 0)), "position of angle: must be between"),
        (lambda: PREDICTOR.at((0, 0, 0.5)), "position of law: must be a whole"),
    ],
)
def test_bad_settings_are_refused(call, message) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


@every
def test_picture_draws_every_series(exploration: Exploration) -> None:
    figure = picture.draw(exploration, exploration.start, "name").figure()
    fixed = {name: np.array(values) for name, values in exploration.fixed.items()}
    for panel, axes in zip(exploration.panels, figure.axes, strict=True):
        places = exploration.places(exploration.start)
        drawn = exploration.drawn(panel, places)
        regions = sum(series.style in picture.REGIONS for series, _ in drawn)
        assert len(axes.patches) == regions
        arrays, (left, right) = exploration.at(exploration.start), panel.x.range
        values = [exploration.entry(m.x, arrays | fixed, places) for m in panel.marks]
        marks = sum(left <= value <= right for value in values)
        assert len(axes.lines) == len(drawn) - regions + marks


def test_one_direction_curve_many_clocks() -> None:
    """The claim, on values integrated independently in time: weights ẇ_k of a depth-N chain."""
    arrays = CLOCK.compute(angle=120.0, norm=0.5)
    law = UniformSphere(2)
    theta = np.deg2rad(120.0)

    for depth in (1, 2, 4):
        # The balanced end-to-end vector: ẇ = −ρ^{2−2/N}(I + (N−1)w̄w̄ᵀ)∇L(w).
        def flow(_t: float, w: np.ndarray, n: int = depth) -> np.ndarray:
            rho = np.linalg.norm(w)
            unit = w / rho
            force = law.kappa * np.array([0.0, 1.0]) - float(law.dPhi(rho)) * unit
            return rho ** (2 - 2 / n) * (force + (n - 1) * unit * (unit @ force))

        inside = (arrays[f"t_{depth}"] < 50) & (arrays[f"t_{depth}"] > 0)
        times = arrays[f"t_{depth}"][inside]
        start = 0.5 * np.array([np.sin(theta), np.cos(theta)])
        run = solve_ivp(flow, (0, times[-1]), start, "DOP853", times, rtol=1e-10, atol=1e-13).y
        norm = np.linalg.norm(run, axis=0)
        np.testing.assert_allclose(arrays[f"norm_{depth}"][inside], norm, rtol=1e-6)
        np.testing.assert_allclose(arrays["cos"][inside], run[1] / norm, atol=1e-6)


def test_arrival_is_at_ten_degrees() -> None:
    arrays = CLOCK.compute(angle=140.0, norm=2.0)
    tau = np.asarray(CLOCK.fixed["tau"])
    arrived = np.interp(arrays["arrival_tau"][0], tau, arrays["cos"])
    assert arrived == pytest.approx(np.cos(ARRIVAL), abs=2e-4)


def test_theorem_1_holds_at_every_stop_of_the_table() -> None:
    exploration = PREDICTOR
    rows = np.frombuffer(table.table("linear_predictor"), "<f4").reshape(
        len(table.stops(exploration)), -1
    )
    seen = 0
    for row in rows:
        arrays = table.unpack(exploration, row)
        assert np.all(arrays["gap"] <= arrays["bound"] * (1 + 1e-5) + 1e-12)
        before = arrays["t"] <= arrays["turning"][0]
        assert np.all(np.diff(arrays["norm"][before]) <= 1e-6)
        assert np.all(np.diff(arrays["norm"][~before]) >= -1e-6)
        seen += before.any()
    assert 0 < seen < len(rows)


def test_paths_run_left_and_stay_where_the_norm_grows() -> None:
    law = UniformSphere(2)
    turned = 0
    for _, arrays in stored_rows(PORTRAIT):
        angle, log_norm = np.deg2rad(arrays["angle"]), np.log(arrays["norm"])
        assert np.all(np.diff(angle) < 0)
        growth = law.kappa * np.cos(angle) - law.dPhi(arrays["norm"])
        inside, clear = growth > 0, np.abs(growth) > 1e-3
        assert np.all(np.diff(inside.astype(int)) >= 0)
        steps, both = np.diff(log_norm), clear[1:] & clear[:-1]
        assert np.all(steps[both & inside[1:] & inside[:-1]] > 0)
        assert np.all(steps[both & ~inside[1:] & ~inside[:-1]] < 0)
        turned += inside[-1] and not inside[0]
    assert turned > 100


def test_the_tinted_region_is_where_the_norm_grows() -> None:
    law = UniformSphere(2)
    angle, norm = (np.array(PORTRAIT.fixed[f"curve_{name}"]) for name in ("angle", "norm"))
    balance = np.cos(np.deg2rad(angle)) - law.dPhi(norm) / law.kappa
    assert np.max(np.abs(balance)) < 1e-12
    radius = np.array(PORTRAIT.fixed["lemma_norm"])
    acute = np.array(PORTRAIT.fixed["lemma_angle"]) < 90
    cosine = np.cos(np.deg2rad(np.array(PORTRAIT.fixed["lemma_angle"])))
    assert np.all((law.kappa * cosine > law.dPhi(radius)) == acute)


@pytest.mark.parametrize("depth", [1, 3, 6])
def test_depth_makes_the_path_as_many_times_as_steep(depth: int) -> None:
    """A path of the portrait, from the equation d ln ρ/dφ = N (κ cos θ − Φ′(ρ))/κ."""
    law = UniformSphere(2)
    arrays = PORTRAIT.compute(depth=depth, angle=143.0, norm=1.0)
    phi = -np.log(np.tan(np.deg2rad(arrays["angle"]) / 2))

    def slope(x: float, m: np.ndarray) -> np.ndarray:
        return depth * (np.tanh(x) - law.dPhi(np.exp(m)) / law.kappa)

    run = solve_ivp(slope, (phi[0], phi[-1]), [0.0], "DOP853", phi, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(np.log(arrays["norm"]), run.y[0], atol=1e-8)


def test_bounds_of_deep_networks_hold_at_every_stop() -> None:
    slack = 1 + 1e-5
    ratios: dict[tuple[float, float], list[float]] = {}
    for values, arrays in stored_rows(DEEP):
        seen = arrays["gap"] > 1e-9  # below, 1 − cos θ of the bound cancels, and nothing is drawn
        assert np.all(arrays["gap_low"][seen] <= arrays["gap"][seen] * slack)
        assert np.all(arrays["gap"][seen] <= arrays["gap_high"][seen] * slack)
        assert np.all(arrays["norm_low"] <= arrays["norm"] * slack)
        assert np.all(arrays["norm"] <= arrays["norm_high"] * slack)
        assert np.all(arrays["floor"][0] <= arrays["norm"] * slack)
        assert arrays["floor"][0] <= arrays["turning_norm"][0] <= np.min(arrays["norm"]) * slack
        ratios.setdefault((values["angle"], values["norm"]), []).append(arrays["ratio"][0])
        drawn = np.any((arrays["gap_high"] < 10) | (arrays["norm_low"] > 1e-5))
        assert drawn == (values["depth"] > 2)
    assert len(ratios) == 18
    assert all(found[0] == 1 and np.all(np.diff(found) > 0) for found in ratios.values())


@pytest.mark.parametrize(("depth", "angle"), [(3, 45.0), (3, 143.0), (8, 120.0)])
def test_promise_is_when_the_bound_itself_arrives(depth: int, angle: float) -> None:
    theta, small = np.deg2rad(angle), np.cos(np.deg2rad(1.0))
    start = (np.sin(theta), np.cos(theta))
    flow = SphericalFlow(UniformSphere(2), direction=(0.0, 1.0), start=start, depth=depth)
    arrays = DEEP.compute(depth=depth, angle=angle, norm=1.0)
    turn = flow.at(flow.turning_time)
    bound = BOUNDS["lsz-thm-3-ii"](
        N=depth,
        T=flow.turning_time,
        c_0=1.0,
        rho_T=flow.turning_norm,
        theta_T=turn.angle,
        t=arrays["promise"],
    )
    np.testing.assert_allclose(1 - bound, 1 - small, rtol=1e-9)
    assert np.cos(flow.at(arrays["arrival"][0]).angle) == pytest.approx(small, abs=1e-12)


def test_deeper_networks_need_smaller_steps() -> None:
    """The claim: the first stop at which gradient descent leaves what the flow does."""
    first: dict[float, float] = {}
    for values, arrays in stored_rows(STEPS):
        if values["batch"] == 0 and arrays["sentence"][0] > 0:
            first[values["depth"]] = min(values["step"], first.get(values["depth"], np.inf))
    assert [first[depth] for depth in (1, 2, 3, 4)] == [16, 4, 2, 1]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_run_on_the_layers_is_the_two_number_iteration(depth: int) -> None:
    """Balanced layers of width one stay s, …, s, w: the end-to-end vector is s^{N−1} w."""
    law = UniformSphere(2)
    arrays = STEPS.compute(step=1.0, batch=0, depth=depth)
    w, s, norms = np.array([0.6, -0.8]), 1.0, []
    for _ in range(100):
        e = s ** (depth - 1) * w
        rho = float(np.hypot(*e))
        gradient = float(law.dPhi(rho)) / rho * e - law.kappa * np.array([0.0, 1.0])
        pull = s ** (depth - 2) * float(w @ gradient) if depth > 1 else 0.0
        w, s = w - s ** (depth - 1) * gradient, s - pull
        norms.append(abs(s) ** (depth - 1) * np.hypot(*w))
    chosen = np.rint(arrays["run_t"]).astype(int) - 1
    np.testing.assert_allclose(arrays["run_norm"], np.array(norms)[chosen], rtol=1e-6)


def test_departures_from_the_flow_are_counted() -> None:
    turns = np.array([[0.6, -0.8], [0.3, -0.5], [-0.1, 0.6], [-0.3, 0.7], [-0.1, 0.5]])
    assert departures(turns) == {"crossings": 1, "rises": 2, "falls": 1}
    assert departures(turns[:2]) == {"crossings": 0, "rises": 1, "falls": 0}


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"), (1.0, "1"), (-0.5, "−0.5"), (12345.0, "12300"), (1e5, "1 × 10⁵"),
        (0.001, "0.001"), (0.00099999, "0.001"), (1e-4, "1 × 10⁻⁴"), (2.346e-12, "2.35 × 10⁻¹²"),
        (99999.0, "1 × 10⁵"), (float("inf"), "∞"), (float("nan"), "undefined"),
    ],
)  # fmt: skip
def test_numbers_are_written_for_readers(x: float, text: str) -> None:
    assert format_number(x).replace("\u00a0", " ") == text
