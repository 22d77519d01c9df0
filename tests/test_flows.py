"""Gradient flow on the weights and the induced flow of the product."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import fractional_matrix_power

from lindyn import (
    IntegrationError,
    Separable,
    SphericalLogistic,
    UniformSphere,
    WhitenedSquare,
    balanced,
    end_to_end,
    gradient_flow,
    imbalance,
    induced_flow,
    layer_gradients,
)

TARGET = np.array([[2.0, 0.3, 0.0], [-0.5, 1.0, 0.4]])
TIMES = np.linspace(0.0, 3.0, 7)


def chain(widths, rng, scale=0.7):
    return tuple(
        scale * rng.standard_normal((b, a)) for a, b in zip(widths[:-1], widths[1:], strict=True)
    )


def low_rank(rank, rng):
    return rng.standard_normal((2, rank)) @ rng.standard_normal((rank, 3)) / 3


def test_depth_one_against_the_closed_form():
    start = np.random.default_rng(0).standard_normal((2, 3))
    run = gradient_flow(WhitenedSquare(TARGET), (start,), TIMES)
    exact = TARGET + np.exp(-TIMES)[:, None, None] * (start - TARGET)
    assert run.product == pytest.approx(exact, abs=1e-9)
    assert run.risk == pytest.approx(0.5 * np.sum((exact - TARGET) ** 2, axis=(1, 2)), abs=1e-9)
    assert run.weights[0].shape == (7, 2, 3)


def test_depth_two_against_the_closed_form():
    """Balanced scalars: s' = 2s(z − s), a logistic curve."""
    z, s = 1.5, 0.01
    run = induced_flow(WhitenedSquare([[z]]), [s], 2, TIMES)
    growth = np.exp(2 * z * TIMES)
    assert run.product[:, 0, 0] == pytest.approx(z * s * growth / (z - s + s * growth), rel=1e-9)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), depth=st.integers(2, 4))
def test_imbalance_is_conserved_and_the_risk_falls_as_the_energy_says(seed, depth):
    rng = np.random.default_rng(seed)
    weights = chain([3, *rng.integers(1, 5, depth - 1), 2], rng)
    risk = WhitenedSquare(TARGET)
    run = gradient_flow(risk, weights, TIMES)
    before = imbalance(weights)
    for k in range(TIMES.size):
        now = imbalance([layer[k] for layer in run.weights])
        for a, b in zip(before, now, strict=True):
            assert b == pytest.approx(a, abs=1e-7)
    assert np.all(np.diff(run.risk) <= 1e-9)


def test_risk_falls_at_the_rate_of_the_squared_gradient():
    """Integral of Σ‖∂_k‖² over a short time equals the fall of the risk."""
    weights = chain((3, 4, 2), np.random.default_rng(3))
    risk = WhitenedSquare(TARGET)
    nodes, wts = np.polynomial.legendre.leggauss(12)
    run = gradient_flow(risk, weights, np.concatenate([[0.0], (nodes + 1) / 4, [0.5]]))
    power = [
        sum(np.sum(g**2) for g in layer_gradients(now, risk.gradient(end_to_end(now))))
        for now in ([layer[k] for layer in run.weights] for k in range(1, 13))
    ]
    assert run.risk[0] - run.risk[-1] == pytest.approx(wts @ power / 4, rel=1e-8)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
@pytest.mark.parametrize("rank", [0, 1, 2])
@pytest.mark.parametrize("spare", [0, 2])
def test_induced_flow_is_the_product_of_any_balanced_weights(depth, rank, spare):
    """Widths and rotations do not matter, and neither does a loss of rank."""
    rng = np.random.default_rng(10 * depth + rank)
    start = low_rank(rank, rng)
    risk, times = WhitenedSquare(TARGET), [0.0, 0.3, 1.0, 2.0]
    narrow = induced_flow(risk, start, depth, times)
    widths = [max(rank, 1) + spare] * (depth - 1)
    wide = gradient_flow(risk, balanced(start, depth, widths, rng), times)
    assert narrow.product == pytest.approx(wide.product, abs=2e-7)
    assert narrow.risk == pytest.approx(wide.risk, abs=2e-7)


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_induced_flow_solves_its_equation_at_full_rank(depth):
    rng, h, risk = np.random.default_rng(4), 1e-3, WhitenedSquare(TARGET[:, :2])
    start = rng.standard_normal((2, 2))
    run = induced_flow(risk, start, depth, [0.4 - h, 0.4, 0.4 + h], rtol=1e-12, atol=1e-14)
    W = run.product[1]
    G = risk.gradient(W)
    field = -sum(
        fractional_matrix_power(W @ W.T, (depth - j) / depth)
        @ G
        @ fractional_matrix_power(W.T @ W, (j - 1) / depth)
        for j in range(1, depth + 1)
    )
    assert (run.product[2] - run.product[0]) / (2 * h) == pytest.approx(field, abs=1e-4)


def test_rank_is_kept_by_the_induced_flow():
    run = induced_flow(WhitenedSquare(TARGET), low_rank(1, np.random.default_rng(5)), 3, [50.0])
    values = np.linalg.svd(run.product[0], compute_uv=False)
    assert values[1] < 1e-12 * values[0]


def test_a_scalar_time_gives_no_time_axis_and_repeated_times_are_repeated():
    risk, weights = WhitenedSquare(TARGET), chain((3, 2, 2), np.random.default_rng(6))
    one = gradient_flow(risk, weights, 0.5)
    assert one.product.shape == (2, 3)
    assert one.risk.shape == ()
    assert one.t.shape == ()
    many = gradient_flow(risk, weights, [0.0, 0.5, 0.5])
    assert np.array_equal(many.product[1], many.product[2])
    assert many.product[1] == pytest.approx(one.product, abs=1e-10)
    assert many.product[0] == pytest.approx(end_to_end(weights), abs=1e-15)
    assert gradient_flow(risk, weights, 0.0).product == pytest.approx(end_to_end(weights))


@pytest.mark.parametrize("method", ["LSODA", "Radau", "BDF", "RK45"])
def test_methods_agree(method):
    risk, weights = WhitenedSquare(TARGET), chain((3, 2, 2), np.random.default_rng(7))
    best = gradient_flow(risk, weights, TIMES)
    other = gradient_flow(risk, weights, TIMES, method=method, rtol=1e-8, atol=1e-10)
    assert other.product == pytest.approx(best.product, abs=1e-5)


def test_events_are_found_in_order_and_in_their_direction():
    """W = 1 − e^{−t} passes ½ at t = ln 2, upwards only."""

    def half(_, weights):
        return weights[0][0, 0] - 0.5

    def falling(_, weights):
        return weights[0][0, 0] - 0.5

    falling.direction = -1.0
    risk, start = WhitenedSquare([[1.0]]), (np.zeros((1, 1)),)
    run = gradient_flow(risk, start, [3.0], events=[half, falling])
    assert run.events[0] == pytest.approx([np.log(2)], rel=1e-9)
    assert run.events[1].size == 0
    assert gradient_flow(risk, start, [3.0], events=half).events[0].size == 1
    assert gradient_flow(risk, start, 0.0, events=half).events[0].size == 0


def test_population_flow_turns_the_direction_at_the_constant_rate():
    """N = 1: d artanh(cos θ)/dt = κ/ρ, so the sum ∫dt/ρ is read off the direction."""
    law = UniformSphere(2)
    run = gradient_flow(
        SphericalLogistic(law, [0.0, 1.0]), (np.array([[0.6, -0.8]]),), np.linspace(0, 4, 401)
    )
    w = run.product[:, 0]
    norm = np.linalg.norm(w, axis=1)
    rise = np.arctanh(w[:, 1] / norm)
    inverse = np.concatenate([[0.0], np.cumsum((1 / norm[1:] + 1 / norm[:-1]) / 2 * 0.01)])
    assert rise - rise[0] == pytest.approx(law.kappa * inverse, abs=1e-4)


class Exploding:
    """R(w) = −w³/3, whose flow ẇ = w² ends at t = 1/w(0)."""

    shape = (1, 1)

    def value(self, W):
        return -(float(np.asarray(W)[0, 0]) ** 3) / 3

    def gradient(self, W):
        return -(np.asarray(W) ** 2)


@pytest.mark.parametrize("method", ["DOP853", "Radau", "LSODA"])
def test_a_failed_integration_says_so_and_names_the_time_reached(method):
    with pytest.raises(IntegrationError, match=r"reached time (0\.9\d*|1) of 2"):
        gradient_flow(Exploding(), (np.array([[1.0]]),), [0.5, 2.0], method=method)


def test_the_exponential_risk_may_overshoot_in_a_trial_step():
    """From a margin of −30 the first trial steps overflow; the run recovers by itself."""
    risk = Separable([[1.0]], [1.0])
    run = gradient_flow(risk, (np.array([[-30.0]]),), [1.0])
    assert run.product[0, 0, 0] == pytest.approx(np.log(1 + np.exp(-30.0)), rel=1e-6)


def test_progress_is_shown_on_demand(capsys):
    risk, weights = WhitenedSquare(TARGET), chain((3, 2, 2), np.random.default_rng(8))
    quiet = gradient_flow(risk, weights, TIMES)
    assert capsys.readouterr().err == ""
    shown = gradient_flow(risk, weights, TIMES, progress=True)
    assert "100%" in capsys.readouterr().err
    assert np.array_equal(quiet.product, shown.product)
