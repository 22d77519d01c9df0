"""The margin against risk and time: one constant, bounds, a law."""

import numpy as np
import pytest

from lindyn.figures.jt import margin_rates, runs
from lindyn.margins import max_margin


@pytest.fixture(scope="module")
def raced():
    return margin_rates.compute_margin_rates()


@pytest.mark.parametrize("depth", margin_rates.DEPTHS)
def test_angles_times_the_logarithm_tend_to_one_constant(raced, depth):
    angle, clock = np.abs(raced[f"angle_{depth}"]), raced[f"digits_{depth}"] * np.log(10)
    quotient = angle * clock / float(raced["law"])
    # What is left is of order L/ρ.
    assert quotient[-1] == pytest.approx(1, abs=0.005 * depth)
    # Two supports of projections p and −q: x⋆ = ln(p/q)/(p + q).
    best = max_margin(runs.clusters().X, runs.clusters().y)
    u = best.direction
    p, q = np.abs(runs.clusters().signed[best.support] @ [-u[1], u[0]])
    assert float(raced["law"]) == pytest.approx(best.margin * abs(np.log(p / q)) / (p + q))


@pytest.mark.parametrize("depth", margin_rates.DEPTHS)
def test_margin_bounds_hold(raced, depth):
    bound = raced[f"bound_{depth}"]
    said = np.isfinite(bound)
    assert said.sum() > 10
    assert said[-1]
    assert np.all(np.tan(np.abs(raced[f"angle_{depth}"][said])) <= bound[said])


@pytest.mark.parametrize("depth", margin_rates.DEPTHS)
def test_risk_in_time_tends_to_its_law(raced, depth):
    """R t (ln t)^{2−2/L} → 1/(Lγ^{2/L})."""
    log_time, clock = raced[f"log_time_{depth}"], raced[f"digits_{depth}"] * np.log(10)
    gamma, late = float(raced["margin"]), [-60, -1]
    law = margin_rates.time_law(log_time[late], depth, gamma)
    off = np.abs(clock[late] - log_time[late] - law)
    assert off[1] < min(0.06, off[0] + 1e-12)
    value = np.log(log_time[-1]) * (2 - 2 / depth) + np.log(depth) + 2 / depth * np.log(gamma)
    assert law[1] == pytest.approx(value)
