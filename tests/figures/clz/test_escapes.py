"""Why descent leaves: the balance lost, not rounding."""

import numpy as np
import pytest

from lindyn.figures.clz import escapes, runs, saddles


@pytest.fixture(scope="module")
def data():
    return saddles.compute_fig_1()


@pytest.fixture(scope="module")
def cause():
    return escapes.compute_cause()


def test_reduced_descent_is_that_of_all_layers(data):
    a, b = runs.start(2)
    run = escapes.descend_reduced(a, b, runs.STEP, 10_000)
    count = run["n"].size
    assert np.array_equal(run["n"], data["n"][:count])
    assert run["first"] == pytest.approx(data["gd_first_2"][:count], abs=1e-7)
    assert run["lost"] == pytest.approx(data["lost_2"][:count], abs=1e-11)


def test_escapes_come_from_the_balance_lost_and_not_from_rounding(cause):
    """The error of the prediction is of the order of the step; single precision changes little."""
    error = cause["escape"] / cause["predicted"] - 1
    assert np.all(np.abs(error[:, 0]) < 1e-2)
    assert np.all(np.abs(error[:, -1]) < 1e-3)
    assert cause["lost"] / cause["step"] == pytest.approx(
        np.repeat(cause["lost"][:, -1:] / cause["step"][-1], 4, axis=1), rel=0.06
    )
    assert cause["single"] == pytest.approx(cause["escape"][:, 1], rel=2e-2)
    assert np.all(np.isinf(cause["symmetric"]))


def test_escapes_wait_for_the_logarithm_of_the_step(cause):
    """A cause that does not know the step, such as rounding, would leave at one time."""
    for row, k in enumerate(escapes.SADDLES):
        sigma = runs.SINGULAR[k]
        expected = np.log(2) / (5 - sigma) * sigma ** (2 / runs.DEPTH - 1)
        last = cause["escape"][row, -1] - cause["escape"][row, -2]
        assert last == pytest.approx(expected, rel=0.05)


def test_vanishing_sum_leaves_rounding_at_once_and_joins_the_prediction(cause):
    assert cause["sum"][0] < 1e-15
    assert cause["sum"][1] > 1e8 * escapes.ROUNDING
    late = (cause["n"] > 2000) & (cause["n"] < 7000)
    assert cause["sum"][late] == pytest.approx(cause["sum_predicted"][late], rel=0.1)
