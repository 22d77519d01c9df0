"""Gradient descent and mini-batch stochastic gradient descent."""

import numpy as np
import pytest

from lindyn import (
    DivergenceError,
    Separable,
    SphericalLogistic,
    UniformSphere,
    WhitenedSquare,
    balanced,
    end_to_end,
    gradient_descent,
    gradient_flow,
    layer_gradients,
)

SPHERICAL = SphericalLogistic(UniformSphere(2), [0.0, 1.0])
START = (np.array([[0.6, -0.8]]),)


def test_one_layer_against_the_closed_form():
    run = gradient_descent(WhitenedSquare([[2.0]]), (np.array([[0.5]]),), step=0.1, steps=50)
    assert run.product[:, 0, 0] == pytest.approx(2 - 1.5 * 0.9 ** np.arange(51), rel=1e-13)
    assert run.t == pytest.approx(0.1 * np.arange(51))
    assert run.risk == pytest.approx(0.5 * (run.product[:, 0, 0] - 2) ** 2)


def test_every_step_is_the_definition():
    rng, risk = np.random.default_rng(0), WhitenedSquare(np.diag([2.0, 1.0]))
    weights = tuple(rng.standard_normal(shape) for shape in [(3, 2), (4, 3), (2, 4)])
    steps = [0.01, 0.03, 0.02]
    run = gradient_descent(risk, weights, step=steps, steps=3)
    now = weights
    for n, size in enumerate(steps):
        gradients = layer_gradients(now, risk.gradient(end_to_end(now)))
        now = tuple(layer - size * g for layer, g in zip(now, gradients, strict=True))
        for k in range(3):
            assert run.weights[k][n + 1] == pytest.approx(now[k], rel=1e-13)
    assert run.t == pytest.approx([0.0, 0.01, 0.04, 0.06])


def test_step_rules_that_say_the_same_give_the_same_run():
    runs = [
        gradient_descent(SPHERICAL, START, step=step, steps=20)
        for step in (0.2, [0.2] * 20, np.full(20, 0.2), lambda n: 0.2)
    ]
    for run in runs[1:]:
        assert np.array_equal(run.product, runs[0].product)
        assert np.array_equal(run.t, runs[0].t)
    falling = gradient_descent(SPHERICAL, START, step=lambda n: 1 / (n + 1), steps=3)
    assert falling.t == pytest.approx([0, 1, 1.5, 11 / 6])


def test_recording_keeps_the_first_every_kth_and_the_last():
    every = gradient_descent(SPHERICAL, START, step=0.1, steps=17)
    some = gradient_descent(SPHERICAL, START, step=0.1, steps=17, record_every=5)
    assert some.step_index.tolist() == [0, 5, 10, 15, 17]
    assert np.array_equal(some.product, every.product[some.step_index])
    assert np.array_equal(some.t, every.t[some.step_index])
    none = gradient_descent(SPHERICAL, START, step=0.1, steps=0)
    assert none.step_index.tolist() == [0]
    assert none.weights[0].shape == (1, 1, 2)


def test_descent_approaches_the_flow_at_first_order():
    risk = WhitenedSquare(np.diag([2.0, 1.0]))
    weights = balanced(0.3 * np.eye(2), 3)
    exact = gradient_flow(risk, weights, 1.0).product
    errors = [
        np.max(np.abs(gradient_descent(risk, weights, 1 / n, n).product[-1] - exact))
        for n in (100, 200, 400)
    ]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.05)


def test_stochastic_runs_are_decided_by_their_seed():
    def run(seed):
        rng = np.random.default_rng(seed)
        return gradient_descent(SPHERICAL, START, 0.05, 200, rng=rng, batch=16).product

    assert np.array_equal(run(3), run(3))
    assert not np.array_equal(run(3), run(4))


def test_what_is_recorded_does_not_change_a_stochastic_run():
    def run(every):
        rng = np.random.default_rng(9)
        return gradient_descent(SPHERICAL, START, 0.05, 30, rng=rng, batch=8, record_every=every)

    assert np.array_equal(run(10).product, run(1).product[[0, 10, 20, 30]])


def test_stochastic_descent_with_large_batches_stays_near_descent():
    """Noise per step is at most η/√batch in mean square: a walk of n steps spreads by its sum."""
    n, step, batch = 400, 0.05, 2000
    exact = gradient_descent(SPHERICAL, START, step, n).product[-1]
    rng = np.random.default_rng(5)
    noisy = gradient_descent(SPHERICAL, START, step, n, rng=rng, batch=batch).product[-1]
    assert np.linalg.norm(noisy - exact) < 4 * step * np.sqrt(n / batch)


def test_recorded_risk_is_the_population_risk_also_for_stochastic_steps():
    rng = np.random.default_rng(6)
    run = gradient_descent(SPHERICAL, START, 0.1, 5, rng=rng, batch=4)
    assert run.risk == pytest.approx([SPHERICAL.value(W) for W in run.product], rel=1e-14)


def test_the_given_weights_are_not_changed():
    start = (np.array([[0.6, -0.8]]),)
    gradient_descent(SPHERICAL, start, 0.1, 3)
    assert np.array_equal(start[0], [[0.6, -0.8]])


def test_divergence_names_the_step():
    with pytest.raises(DivergenceError, match=r"step \d+ of 5000"):
        gradient_descent(WhitenedSquare([[1.0]]), (np.array([[3.0]]),), step=2.5, steps=5000)
    deep = tuple(np.array([[3.0]]) for _ in range(3))
    with pytest.raises(DivergenceError, match=r"step \d of 50: use smaller steps"):
        gradient_descent(WhitenedSquare([[1.0]]), deep, step=1.0, steps=50)


def test_divergence_by_an_infinite_gradient_is_seen():
    risk = Separable([[1.0]], [1.0])
    with pytest.raises(DivergenceError):
        gradient_descent(risk, (np.array([[-300.0]]),), step=1e200, steps=2000)


def test_progress_is_shown_on_demand(capsys):
    gradient_descent(SPHERICAL, START, 0.1, 3)
    assert capsys.readouterr().err == ""
    gradient_descent(SPHERICAL, START, 0.1, 3, progress=True)
    assert "3/3" in capsys.readouterr().err


def test_steps_that_depend_on_the_weights():
    class Shrinking:
        def begin(self, layers):
            first = np.linalg.norm(layers[0])
            return lambda now: 0.1 * np.linalg.norm(now[0]) / first

    run = gradient_descent(WhitenedSquare([[2.0]]), (np.array([[0.5]]),), Shrinking(), steps=3)
    w, sizes = 0.5, []
    for _ in range(3):
        sizes.append(0.1 * w / 0.5)
        w -= sizes[-1] * (w - 2.0)
    assert run.step_size == pytest.approx(sizes) and run.product[-1, 0, 0] == pytest.approx(w)
    assert run.t[-1] == pytest.approx(sum(sizes))

    class Negative:
        def begin(self, layers):
            return lambda now: -1.0

    with pytest.raises(ValueError, match="step: must be positive"):
        gradient_descent(WhitenedSquare([[2.0]]), (np.array([[0.5]]),), Negative(), steps=3)
