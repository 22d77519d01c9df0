"""What the flow conserves stands still, and drifts under descent within its bound."""

import numpy as np
import pytest

from lindyn.figures.foundations import conserved


def test_conserved_gaps_stand_still_while_layers_move():
    data = conserved.compute_conserved()
    assert np.ptp(data["gap"], axis=0).max() < 1e-8
    assert np.ptp(data["size"], axis=0).min() > 1


def test_conserved_drift_of_descent_is_linear_in_the_step_and_below_its_bound():
    data = conserved.compute_conserved()
    assert data["met"].all()
    assert np.all(data["drift"] <= data["bound"])
    slope = np.polyfit(np.log(data["step"]), np.log(data["drift"]), 1)[0]
    assert slope == pytest.approx(1, abs=0.1)
    assert data["flow_drift"] < 1e-9
