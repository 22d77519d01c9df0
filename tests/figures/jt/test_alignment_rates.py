"""Alignment: its definition, its laws, its bounds."""

import numpy as np
import pytest

from lindyn import alignment
from lindyn.figures.jt import alignment_rates


@pytest.fixture(scope="module")
def aligned():
    return alignment_rates.compute_alignment_rates()


def test_misalignment_is_that_of_the_definition():
    rng = np.random.default_rng(0)
    weights = tuple(rng.standard_normal(shape) for shape in ((4, 3), (5, 4), (1, 5)))
    found = alignment(weights)
    expected = (1 - found.ratios[0], 1 - found.inner[0])
    assert alignment_rates.misalignment(weights) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("depth", alignment_rates.DEPTHS)
def test_alignment_tends_to_its_laws(aligned, depth):
    """Orders (ln 1/R)^{−2/L} and (ln 1/R)^{−4/L}, with their constants."""
    shown = aligned[f"digits_{depth}"]
    for name, power in (("ratio", -2 / depth), ("inner", -4 / depth)):
        values, law = aligned[f"{name}_{depth}"], aligned[f"{name}_law_{depth}"]
        slope = np.log(values[-1] / values[-16]) / np.log(shown[-1] / shown[-16])
        assert slope == pytest.approx(power, abs=0.04)
        assert law[-1] / law[-16] == pytest.approx((shown[-1] / shown[-16]) ** power)
        quotient = np.abs(np.log(values / law))
        assert quotient[-1] < 0.25
        assert quotient[-1] < quotient[-60]


def test_alignment_bounds_hold_and_ours_is_the_better(aligned):
    for name in ("ratio", "inner"):
        flow = aligned[f"{name}_{alignment_rates.BOUNDED}"]
        own, printed = aligned[f"{name}_own"], aligned[f"{name}_print"]
        for bound in (own, printed):
            said = np.isfinite(bound)
            assert said.sum() > 20
            assert np.all(flow[said] <= bound[said])
        assert own[-1] < printed[-1]
    # Lemma 2.6 (ii) has half the order.
    shown = aligned["digits_3"]
    slope = np.log(aligned["inner_print"][-1] / aligned["inner_print"][-16])
    assert slope / np.log(shown[-1] / shown[-16]) == pytest.approx(-2 / 3, abs=0.06)
