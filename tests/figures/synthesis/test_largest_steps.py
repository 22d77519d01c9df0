"""Finite steps: the largest that keep, and the next that break."""

import numpy as np

from lindyn.figures.synthesis import largest_steps


def test_rises_forgives_rounding_only():
    assert largest_steps.rises(np.array([1.0, 1.0 - 1e-14, 2.0]))
    assert not largest_steps.rises(np.array([1.0, 0.999, 2.0]))


def test_largest_is_the_last_before_the_first_failure():
    kept = np.array([[True, False, True], [True, True, False], [True, True, True]])
    assert list(largest_steps.largest(kept, np.array([1.0, 2.0, 3.0]))) == [3.0, 0.0, 1.0]


def test_the_largest_steps_keep_and_the_next_break():
    data, factors = largest_steps.compute_steps(), largest_steps.FACTORS
    for row, depth in enumerate(largest_steps.DEPTHS):
        best = data["square"][2, row, 2]
        after = factors[np.argmin(np.abs(factors - best)) + 1]
        assert largest_steps.square_statements(best / depth, 3.0, depth)["pull"]
        assert not largest_steps.square_statements(after / depth, 3.0, depth)["pull"]
    # From a small start the loss has the classical limit 2/H, the size breaks before it.
    assert np.all((data["square"][0, :, 0] > 1.7) & (data["square"][0, :, 0] <= 2.05))
    assert np.all(data["square"][3] < data["square"][0] + 1e-9)


def test_a_step_that_overflows_keeps_nothing():
    assert not any(largest_steps.square_statements(1e3, 3.0, 5).values())
