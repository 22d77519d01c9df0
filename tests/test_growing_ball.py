"""Step sizes of Assumption 3.5."""

import numpy as np
import pytest

from lindyn import GrowingBall, Separable, gradient_descent, layer_gradients, two_clusters


def logistic(seed=0, n=12, dim=2, size=1.0):
    data = two_clusters(n, dim, np.random.default_rng(seed), gap=0.5, spread=1.0)
    return Separable(size * data.X / np.max(np.linalg.norm(data.X, axis=1)), data.y, "logistic")


def start(widths, seed=1):
    rng = np.random.default_rng(seed)
    return tuple(
        0.7 * rng.standard_normal((b, a)) for a, b in zip(widths[:-1], widths[1:], strict=True)
    )


def largest(run):
    return np.max([np.linalg.norm(layer, axis=(1, 2)) for layer in run.weights], axis=0)


RULES = [{}, {"growth": 2.0}, {"sharp": True}, {"sharp": True, "growth": 3.0}]


@pytest.mark.parametrize("options", RULES)
@pytest.mark.parametrize("widths", [(2, 1), (2, 3, 1), (2, 3, 2, 1)])
@pytest.mark.parametrize("size", [0.3, 1.0, 5.0])
def test_a_run_satisfies_the_assumption_and_descends(options, widths, size):
    risk, depth = logistic(size=size), len(widths) - 1
    rule = GrowingBall.of(risk, **options)
    run = gradient_descent(risk, start(widths), step=rule, steps=300)
    radii, sizes = rule.radii(run.weights), largest(run)
    assert np.all(sizes <= radii - 1 + 1e-12)
    stays = sizes[1:] <= radii[:-1] - 1
    assert np.array_equal(radii[1:][stays], radii[:-1][stays])
    assert run.step_size == pytest.approx([rule.step_size(r, depth) for r in radii[:-1]])
    assert np.all(run.step_size <= 1) and np.diff(run.t) == pytest.approx(run.step_size)
    assert np.all(sizes[1:] <= radii[:-1])  # W(t + 1) in B(R_t)
    for n in range(0, 300, 7):
        now = tuple(layer[n] for layer in run.weights)
        gradients = layer_gradients(now, risk.gradient(run.product[n]))
        square = sum(np.sum(g**2) for g in gradients)
        assert run.risk[n + 1] <= run.risk[n] - run.step_size[n] * square / 2 + 1e-15


def test_constants_of_the_paper():
    rule = GrowingBall()
    assert rule.smoothness(3.0, 2) == pytest.approx(2 * 4 * 9 * 1.25)
    assert rule.step_size(1.0, 1) == pytest.approx(1 / 2.5)
    assert GrowingBall(sharp=True).smoothness(3.0, 2) == pytest.approx(0.25 * 2 * 9 + 1)
    assert GrowingBall(1e-3, 1e-3).step_size(1.0, 1) == 1.0
    ratios = rule.smoothness(np.array([1.0, 2.0, 9.0]), 3) / GrowingBall(sharp=True).smoothness(
        np.array([1.0, 2.0, 9.0]), 3
    )
    assert np.all(ratios >= 6)


def test_long_inputs_change_the_constants():
    short, long = GrowingBall.of(logistic(size=0.5)), GrowingBall.of(logistic(size=4.0))
    assert (short.curvature, short.slope) == (0.25, 1.0)
    assert (long.curvature, long.slope) == pytest.approx((4.0, 4.0))


@pytest.mark.parametrize("sharp", [False, True])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_smoothness_bounds_the_curvature_on_the_ball(sharp, depth):
    """Directional second differences at random weights of norm at most R."""
    risk, rng, radius, h = logistic(seed=3), np.random.default_rng(5), 1.7, 1e-4
    bound = GrowingBall(sharp=sharp).smoothness(radius, depth)
    widths = (2, *[2] * (depth - 1), 1)
    for _ in range(200):
        layers, moves = start(widths, rng), start(widths, rng)
        layers = [radius * w / np.linalg.norm(w) for w in layers]
        norm = np.sqrt(sum(np.sum(m**2) for m in moves))
        values = []
        for k in (-1, 0, 1):
            product = np.eye(2)
            for w, m in zip(layers, moves, strict=True):
                product = (w + k * h * m / norm) @ product
            values.append(risk.value(product))
        assert abs(values[0] - 2 * values[1] + values[2]) / h**2 <= bound


def test_the_rule_starts_anew_with_every_run():
    risk, rule, weights = logistic(), GrowingBall(), start((2, 3, 1))
    first, second = (gradient_descent(risk, weights, rule, steps=20) for _ in range(2))
    assert np.array_equal(first.product, second.product)
    sparse = gradient_descent(risk, weights, rule, steps=20, record_every=7)
    assert np.array_equal(sparse.step_size, first.step_size)
    assert sparse.t == pytest.approx(first.t[sparse.step_index])


def test_bad_input():
    data = logistic().data
    with pytest.raises(ValueError, match="Separable with the logistic loss; came Separable with"):
        GrowingBall.of(Separable(data.X, data.y))
    with pytest.raises(ValueError, match="logistic loss; came str"):
        GrowingBall.of("logistic")
    with pytest.raises(ValueError, match="growth: must be at least 1"):
        GrowingBall(growth=0.5)
    with pytest.raises(ValueError, match="curvature: must be positive"):
        GrowingBall(curvature=-1.0)
    with pytest.raises(ValueError, match="slope: must be positive"):
        GrowingBall(slope=0.0)
