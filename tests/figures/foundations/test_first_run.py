"""The first run: exact where one layer is, on its levels where more are."""

import numpy as np
import pytest

from lindyn.figures.foundations import first_run


def test_first_run_of_one_layer_is_exponential():
    data = first_run.compute_first_run()
    start = np.sum((np.diag(first_run.TARGET) - first_run.SMALL) ** 2) / 2
    exact = start * np.exp(-2 * data["t"])
    assert data["risk_1"] == pytest.approx(exact, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("depth", [2, 3])
def test_first_run_waits_on_the_level_of_each_missing_singular_value(depth):
    """With the k largest learned the risk is ½ Σ of the squares of the others."""
    data = first_run.compute_first_run()
    slow = np.abs(np.gradient(np.log(data[f"risk_{depth}"]), np.log(data["t"] + 1e-9)))
    for level in (0.5 * (1 + 0.09), 0.5 * 0.09):
        near = np.abs(np.log(data[f"risk_{depth}"] / level)) < 0.35
        assert near.any()
        assert slow[near].min() < slow.max() / 3


def test_first_run_small_steps_follow_the_flow_and_a_large_one_does_not():
    data = first_run.compute_first_run()
    for k, expected in ((0, True), (1, True), (2, False)):
        late = data[f"descent_t_{k}"] > 6
        flow = np.interp(data[f"descent_t_{k}"][late], data["near"], data["risk_near"])
        assert np.all(np.abs(data[f"descent_risk_{k}"][late] - flow) < 0.01) == expected
    sharpness = 3 * first_run.TARGET.max() ** (4 / 3)  # N s^{2−2/N} at the minimum
    assert max(first_run.STEPS[:2]) < 2 / sharpness < first_run.STEPS[2]
