"""Theorem 4.4 holds, and ours lies between it and the flow."""

import numpy as np
import pytest

from lindyn.figures.eft import two_phases


def test_theorem_4_4_holds_and_ours_lies_between_it_and_the_flow():
    data = two_phases.compute_rates()
    theta, bound = data["theta"]
    before = data["far"] <= theta
    for phase, some in (("far", before), ("near", slice(None))):
        flow, printed, own = (data[f"{phase}_{name}"][some] for name in ("flow", "print", "own"))
        assert flow[0] == pytest.approx(own[0], rel=1e-2)
        assert np.all(flow <= own * (1 + 1e-9))
        assert np.all(own <= printed * (1 + 1e-9))
    assert theta < bound < 1.5 * theta
    assert two_phases.flow(two_phases.SMALL_GAP).at(theta).s == pytest.approx(np.sqrt(6))
    assert data["near_flow"][-1] == pytest.approx(data["near_law"][-1], rel=1e-4)
    printed, own, true = data["rates"]
    assert 2 * printed < own < true
    assert true == pytest.approx(2 * (1 - two_phases.SMALL_GAP), rel=1e-9)


def test_theorem_4_4_says_nothing_at_a_large_gap_and_ours_does():
    data = two_phases.compute_rates()
    assert np.all(data["wide_flow"] <= data["wide_own"] * (1 + 1e-9))
    assert data["wide_own"][-1] < 1e-4
    p = 2 - 2 / two_phases.DEPTH
    alpha, beta, gap = two_phases.ALPHA, two_phases.BETA, two_phases.LARGE_GAP
    assert alpha * (alpha - gap) ** p - 2 * gap * two_phases.DEPTH * beta**p < 0


def test_distance_of_the_adversarial_start_is_that_of_the_product():
    record = two_phases.flow(0.3).at([0.0, 0.1, 1.0, 3.0])
    direct = np.sum((record.W - np.diag([1.0, 0.0])) ** 2, axis=(1, 2))
    assert two_phases.distance(two_phases.flow(0.3), [0.0, 0.1, 1.0, 3.0]) == pytest.approx(direct)
