"""Without a spanning support depth slows the angle."""

import numpy as np
import pytest

from lindyn.figures.jt import off_span
from lindyn.margins import max_margin


@pytest.mark.parametrize("depth", off_span.DEPTHS)
@pytest.mark.parametrize("name", off_span.FAILURES)
def test_without_a_spanning_support_depth_slows_the_angle(name, depth):
    data = off_span.compute_off_span()
    best = max_margin(off_span.FAILURES[name], np.ones(len(off_span.FAILURES[name])))
    assert best.margin == pytest.approx(off_span.MARGIN)
    assert best.direction == pytest.approx([1, 0])
    assert best.alpha == 0
    angle, law = data[f"angle_{name}_{depth}"], data[f"law_{name}_{depth}"]
    assert angle[-1] == pytest.approx(law[-1], rel=0.02)
    if name == "data":
        # ρ cos∠ = ln(1/R)/γ: the law is exact but for this cosine.
        exact = law * np.cos(angle) ** (1 / depth)
        assert np.sin(angle) == pytest.approx(exact, rel=1e-6)
    if depth > 1:
        assert off_span.slope(data, f"angle_{name}_{depth}") == pytest.approx(-1 / depth, abs=0.02)
        shallower = data[f"angle_{name}_{depth - 1}"]
        assert angle[-1] > 1.3 * shallower[-1]
