"""Cases of gradient descent: bent losses, starts, and the sums along runs are what they say."""

import numpy as np
import pytest
from scipy.integrate import quad

from lindyn.descent import gradient_descent
from lindyn.ledger.descent_cases import (
    CAREFUL,
    FREE,
    Bent,
    careful,
    careful_run,
    constants,
    descend,
    descent_start,
    free_run,
    rule,
    single,
    smooth_loss,
    smoothness,
)
from lindyn.ledger.domain import Domain
from lindyn.losses import Logistic
from lindyn.networks import imbalance

LOSS = Bent(2.0, 3.0, 0.5)
START = {"dim": 3, "extra": 2, "margin": 0.3, "kind": "spanning", "data_seed": 3}
WEIGHTS = {"depth": 3, "width": 2, "size": 0.5, "spread": 2.0, "seed": 5}


@pytest.mark.parametrize("margin", [-1.0, 0.4, 0.6, 1.2, 1.5])
def test_bent_losses_are_the_integrals_of_their_slopes(margin):
    kinks = [LOSS.bend, LOSS.bend + LOSS.width]
    whole = quad(lambda x: -float(LOSS.derivative(x)), margin, 8.0, points=kinks)[0]
    assert float(LOSS.value(margin)) == pytest.approx(whole, rel=1e-9)
    assert float(LOSS.log_value(margin)) == pytest.approx(np.log(whole), rel=1e-9)
    assert float(LOSS.log_slope(margin)) == pytest.approx(np.log(-LOSS.derivative(margin)))


def test_bent_losses_attain_both_constants_and_exceed_neither():
    x = np.linspace(-2, 6, 4001)
    slopes = LOSS.derivative(x)
    curvature = np.diff(slopes) / np.diff(x)
    assert constants(LOSS) == (3.0, 2.0)
    assert slopes.min() == -2.0
    assert curvature.max() == pytest.approx(3.0)
    assert np.all(slopes < 0)
    inside = (x > LOSS.bend + 0.01) & (x < LOSS.bend + LOSS.width - 0.01)
    np.testing.assert_allclose((LOSS.decay(x) * -slopes)[inside], 3.0)
    assert np.all((LOSS.decay(x) * -slopes)[x < LOSS.bend] == 0)


def test_far_out_the_logarithm_of_a_bent_loss_stays_a_number():
    assert float(LOSS.value(1e4)) == 0.0
    assert float(LOSS.log_value(1e4)) == pytest.approx(float(LOSS.log_slope(1e4)) + np.log(0.2 / 3))


def test_the_logistic_loss_has_its_own_constants():
    assert constants(smooth_loss("logistic", 7.0, 7.0)) == (0.25, 1.0)


def test_smoothness_is_that_of_lemma_3_2():
    assert smoothness(3, 2.0, Logistic()) == pytest.approx(2 * 9 * 2.0**4 * 1.25)
    assert smoothness(3, 2.0, LOSS) == pytest.approx(rule(LOSS).smoothness(2.0, 3))


@pytest.mark.parametrize("bend", ["0", "start"])
def test_starts_satisfy_assumption_1_2(bend):
    start = descent_start("bent", 1.0, 2.0, bend, **START, **WEIGHTS)
    at_zero = float(start.loss.value(np.zeros(())))
    assert start.risk.value(start.w) <= at_zero * (1 + 1e-12)


def test_a_bend_at_the_start_is_at_its_least_margin():
    weights = WEIGHTS | {"depth": 1}
    start = descent_start("bent", 1.0, 2.0, "start", **START | {"dim": 1}, **weights)
    assert start.margins.min() > 0
    assert start.loss.bend == pytest.approx(start.margins.min())


def test_the_sums_of_a_run_are_those_of_its_derivatives():
    start = descent_start("logistic", 1.0, 1.0, **START, **WEIGHTS)
    run = descend(start, 0.5, 3)
    gradients = [(layer[1] - layer[0]) / -0.5 for layer in run.weights]
    for k, gradient in enumerate(gradients, start=1):
        np.testing.assert_allclose(run.left(k)[1], 0.25 * gradient @ gradient.T, atol=1e-14)
        np.testing.assert_allclose(run.right(k)[1], 0.25 * gradient.T @ gradient, atol=1e-14)
        assert not run.left(k)[0].any()
    norm = sum(float(np.sum(g**2)) for g in gradients)
    assert run.squares[0] == pytest.approx(0.5 * norm)
    np.testing.assert_allclose(run.before(1), -imbalance(start.layers)[0])
    assert run.norms.shape == (4, 3)
    assert run.total > 0


def test_careful_runs_take_the_package_s_steps():
    start = descent_start("logistic", 1.0, 1.0, **START, **WEIGHTS)
    run = careful(start, 20)
    found = gradient_descent(start.risk, start.layers, step=rule(start.loss), steps=20)
    np.testing.assert_array_equal(run.steps, found.step_size)
    assert np.all(np.diff(run.risks) < 0)


def test_a_single_example_has_margin_one():
    start = single(Logistic(), (np.array([[1.0, 2.0]]),))
    assert start.margins == pytest.approx([1.0])
    assert start.data.solved.margin == pytest.approx(1.0)


def test_free_runs_have_finite_weights():
    cases = Domain(**FREE).sample(40, np.random.default_rng(3))
    runs = [(case, run) for case in cases if (run := free_run(**case)) is not None]
    assert len(runs) > 20
    for case, run in runs:
        assert all(np.isfinite(layer).all() for layer in run.weights)
        assert np.all(run.steps <= case["eta"] * (1 + 1e-12))


def test_careful_runs_never_raise_the_risk():
    cases = Domain(**CAREFUL).sample(40, np.random.default_rng(4))
    runs = [run for case in cases if (run := careful_run(**case)) is not None]
    assert len(runs) > 20
    for run in runs:
        assert np.all(np.diff(run.risks) <= 1e-12 * run.risks[0])
