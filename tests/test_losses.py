"""Scalar losses in ordinary and logarithmic form, against 40-digit arithmetic."""

import mpmath
import numpy as np
import pytest

from lindyn.losses import LOSSES, Exponential, Logistic, loss_named

MARGINS = [-1e300, -1e5, -700.0, -40.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 29.9, 30.1, 40.0, 700.0]


def exact(name, margin):
    """Logs of ℓ and −ℓ′ with digits enough that nothing cancels."""
    with mpmath.workdps(400):
        z = mpmath.mpf(margin)
        if name == "exponential":
            return float(-z), float(-z)
        if z < -1000:
            return float(mpmath.log(-z)), 0.0
        return (
            float(mpmath.log(mpmath.log1p(mpmath.exp(-z)))),
            float(-mpmath.log1p(mpmath.exp(z))),
        )


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("margin", MARGINS)
def test_logarithms_against_exact_values(name, margin):
    loss = LOSSES[name]
    log_value, log_slope = exact(name, margin)
    assert float(loss.log_value(margin)) == pytest.approx(log_value, rel=1e-14, abs=1e-14)
    assert float(loss.log_slope(margin)) == pytest.approx(log_slope, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("margin", [-1e308, -1e5, 0.0, 1e5, 1e308])
def test_logarithms_stay_finite_where_the_loss_itself_does_not(name, margin):
    loss = LOSSES[name]
    assert np.isfinite(loss.log_value(margin))
    assert np.isfinite(loss.log_slope(margin))


@pytest.mark.parametrize("name", LOSSES)
def test_value_and_derivative_agree_with_their_logarithms(name):
    loss, z = LOSSES[name], np.linspace(-30.0, 30.0, 241)
    assert loss.value(z) == pytest.approx(np.exp(loss.log_value(z)), rel=1e-13)
    assert -loss.derivative(z) == pytest.approx(np.exp(loss.log_slope(z)), rel=1e-13)
    assert np.all(np.diff(loss.value(z)) < 0)


def test_derivative_against_complex_steps():
    z = np.linspace(-20.0, 20.0, 81)
    step = 1e-30
    by_step = np.imag(np.exp(-(z + 1j * step))) / step
    assert Exponential().derivative(z) == pytest.approx(by_step, rel=1e-13)
    by_step = np.imag(np.log(1 + np.exp(-(z + 1j * step)))) / step
    assert Logistic().derivative(z) == pytest.approx(by_step, rel=1e-8)


def test_logistic_value_does_not_overflow():
    assert float(Logistic().value(-1e308)) == 1e308
    assert float(Logistic().value(800.0)) == 0.0


def test_a_loss_goes_by_its_name_or_itself():
    assert loss_named("exponential") is LOSSES["exponential"]
    own = Logistic()
    assert loss_named(own) is own


@pytest.mark.parametrize("name", LOSSES)
def test_decay_is_the_rate_of_the_logarithm_of_the_slope(name):
    loss, z, h = LOSSES[name], np.linspace(-20.0, 20.0, 41), 1e-5
    rate = (loss.log_slope(z - h) - loss.log_slope(z + h)) / (2 * h)
    assert loss.decay(z) == pytest.approx(rate, abs=1e-9)
    assert np.all(np.isfinite(loss.decay(np.array([-1e308, 1e308]))))
