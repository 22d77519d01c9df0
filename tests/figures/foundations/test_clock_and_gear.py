"""One curve of directions, and a gear on the norm."""

import numpy as np
import pytest

from lindyn.figures.foundations import clock_and_gear


def test_clock_and_gear_one_direction_and_many_norms():
    data = clock_and_gear.compute_clock_and_gear()
    angles = np.stack([data[f"tau_angle_{n}"] for n in clock_and_gear.DEPTHS])
    assert np.ptp(angles, axis=0).max() < 1e-6
    kappa = 1 / np.pi
    start = np.arctanh(-0.8)
    exact = np.degrees(np.arccos(np.tanh(start + kappa * data["tau"])))
    assert angles[0] == pytest.approx(exact, abs=1e-6)
    # The gear: ln ρ moves N times as fast at the start, where all norms are equal.
    moved = [np.log(data[f"tau_norm_{n}"][1] / 0.5) for n in clock_and_gear.DEPTHS]
    assert np.array(moved) / moved[0] == pytest.approx(clock_and_gear.DEPTHS, rel=0.02)
