"""Risks: values against their definitions, gradients against differences and complex steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lindyn import (
    Gaussian,
    LeastSquares,
    Separable,
    SphericalLogistic,
    UniformBall,
    UniformSphere,
    WhitenedSquare,
    end_to_end,
    layer_gradients,
    whitened_inputs,
)

RNG = np.random.default_rng(11)
INPUTS, OUTPUTS = RNG.standard_normal((6, 3)), RNG.standard_normal((6, 2))
LABELS = np.where(RNG.standard_normal(6) > 0, 1.0, -1.0)

RISKS = {
    "whitened": WhitenedSquare(RNG.standard_normal((2, 3))),
    "least squares": LeastSquares(INPUTS, OUTPUTS),
    "least squares, one output": LeastSquares(INPUTS, OUTPUTS[:, 0]),
    "exponential": Separable(INPUTS, LABELS),
    "logistic": Separable(INPUTS, LABELS, loss="logistic"),
    "circle": SphericalLogistic(UniformSphere(2), [0.0, 1.0]),
    "sphere": SphericalLogistic(UniformSphere(3), [1.0, 1.0, 0.0]),
    "Gaussian": SphericalLogistic(Gaussian(4), [1.0, 0.0, 0.0, 2.0]),
    "ball": SphericalLogistic(UniformBall(3, radius=2.0), [0.0, 0.0, -1.0]),
}


def direct(name, W):
    """Every risk by its definition, in code that also takes complex numbers."""
    risk = RISKS[name]
    if name == "whitened":
        return 0.5 * np.sum((W - risk.target) ** 2)
    if name.startswith("least squares"):
        return 0.5 * sum(
            np.sum((W @ x - y) ** 2)
            for x, y in zip(INPUTS, OUTPUTS[:, : risk.shape[0]], strict=True)
        )
    margins = LABELS * (INPUTS @ W[0])
    losses = np.exp(-margins) if name == "exponential" else np.log(1 + np.exp(-margins))
    return np.mean(losses)


@pytest.mark.parametrize(
    "name", ["whitened", "least squares", "least squares, one output", "exponential", "logistic"]
)
def test_value_and_gradient_against_the_definition_by_complex_steps(name):
    risk, rng = RISKS[name], np.random.default_rng(5)
    for _ in range(3):
        W = rng.standard_normal(risk.shape)
        assert risk.value(W) == pytest.approx(direct(name, W), rel=1e-13)
        gradient = risk.gradient(W)
        for place in np.ndindex(W.shape):
            moved = W.astype(complex)
            moved[place] += 1e-30j
            assert gradient[place] == pytest.approx(
                np.imag(direct(name, moved)) / 1e-30, rel=1e-11, abs=1e-12
            )


def circle_loss(w, teacher):
    """E ln(1 + e^{−sgn(v·x) w·x}) on the circle, by the definition: the half circle v·x > 0."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    turn = np.arctan2(teacher[1], teacher[0]) + nodes * np.pi / 2
    margins = w[0] * np.cos(turn) + w[1] * np.sin(turn)
    return 0.5 * np.sum(weights * np.log(1 + np.exp(-margins)))


@pytest.mark.parametrize("norm", [1e-3, 0.3, 1.0, 10.0])
@pytest.mark.parametrize("angle", [0.0, 0.4, 1.7, 3.0])
def test_population_loss_on_the_circle_against_its_definition(norm, angle):
    risk = RISKS["circle"]
    w = norm * np.array([np.sin(angle), np.cos(angle)])
    assert risk.value(w) == pytest.approx(circle_loss(w, (0.0, 1.0)), rel=1e-12)
    for k in range(2):
        moved = w.astype(complex)
        moved[k] += 1e-30j
        by_step = np.imag(circle_loss(moved, (0.0, 1.0))) / 1e-30
        assert risk.gradient(w)[k] == pytest.approx(by_step, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("name", RISKS)
def test_gradient_against_finite_differences(name):
    risk, rng, h = RISKS[name], np.random.default_rng(6), 1e-6
    W, D = rng.standard_normal(risk.shape), rng.standard_normal(risk.shape)
    slope = (risk.value(W + h * D) - risk.value(W - h * D)) / (2 * h)
    assert np.sum(risk.gradient(W) * D) == pytest.approx(slope, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("name", RISKS)
def test_layer_gradients_of_every_risk_against_finite_differences(name):
    risk, rng, h = RISKS[name], np.random.default_rng(7), 1e-6
    widths = (risk.shape[1], 4, 3, risk.shape[0])
    weights = [
        0.7 * rng.standard_normal((b, a)) for a, b in zip(widths[:-1], widths[1:], strict=True)
    ]
    gradients = layer_gradients(weights, risk.gradient(end_to_end(weights)))
    for k in range(3):
        D = rng.standard_normal(weights[k].shape)
        values = []
        for sign in (1, -1):
            moved = list(weights)
            moved[k] = weights[k] + sign * h * D
            values.append(risk.value(end_to_end(moved)))
        slope = (values[0] - values[1]) / (2 * h)
        assert np.sum(gradients[k] * D) == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", [name for name in RISKS if RISKS[name].shape[0] == 1])
def test_a_vector_stands_for_one_row(name):
    risk = RISKS[name]
    w = np.random.default_rng(8).standard_normal(risk.shape[1])
    assert risk.value(w) == risk.value(w[None, :])
    assert risk.gradient(w).shape == w.shape
    assert np.array_equal(risk.gradient(w), risk.gradient(w[None, :])[0])


def test_whitened_data_turn_least_squares_into_the_whitened_square():
    rng = np.random.default_rng(9)
    X, Y = whitened_inputs(20, 3, rng), rng.standard_normal((20, 2))
    data, white = LeastSquares(X, Y), WhitenedSquare(Y.T @ X)
    W, V = rng.standard_normal((2, 2, 3))
    assert data.gradient(W) == pytest.approx(white.gradient(W), abs=1e-13)
    assert data.value(W) - data.value(V) == pytest.approx(white.value(W) - white.value(V))


@settings(max_examples=50, deadline=None)
@given(
    name=st.sampled_from(["circle", "sphere", "Gaussian", "ball"]),
    exponent=st.floats(-200, 200),
    seed=st.integers(0, 10**6),
)
def test_population_gradient_at_any_scale(name, exponent, seed):
    """Its radial part is Φ′(ρ) − κ cos θ, its tangential part −κ sin θ, at any norm."""
    risk = RISKS[name]
    unit = np.random.default_rng(seed).standard_normal(risk.shape[1])
    unit /= np.linalg.norm(unit)
    gradient, kappa = risk.gradient(10.0**exponent * unit), risk.law.kappa
    cos = unit @ risk.direction
    slope = kappa - risk.law.psi(10.0**exponent)
    assert gradient @ unit == pytest.approx(slope - kappa * cos, abs=4e-15)
    tangent = gradient - (gradient @ unit) * unit
    assert np.linalg.norm(tangent) == pytest.approx(kappa * np.sqrt(1 - cos**2), abs=1e-7)


def test_population_loss_of_long_aligned_predictors_does_not_cancel():
    """On the circle ρ·L → 2∫₀^∞ ln(1+e^{−u})du/π = π/6 for w = ρ v_⋆."""
    risk = RISKS["circle"]
    for norm in (1e4, 1e8):
        assert norm * risk.value([0.0, norm]) == pytest.approx(np.pi / 6, rel=1e-7)


def test_population_risk_at_zero_is_the_limit():
    risk = RISKS["sphere"]
    assert risk.value(np.zeros(3)) == pytest.approx(np.log(2), rel=1e-15)
    assert risk.gradient(np.zeros(3)) == pytest.approx(-risk.law.kappa * risk.direction)


@pytest.mark.parametrize("name", ["circle", "sphere", "Gaussian", "ball"])
def test_minibatch_gradient_is_unbiased(name):
    risk, rng, n = RISKS[name], np.random.default_rng(12), 400_000
    w = rng.standard_normal(risk.shape[1])
    error = risk.minibatch_gradient(w, n, rng) - risk.gradient(w)
    spread = np.sqrt(risk.law.second_moment / n)
    assert np.linalg.norm(error) < 4 * spread


def test_minibatch_gradient_is_decided_by_the_seed():
    risk = RISKS["circle"]
    one, same, other = (
        risk.minibatch_gradient([1.0, 2.0], 10, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
