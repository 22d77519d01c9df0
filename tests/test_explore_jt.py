"""Widgets on JT: what they claim, at every stop of their tables."""

from __future__ import annotations

import numpy as np
import pytest

from lindyn.explore import alignment_explorer, picture
from lindyn.explore.alignment_explorer import EXPLORATION as ALIGNMENT
from lindyn.explore.alignment_explorer import INPUTS, conserved, start_layers
from lindyn.explore.layer_maps import EXPLORATION as MAPS
from lindyn.explore.layer_maps import examples
from lindyn.explore.layer_maps import start_layers as start_of_maps
from lindyn.explore.margin_race import ANGLE, DEPTHS
from lindyn.explore.margin_race import EXPLORATION as RACE
from lindyn.explore.margin_race import INPUTS as RACE_INPUTS
from lindyn.margins import separable
from lindyn.networks import alignment, balanced, imbalance
from lindyn.risk_clock import margin_flow
from settings import stored_rows


def late_power(u: np.ndarray, values: np.ndarray) -> float:
    """Power of u with which the values fall in the end."""
    return float(np.log(values[-1] / values[-6]) / np.log(u[-1] / u[-6]))


def test_layers_stay_below_the_bounds() -> None:
    drawn = 0
    for values, arrays in stored_rows(ALIGNMENT):
        balanced_start = values["imbalance"] == 0
        assert arrays["sentence"][0] == balanced_start
        for name in ("ratio", "inner"):
            curve = arrays[name]
            assert arrays[f"{name}_end"][0] == curve[-1]
            assert np.all(curve == 0) == balanced_start
            for bound in (arrays[f"{name}_D"], arrays[f"{name}_E"]):
                said = bound > 0
                drawn += said.any()
                assert np.all(curve[said] <= bound[said] * (1 + 1e-6))
                assert balanced_start or said[-1]
        assert np.all(arrays["ratio_E"] <= arrays["ratio_D"]) or np.any(arrays["ratio_D"] == 0)
        assert arrays["inner_E"][-1] <= arrays["inner_D"][-1]
    assert drawn > 150


def test_powers_of_the_logarithm_are_those_claimed() -> None:
    """−2/N and −4/N; the printed bounds have −2/N both."""
    for values, arrays in stored_rows(ALIGNMENT):
        if not 0 < values["imbalance"] < 0.5:
            continue
        u, N = arrays["u"], values["depth"]
        powers = {
            name: late_power(u, arrays[name])
            for name in ("ratio", "ratio_D", "inner", "inner_D", "inner_E")
        }
        wanted = {"ratio": -2, "ratio_D": -2, "inner": -4, "inner_D": -2, "inner_E": -4}
        for name, power in powers.items():
            assert power == pytest.approx(wanted[name] / N, rel=0.15), name


@pytest.mark.parametrize(("depth", "share"), [(2, 0.5), (3, 1.0), (4, 0.2), (3, 0.0)])
def test_curves_are_those_of_the_layers(depth: int, share: float) -> None:
    arrays = ALIGNMENT.compute(depth, share, 0.6)
    layers = start_layers(depth, share, 0.6)
    run = margin_flow(INPUTS, [1.0] * 3, layers, neg_log_risks=arrays["u"])
    assert run.certificate < 1e-8
    found = [alignment(weights) for weights in zip(*run.weights, strict=True)]
    for name, values in (
        ("ratio", [1 - pair.ratios[0] for pair in found]),
        ("inner", [1 - pair.inner[0] for pair in found]),
    ):
        np.testing.assert_allclose(arrays[name], values, rtol=1e-6, atol=1e-14)


def test_imbalance_grows_from_nothing() -> None:
    for depth in (2, 3, 4):
        norms = [
            max(np.abs(gap).max() for gap in imbalance(start_layers(depth, share, 1.0)))
            for share in (0.0, 1e-3, 1e-2)
        ]
        assert norms[0] < 1e-14
        assert norms[2] / norms[1] == pytest.approx(10, rel=0.05)
        known = conserved(start_layers(depth, 0.5, 1.0))
        assert 0 < known["E_k"] <= known["D"]


def test_alignment_explorer_takes_values_of_its_stops() -> None:
    assert "imbalance=0, " in repr(alignment_explorer(imbalance=0))
    with pytest.raises(ValueError, match="imbalance"):
        alignment_explorer(imbalance=0.3)


def test_layers_flatten_the_data_as_lemma_2_6_allows() -> None:
    for values, arrays in stored_rows(MAPS):
        inputs, labels = examples(values["data"])
        assert separable(inputs, labels)
        u = arrays["u"]
        for k in range(3):
            thin, bound = arrays[f"thin_{k}"], arrays[f"bound_{k}"]
            assert np.all(thin <= bound * (1 + 1e-6))
            now = float(np.interp(arrays["now"][0], u, np.log(thin)))
            assert np.log(arrays["thin"][k]) == pytest.approx(now, abs=1e-2)
            # The powers claimed; the input does not change.
            assert late_power(u, thin) == pytest.approx(-k / 3, abs=0.06)
            assert late_power(u, bound) == pytest.approx(-k / 3, abs=0.06)
            assert 0 < arrays["along"][k] <= 1 + 1e-6
        if values["risk"] <= 1e-30:
            assert np.all(arrays["along"][1:] > (0.95, 0.999))


@pytest.mark.parametrize(("data", "risk"), [(0, 0.1), (1, 1e-3), (2, 1e-30), (3, 0.5)])
def test_pictures_are_the_mapped_data(data: int, risk: float) -> None:
    """Principal axes by the eigenvectors of the second moments; v by those of WᵀW."""
    arrays = MAPS.compute(data, risk)
    inputs, labels = examples(data)
    layers = start_of_maps(inputs, labels)
    run = margin_flow(inputs, labels, layers, neg_log_risks=-np.log(risk))
    assert np.mean(np.exp(-labels * (inputs @ run.product[0]))) == pytest.approx(risk)
    mapped = inputs
    for k, weights in enumerate(run.weights):
        moments, axes = np.linalg.eigh(mapped.T @ mapped)
        first, second = axes[:, -1], axes[:, -2]
        leading = np.linalg.eigh(weights.T @ weights)[1][:, -1]
        side = "xy"
        both = {s: np.concatenate([arrays[f"{s}_{k}"], arrays[f"{s}_{k}_minus"]]) for s in side}
        scale = np.max(np.abs([mapped @ first, mapped @ second]))
        for name, axis in zip(side, (first, second), strict=True):
            np.testing.assert_allclose(np.abs(both[name]), np.abs(mapped @ axis) / scale, atol=1e-6)
            line = arrays[f"v_{name}_{k}"]
            assert line[0] == 0
            assert abs(line[1]) == pytest.approx(abs(axis @ leading), abs=1e-6)
        # The line and the data are turned alike, and no picture is a mirror image of another.
        drawn = both["x"] * arrays[f"v_x_{k}"][1] + both["y"] * arrays[f"v_y_{k}"][1]
        truth = mapped @ leading / scale
        assert abs(np.corrcoef(drawn, truth)[0, 1]) == pytest.approx(1, abs=1e-6)
        assert np.linalg.det(np.linalg.lstsq(inputs, np.column_stack(list(both.values())))[0]) > 0
        assert np.mean(arrays[f"x_{k}"]) > 0 > np.mean(arrays[f"x_{k}_minus"])
        assert arrays["thin"][k] == pytest.approx(np.sqrt(moments[-2] / moments[-1]), rel=1e-5)
        mapped = mapped @ weights.T


def test_crosses_and_lone_curves_are_drawn_as_said() -> None:
    """What stands alone is left out unless chosen, and crosses are crosses in the picture too."""
    panel = MAPS.panels[0]
    for layer in range(3):
        drawn = MAPS.drawn(panel, {"data": 0, "risk": 0, "layer": layer})
        assert all(strong for _, strong in drawn)
        assert [series.y for series, _ in drawn] == [
            f"v_y_{layer}",
            f"y_{layer}_minus",
            f"y_{layer}",
        ]
    assert picture.LOOKS["cross"]["marker"] == "x"


def test_race_is_won_as_claimed() -> None:
    for values, arrays in stored_rows(RACE):
        ends, laws = arrays["end"], arrays["end_law"]
        assert np.all(arrays["sentence"] == values["kind"])
        powers = [late_power(arrays["u"], arrays[f"angle_{n}"]) for n in DEPTHS]
        if values["kind"] == 0:
            np.testing.assert_allclose(ends, laws, rtol=0.01)
            np.testing.assert_allclose(powers, -1, atol=0.02)
        else:
            assert np.all(np.diff(ends) > 0)
            depths = np.array(DEPTHS)[values["kind"] == 3 :]  # but for the logarithm
            np.testing.assert_allclose(powers[-len(depths) :], -1 / depths, atol=0.01)
        if values["kind"] == 2:
            np.testing.assert_allclose(ends, laws, rtol=0.01)
        assert (laws[0] > 0) == (values["kind"] in (0, 2))


def test_angles_stay_below_our_bounds() -> None:
    drawn = 0
    for values, arrays in stored_rows(RACE):
        for depth in DEPTHS:
            bound = arrays[f"bound_{depth}"]
            said = bound > 0
            assert np.all(arrays[f"angle_{depth}"][said] <= bound[said] * (1 + 1e-6))
            assert said[-1] == (values["kind"] == 0 or depth > 2)
            drawn += said.any()
    assert drawn == 3 * (4 + 3 * 2)


@pytest.mark.parametrize(("kind", "depth"), [(0, 1), (0, 3), (1, 2), (2, 4), (3, 2)])
def test_angles_are_those_of_the_layers(kind: int, depth: int) -> None:
    """All weights from a balanced start, and the maximum margin direction by its definition."""
    arrays, inputs = RACE.compute(kind, 0.5), np.array(RACE_INPUTS[kind])
    turns = np.linspace(0, 2 * np.pi, 400_001)
    margins = np.min(inputs @ np.array([np.cos(turns), np.sin(turns)]), axis=0)
    best = turns[np.argmax(margins)]
    start = 0.5 * np.array([np.cos(best + ANGLE), np.sin(best + ANGLE)])
    layers = balanced(start[None, :], depth, [2] * (depth - 1))
    shown = arrays["u"][::11]
    run = margin_flow(inputs, np.ones(len(inputs)), layers, neg_log_risks=shown)
    w = run.product[:, 0]
    turned = np.degrees(np.arctan2(w[:, 1], w[:, 0]) - best)
    found = np.abs((turned + 180) % 360 - 180)
    np.testing.assert_allclose(arrays[f"angle_{depth}"][::11], found, atol=2e-3)
    np.testing.assert_allclose(arrays[f"log_time_{depth}"][11::11], run.log_time[1:], atol=1e-3)
