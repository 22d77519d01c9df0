"""Widgets on JT: what they claim, at every stop of their tables."""

from __future__ import annotations

import numpy as np
import pytest

from lindyn.explore import alignment_explorer, table
from lindyn.explore.alignment_explorer import EXPLORATION as ALIGNMENT
from lindyn.explore.alignment_explorer import INPUTS, conserved, start_layers
from lindyn.explore.spec import Arrays, Exploration
from lindyn.networks import alignment, imbalance
from lindyn.risk_clock import margin_flow

_rows: dict[str, list[tuple[dict[str, float], Arrays]]] = {}


def rows(exploration: Exploration) -> list[tuple[dict[str, float], Arrays]]:
    """The controls' values and fresh arrays at every stop."""
    if exploration.name not in _rows:
        _rows[exploration.name] = [
            (
                {
                    c.name: c.value(p)
                    for c, p in zip(exploration.controls, positions, strict=True)
                    if c.tabulated
                },
                exploration.at(positions),
            )
            for positions in table.stops(exploration)
        ]
    return _rows[exploration.name]


def late_power(u: np.ndarray, values: np.ndarray) -> float:
    """Power of u with which the values fall in the end."""
    return float(np.log(values[-1] / values[-6]) / np.log(u[-1] / u[-6]))


def test_layers_stay_below_the_bounds() -> None:
    drawn = 0
    for values, arrays in rows(ALIGNMENT):
        balanced_start = values["imbalance"] == 0
        assert arrays["sentence"][0] == balanced_start
        for name in ("ratio", "inner"):
            curve = arrays[name]
            assert arrays[f"{name}_end"][0] == curve[-1]
            assert np.all(curve == 0) == balanced_start
            for bound in (arrays[f"{name}_D"], arrays[f"{name}_E"]):
                said = bound > 0
                drawn += said.any()
                assert np.all(curve[said] <= bound[said] * (1 + 1e-9))
                assert balanced_start or said[-1]
        assert np.all(arrays["ratio_E"] <= arrays["ratio_D"]) or np.any(arrays["ratio_D"] == 0)
        assert arrays["inner_E"][-1] <= arrays["inner_D"][-1]
    assert drawn > 150


def test_powers_of_the_logarithm_are_those_claimed() -> None:
    """−2/N and −4/N; the printed bounds have −2/N both."""
    for values, arrays in rows(ALIGNMENT):
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
