"""Nearly balanced starts: what they are, and the orders of what they change."""

import numpy as np
import pytest

from lindyn import balanced, end_to_end
from lindyn.figures.synthesis import near_balance


@pytest.fixture(scope="module")
def balance():
    return near_balance.compute_balance()


@pytest.mark.parametrize("depth", near_balance.DEPTHS)
def test_narrow_starts_have_the_defect_and_the_product(depth):
    for defect in (1e-4, 0.2):
        start = near_balance.narrow(depth, defect)
        assert near_balance.largest(start) == pytest.approx(defect, rel=1e-9)
        expected = near_balance.SIZE * np.outer(near_balance.U, near_balance.V)
        np.testing.assert_allclose(end_to_end(start), expected, atol=1e-15)


def test_noise_has_about_the_defect():
    whole = balanced(0.3 * np.outer([0.6, 0.8], [1.0, 0.0]), 3, [2, 2])
    start = near_balance.perturbed(whole, 1e-4, seed=4)
    assert near_balance.largest(start) == pytest.approx(1e-4, rel=1e-2)


def test_narrow_layers_forgive_in_first_order(balance):
    for name in ("off", "first"):
        for values in balance[name]:
            slope = near_balance.slope(near_balance.DEFECTS, values)
            assert slope == pytest.approx(1.0, abs=0.02)
    assert balance["end"].max() < 1e-7


def test_wide_layers_leave_after_a_logarithm_or_a_power(balance):
    two, three = (np.median(balance[f"leave_{n}"], axis=1) for n in (2, 3))
    gain = np.polyfit(-np.log(near_balance.WIDE[2][:6]), two[:6], 1)[0]
    assert gain == pytest.approx(1 / 0.4, rel=0.01)
    slope = near_balance.slope(near_balance.WIDE[3], three)
    assert slope == pytest.approx(-1.0, abs=0.03)


def test_layers_of_separable_data_depart_in_second_order(balance):
    for name in ("rank", "turn"):
        slope = near_balance.slope(near_balance.MARGIN_DEFECTS, balance[name], 4)
        assert slope == pytest.approx(2.0, abs=0.05)
