"""The landscape: Hessians against three independent derivatives, kinds against known points."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from lindyn import (
    Gaussian,
    LeastSquares,
    PointKind,
    Separable,
    SphericalLogistic,
    UniformSphere,
    WhitenedSquare,
    balanced,
    critical_point,
    end_to_end,
    gradient_flow,
    hessian,
    hessian_spectrum,
    hessian_vector,
    layer_gradients,
    stationarity,
)
from lindyn.losses import Exponential

WIDTHS = [(3, 2), (1, 1, 1), (3, 1, 2), (2, 4, 3), (3, 2, 1, 2, 2), (2, 1, 1, 3), (2,) * 7]
KINDS = ("whitened", "least squares", "flat data")
ONE_OUTPUT = [(3, 1), (2, 3, 1), (3, 2, 2, 1), (2, 1, 2, 1, 1)]


def random_weights(widths, rng, scale=1.0):
    return tuple(
        scale * rng.standard_normal((outer, inner))
        for inner, outer in zip(widths[:-1], widths[1:], strict=True)
    )


def square(kind, widths, rng):
    """A square loss; with flat data XᵀX is singular."""
    shape = (widths[-1], widths[0])
    if kind == "whitened":
        return WhitenedSquare(rng.standard_normal(shape))
    X = rng.standard_normal((6, shape[1]))
    if kind == "flat data":
        X[:, 0] = 0.0
    return LeastSquares(X, rng.standard_normal((6, shape[0])))


@dataclass(frozen=True)
class Dual:
    """a + b ε₁ + c ε₂ + d ε₁ε₂ with ε₁² = ε₂² = 0: second derivatives without rounding."""

    parts: tuple

    def __add__(self, other):
        return Dual(tuple(a + b for a, b in zip(self.parts, other.parts, strict=True)))

    def __matmul__(self, other):
        (a, b, c, d), (e, f, g, h) = self.parts, other.parts
        return Dual((a @ e, a @ f + b @ e, a @ g + c @ e, a @ h + b @ g + c @ f + d @ e))

    @property
    def half_square(self):
        """½ of the sum of squares, its part at ε₁ε₂."""
        a, b, c, d = self.parts
        return float(np.sum(b * c) + np.sum(a * d))


def constant(array):
    zero = np.zeros_like(array)
    return Dual((array, zero, zero, zero))


def by_dual_numbers(risk, weights, first, second):
    """D²L[first, second] of ½‖WXᵀ − Yᵀ‖² by arithmetic with hyper-dual numbers."""
    whitened = isinstance(risk, WhitenedSquare)
    X = np.eye(risk.shape[1]) if whitened else risk.X.T
    Y = risk.target if whitened else risk.Y.T
    signal = constant(X)
    for layer, one, two in zip(weights, first, second, strict=True):
        signal = Dual((layer, one, two, np.zeros_like(layer))) @ signal
    return (signal + constant(-Y)).half_square


def paired(left, right):
    return sum(float(np.sum(a * b)) for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("widths", WIDTHS)
def test_hessian_vector_against_hyper_dual_numbers(kind, widths):
    rng = np.random.default_rng(1)
    risk, weights = square(kind, widths, rng), random_weights(widths, rng)
    for _ in range(3):
        first, second = random_weights(widths, rng), random_weights(widths, rng)
        expected = by_dual_numbers(risk, weights, first, second)
        assert paired(hessian_vector(risk, weights, first), second) == pytest.approx(
            expected, rel=1e-11, abs=1e-11
        )


@pytest.mark.parametrize("widths", WIDTHS)
def test_hessian_vector_against_complex_steps(widths):
    """∇²L[Δ] is the imaginary part of the gradient at W + ihΔ, over h."""
    rng = np.random.default_rng(2)
    risk, weights = square("whitened", widths, rng), random_weights(widths, rng)
    moves = random_weights(widths, rng)
    moved = [layer + 1e-30j * move for layer, move in zip(weights, moves, strict=True)]

    def product(layers, size):
        result = np.eye(size)
        for layer in layers:
            result = layer @ result
        return result

    outer = product(moved, widths[0]) - risk.target
    for k, image in enumerate(hessian_vector(risk, weights, moves)):
        above, below = product(moved[k + 1 :], widths[k + 1]), product(moved[:k], widths[0])
        assert image == pytest.approx(np.imag(above.T @ outer @ below.T) / 1e-30, rel=1e-10)


def risks_of_one_output(dim):
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((5, dim)), np.array([1.0, -1.0, 1.0, 1.0, -1.0])
    direction = rng.standard_normal(dim)
    return (
        WhitenedSquare(rng.standard_normal(dim)),
        Separable(X, y),
        Separable(X, y, "logistic"),
        SphericalLogistic(UniformSphere(dim), direction),
        SphericalLogistic(Gaussian(dim), direction),
    )


@pytest.mark.parametrize("widths", ONE_OUTPUT)
def test_every_risk_against_finite_differences(widths):
    rng, h = np.random.default_rng(4), 1e-5
    for risk in risks_of_one_output(widths[0]):
        weights, moves = random_weights(widths, rng, 0.8), random_weights(widths, rng)
        ends = []
        for sign in (1, -1):
            moved = [w + sign * h * d for w, d in zip(weights, moves, strict=True)]
            ends.append(layer_gradients(moved, risk.gradient(end_to_end(moved))))
        for image, up, down in zip(hessian_vector(risk, weights, moves), *ends, strict=True):
            assert image == pytest.approx((up - down) / (2 * h), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("risk", risks_of_one_output(3), ids=lambda risk: type(risk).__name__)
def test_second_derivative_is_symmetric_and_takes_vectors(risk):
    rng = np.random.default_rng(5)
    w, a, b = rng.standard_normal((3, 3))
    image = risk.second_derivative(w, a)
    assert image.shape == w.shape
    assert image @ b == pytest.approx(risk.second_derivative(w, b) @ a, rel=1e-12, abs=1e-14)
    assert image @ a > 0
    assert np.array_equal(risk.second_derivative(w[None, :], a[None, :])[0], image)


def test_second_derivative_at_zero_is_the_limit():
    risk = SphericalLogistic(UniformSphere(3), [1.0, 0.0, 0.0])
    move = np.array([1.0, 2.0, 0.5])
    near = risk.second_derivative(1e-7 * np.ones(3), move)
    assert risk.second_derivative(np.zeros(3), move) == pytest.approx(near, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("widths", WIDTHS)
def test_hessian_is_the_matrix_of_the_products(kind, widths):
    rng = np.random.default_rng(6)
    risk, weights = square(kind, widths, rng), random_weights(widths, rng)
    matrix, moves = hessian(risk, weights), random_weights(widths, rng)
    flat = np.concatenate([move.ravel() for move in moves])
    image = np.concatenate([part.ravel() for part in hessian_vector(risk, weights, moves)])
    assert matrix @ flat == pytest.approx(image, rel=1e-11, abs=1e-11)
    assert np.array_equal(matrix, matrix.T)
    assert hessian_spectrum(risk, weights) == pytest.approx(np.linalg.eigvalsh(matrix))


def test_stationarity_is_the_norm_of_all_layer_gradients():
    rng = np.random.default_rng(7)
    risk, weights = square("least squares", (3, 2, 2), rng), random_weights((3, 2, 2), rng)
    parts = layer_gradients(weights, risk.gradient(end_to_end(weights)))
    assert stationarity(risk, weights) == pytest.approx(np.sqrt(paired(parts, parts)), rel=1e-14)


def singular_target(shape, values, rng):
    left, right = (np.linalg.qr(rng.standard_normal((n, n)))[0] for n in shape)
    count = len(values)
    return left, np.array(values), right, (left[:, :count] * values) @ right[:, :count].T


def rank_one_point(left, values, right, j, widths, rng):
    """Balanced weights whose product is the j-th singular term of the target."""
    product = values[j] * np.outer(left[:, j], right[:, j])
    return balanced(product, len(widths) - 1, widths[1:-1], rng)


def predicted(values, j, depth, shape):
    """The closed spectrum without its zeros (own-critical-spectrum)."""
    top, clock = values[j], values[j] ** (1 - 2 / depth)
    others = [values[i] if i < len(values) else 0.0 for i in range(min(shape)) if i != j]
    pairs = [clock * (top + sign * other) for other in others for sign in (1, -1)]
    single = [clock * top] * abs(shape[0] - shape[1])
    return np.sort([depth * clock * top, *pairs, *single])


@pytest.mark.parametrize(
    "widths",
    [(3, 1, 2), (3, 2, 1, 2, 2), (3, 3, 1, 2), (4, 1, 1), (1, 1, 3), (2, 2, 2, 2), (3, 2, 2, 3)]
    + [(2, *hidden, 3) for hidden in ((1,), (2, 1), (1, 2, 1), (1, 3, 2, 1), (2, 1, 1, 2, 2))],
)
def test_closed_spectrum_at_balanced_rank_one_points(widths):
    rng, depth, shape = np.random.default_rng(8), len(widths) - 1, (widths[-1], widths[0])
    values = [2.0, 0.5, 0.3][: min(shape)]
    left, values, right, Z = singular_target(shape, values, rng)
    risk = WhitenedSquare(Z)
    for j in range(len(values)):
        weights = rank_one_point(left, values, right, j, widths, rng)
        spectrum, expected = hessian_spectrum(risk, weights), predicted(values, j, depth, shape)
        zeros = np.zeros(spectrum.size - expected.size)
        assert spectrum == pytest.approx(np.sort([*expected, *zeros]), abs=1e-12)
        found = critical_point(risk, weights)
        if j > 0:
            assert found.kind is PointKind.STRICT_SADDLE
        elif min(widths) == 1:
            assert found.kind is PointKind.MINIMISER
        else:
            assert found.kind is PointKind.FLAT_SADDLE


@pytest.mark.parametrize("widths", [(2, 2, 2), (3, 2, 2), (2, 3, 3)])
def test_two_layers_turn_the_free_hidden_directions_into_strict_saddles(widths):
    rng, shape = np.random.default_rng(9), (widths[-1], widths[0])
    left, values, right, Z = singular_target(shape, [2.0, 0.5], rng)
    spectrum = hessian_spectrum(
        WhitenedSquare(Z), rank_one_point(left, values, right, 0, widths, rng)
    )
    free = [0.5, -0.5] * (widths[1] - 1)
    expected = np.sort([*predicted(values, 0, 2, shape), *free])
    nonzero = spectrum[np.abs(spectrum) > 1e-9]
    assert nonzero == pytest.approx(expected[np.abs(expected) > 1e-9], abs=1e-12)


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 6])
def test_the_origin(depth):
    rng = np.random.default_rng(10)
    widths = (3, *[2] * (depth - 1), 2)
    _, _, _, Z = singular_target((2, 3), [2.0, 0.5], rng)
    zero = tuple(0 * layer for layer in random_weights(widths, rng))
    found = critical_point(WhitenedSquare(Z), zero)
    if depth > 2:
        assert found.kind is PointKind.FLAT_SADDLE
        assert not np.any(found.spectrum)
    else:
        assert found.kind is PointKind.STRICT_SADDLE
        expected = np.sort([2, 2, -2, -2, 0.5, 0.5, -0.5, -0.5, 0, 0])
        assert found.spectrum == pytest.approx(expected, abs=1e-13)
    assert critical_point(WhitenedSquare(0 * Z), zero).kind is PointKind.MINIMISER


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
def test_scalar_layers(depth):
    """Two zeros: strict, ±σ times the product of the others; three or more: flat."""
    risk, rng = WhitenedSquare([[1.7]]), np.random.default_rng(11)
    for count in range(2, depth + 1):
        for places in itertools.combinations(range(depth), count):
            layers = [np.array([[rng.uniform(0.5, 2.0)]]) for _ in range(depth)]
            rest = np.prod([layers[k][0, 0] for k in range(depth) if k not in places])
            for k in places:
                layers[k][:] = 0.0
            found = critical_point(risk, layers)
            if count == 2:
                assert found.kind is PointKind.STRICT_SADDLE
                assert found.spectrum[[0, -1]] == pytest.approx([-1.7 * rest, 1.7 * rest])
            else:
                assert found.kind is PointKind.FLAT_SADDLE


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1.0, 1e6])
@pytest.mark.parametrize("widths", [(3, 1, 2), (3, 2, 1, 2, 2), (2, 2, 2, 2)])
def test_the_kind_does_not_depend_on_the_unit_of_the_target(scale, widths):
    rng, shape = np.random.default_rng(12), (widths[-1], widths[0])
    left, values, right, Z = singular_target(shape, [2.0 * scale, 0.5 * scale], rng)
    for j in (0, 1):
        weights = rank_one_point(left, values, right, j, widths, rng)
        kind = critical_point(WhitenedSquare(Z), weights).kind
        saddle = j == 1
        best = PointKind.MINIMISER if min(widths) == 1 else PointKind.FLAT_SADDLE
        assert kind is (PointKind.STRICT_SADDLE if saddle else best)
        moved = [layer * (1 + 1e-4) for layer in weights]
        assert critical_point(WhitenedSquare(Z), moved).kind is PointKind.NOT_CRITICAL


@pytest.mark.parametrize("depth", [3, 6])
@pytest.mark.parametrize("idle", [1.0, 30.0])
def test_large_entries_that_do_not_reach_the_product_do_not_hide_the_kind(depth, idle):
    """Odd layers carry a part that the next one kills: two zeros at depth 3, three at depth 6."""
    risk = WhitenedSquare([[2.0, 0.0], [0.0, 0.5]])
    best = [2.0 ** (1 / depth) * np.diag([1.0, 0.0]) for _ in range(depth)]
    for k in range(0, depth - 1, 2):
        best[k] = best[k] + idle * np.diag([0.0, 1.0])
    kind = PointKind.FLAT_SADDLE if depth == 6 else PointKind.STRICT_SADDLE
    assert critical_point(risk, best).kind is kind
    moved = [layer * (1 + 1e-6) for layer in best]
    assert critical_point(risk, moved).kind is PointKind.NOT_CRITICAL


def test_large_idle_entries_do_not_make_a_minimiser_rank_deficient():
    """The first layer is 1e4 where the second does not look; the product has full rank."""
    layers = (np.array([[1.0, 0.0], [0.0, 1e4]]), np.eye(2)[:1], np.array([[2.0]]))
    layers += (np.array([[1.0], [0.0]]), np.array([[1.0, 0.0], [0.0, 1e4]]))
    risk = WhitenedSquare([[2.0, 0.0], [0.0, 0.5]])
    assert critical_point(risk, layers).kind is PointKind.MINIMISER


def test_the_loss_falls_along_the_descent_direction_both_ways():
    rng = np.random.default_rng(13)
    left, values, right, Z = singular_target((2, 3), [2.0, 0.5], rng)
    risk = WhitenedSquare(Z)
    weights = rank_one_point(left, values, right, 1, (3, 2, 1, 2), rng)
    found = critical_point(risk, weights)
    assert paired(found.descent_direction, found.descent_direction) == pytest.approx(1.0)
    here = risk.value(end_to_end(weights))
    for step in (1e-2, -1e-2):
        moved = [w + step * d for w, d in zip(weights, found.descent_direction, strict=True)]
        fall = risk.value(end_to_end(moved)) - here
        assert fall == pytest.approx(found.spectrum[0] * step**2 / 2, rel=0.1)


def test_points_with_zero_risk_gradient_minimise_any_convex_risk():
    rng = np.random.default_rng(14)
    X, Y = rng.standard_normal((6, 3)), rng.standard_normal((6, 2))
    best = np.linalg.lstsq(X, Y, rcond=None)[0].T
    for widths in ([2], [3, 2], [4, 2, 5]):
        weights = balanced(best, len(widths) + 1, widths, rng)
        assert critical_point(LeastSquares(X, Y), weights).kind is PointKind.MINIMISER
    unseparable = Separable([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]], [1, 1, 1])
    assert critical_point(unseparable, (np.zeros((1, 2)),)).kind is PointKind.MINIMISER


@pytest.mark.parametrize("widths", [(3, 2), (3, 1, 2), (3, 2, 2), (3, 2, 4, 3), (4, 1, 3, 3)])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_flow_from_random_weights_ends_at_a_global_minimiser(widths, seed):
    """The least loss is known from the singular values (Eckart, Young, Mirsky)."""
    rng, shape = np.random.default_rng(seed), (widths[-1], widths[0])
    values = [2.0, 1.0, 0.5][: min(shape)]
    _, _, _, Z = singular_target(shape, values, rng)
    risk = WhitenedSquare(Z)
    end = gradient_flow(risk, random_weights(widths, rng), 100.0, rtol=1e-8)
    found = critical_point(risk, end.weights, tolerance=1e-6)
    assert found.kind is PointKind.MINIMISER
    best = np.sum(np.array(values)[min(widths) :] ** 2) / 2
    assert end.risk == pytest.approx(best, abs=1e-9)


class Quartic:
    """A convex risk that is no square loss: ½‖W − Z‖² + ¼ Σ (W − Z)⁴."""

    shape = (2, 2)

    def __init__(self, target):
        self.target = target

    def value(self, W):
        return float(np.sum((W - self.target) ** 2) / 2 + np.sum((W - self.target) ** 4) / 4)

    def gradient(self, W):
        return W - self.target + (W - self.target) ** 3

    def second_derivative(self, W, direction):
        return direction * (1 + 3 * (W - self.target) ** 2)


def test_other_risks_leave_a_point_of_full_rank_open():
    risk = Quartic(np.diag([2.0, 1.0]))
    best = (np.array([[np.sqrt(2.0), 0.0]]), np.array([[np.sqrt(2.0)], [0.0]]))
    assert critical_point(risk, best).kind is PointKind.SECOND_ORDER


def test_a_minimiser_of_separable_data_does_not_exist():
    risk = Separable([[1.0, 0.0], [0.0, 2.0]], [1, 1], Exponential())
    weights = (np.eye(2), np.array([[20.0, 20.0]]))
    assert critical_point(risk, weights).kind is PointKind.NOT_CRITICAL
