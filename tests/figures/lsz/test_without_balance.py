"""Nearly balanced starts: what they are, the order of what they change, the integration."""

import numpy as np
import pytest

from lindyn import UniformSphere, gradient_flow
from lindyn.figures.lsz import without_balance
from lindyn.figures.lsz.runs import START
from lindyn.networks import end_to_end, imbalance
from lindyn.risks import SphericalLogistic


def test_unbalanced_starts_have_the_same_product_and_the_defect_asked_for():
    for seed in range(3):
        start = without_balance.unbalanced(0.1, seed)
        assert end_to_end(start)[0] == pytest.approx(START, abs=1e-12)
        worst = max(np.linalg.norm(gap, 2) for gap in imbalance(start))
        assert worst == pytest.approx(0.1, rel=1e-9)


def test_deviations_are_of_first_order_in_the_defect():
    data = without_balance.compute_beyond_balance()
    for name in ("norm", "angle"):
        assert without_balance.order_of(data, name) == pytest.approx(1, abs=0.05)
        # Draw by draw too: δ → 3δ triples the deviation.
        assert data[f"{name}_off"][1] / data[f"{name}_off"][0] == pytest.approx(3, rel=0.15)
    assert data["drift"].max() < 1e-6, "the flow conserves the imbalance"


def test_the_flow_of_a_nearly_balanced_start_is_integrated_finely_enough():
    risk = SphericalLogistic(UniformSphere(2), [0.0, 1.0])
    start, times = (
        without_balance.unbalanced(0.1, 0),
        np.linspace(0, without_balance.HORIZON, 301)[::50],
    )
    fine = gradient_flow(risk, start, times, rtol=1e-12, atol=1e-14).product[:, 0]
    data = without_balance.compute_beyond_balance()
    k = without_balance.SHOWN.index(0.1)
    assert np.linalg.norm(fine, axis=1) == pytest.approx(data[f"norm_{k}"][::50], rel=1e-7)
