"""Infinite depth and large steps: the helpers of the checks against other routes."""

import numpy as np
import pytest
from scipy.integrate import quad

from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.own_off_path_depth import modes_of
from lindyn.ledger.own_off_path_limits import (
    _first_order,
    border,
    deep_direction,
    limit_pace,
    resting_norm,
    separable,
)
from lindyn.ledger.own_off_path_steps import largest_step, overshoot, safe_step
from lindyn.margins import max_margin
from lindyn.risk_clock import margin_flow_balanced


@pytest.mark.parametrize("kind", ["one output", "double", "several"])
def test_pull_and_its_slope_are_those_of_the_flow(kind):
    start, tau, h = modes_of(kind, 0.9, 3), 0.4, 1e-5
    flow = start.flow(2.0, 3)
    pull, slope = start.pull(tau)
    record = flow.at_natural_time(tau)
    assert pull == pytest.approx(float(start.sigma @ (record.a * record.b)), rel=1e-12)
    ends = [start.pull(tau + step)[0] for step in (-h, h)]
    assert slope == pytest.approx((ends[1] - ends[0]) / (2 * h), rel=1e-7)
    assert slope == pytest.approx((1 - pull**2) * (2 if kind == "double" else 1)) or (
        kind == "several" and slope < 2 * (1 - pull**2)
    )


def test_the_logarithm_of_nu_is_the_integral_of_the_pull():
    for kind in ("one output", "double", "several"):
        start = modes_of(kind, 0.9, 3)
        assert start.log_norm(0.0) == pytest.approx(0.0, abs=1e-14)
        area = quad(lambda tau, start=start: start.pull(tau)[0], 0, 0.7, epsrel=1e-12)[0]
        assert start.log_norm(0.7) == pytest.approx(area, rel=1e-11)


def test_the_safe_step_of_two_layers_in_closed_form():
    x = safe_step(2)
    highest = (2 + x) ** 3 / (27 * x)
    assert overshoot(x, 2) == pytest.approx(highest, rel=1e-10)
    root, other = np.sqrt(highest), np.sqrt(2 - highest)
    assert x == pytest.approx(2 * (root - other) / (root * (highest - 1)), rel=1e-9)
    for depth in (2, 3, 5, 30):  # the last place before the largest overshoot is the worst
        places = np.linspace(1.0001, overshoot(safe_step(depth), depth), 200)
        assert np.all(np.diff([largest_step(y, depth) for y in places]) < 0)


def test_the_resting_norm_of_lsz():
    law = law_named("circle")
    for angle in (1e-4, 0.3, 1.2, 1.5):
        norm = resting_norm(law, float(np.cos(angle)))
        assert float(law.dPhi(norm)) == pytest.approx(law.kappa * np.cos(angle), rel=1e-9)
        pace = limit_pace(law, angle) * law.kappa * np.sin(angle)
        assert pace == pytest.approx(1 / norm, rel=1e-5)


def test_the_first_order_of_lsz_is_not_uniform():
    """To an angle θ the lag of the norm costs √3/(θN) on the circle, as the page says."""
    law, begin = law_named("circle"), float(np.arccos(0.6))
    parts = _first_order(law, 1.0, begin, float(np.radians(5)))
    assert [round(part, 1) for part in parts] == [3.0, 17.4, 4.2]
    for angle, rel in ((np.radians(0.1), 0.005), (np.radians(0.01), 5e-4)):
        found = _first_order(law, 1.0, begin, float(angle))[1] * angle
        assert found == pytest.approx(np.sqrt(3), rel=rel)


def test_the_deep_direction_is_that_of_the_risk_clock():
    Z, start = separable(4, 3, 6)
    run = margin_flow_balanced(Z, np.ones(4), 0.3 * start, depth=7, neg_log_risks=[3.0])
    w = run.product[-1, 0]
    found = deep_direction(Z, start, 0.3, 7, 3.0)
    np.testing.assert_allclose(found, w / np.linalg.norm(w), atol=1e-5)


def test_the_border_lies_between_the_start_and_the_maximum_margin():
    Z, start = separable(4, 3, 6)
    first, other, _ = border(4, 3, 6)
    best = max_margin(Z, np.ones(4)).direction
    assert abs((Z @ first).min()) < 1e-6 < other
    assert start @ best < first @ best < 1


def test_the_border_comes_early():
    """The natural time to it, over the bound 2n/γ: the page gives the largest that was met."""
    shares = []
    for seed in filter(lambda seed: separable(2, 2, seed), range(12)):
        Z, _ = separable(2, 2, seed)
        shares.append(border(2, 2, seed)[2] * max_margin(Z, np.ones(2)).margin / 4)
    assert 0.29 < max(shares) < 0.30
