"""The late law of rank-one flows against integrations and constants of other makes."""

import numpy as np
import pytest

from lindyn import RankOneFlow, WhitenedSquare, balanced, gradient_flow

# e^{D} for s(0) = 10, 30° and ‖Z‖ = 1, computed with 22 digits in mpmath.
AHEAD = {
    2: 1.0,
    3: 0.897106351862756546,
    4: 0.899499183127978519,
    5: 0.914447381440158939,
    10: 0.973858926876368737,
    20: 1.01940285449809314,
}


@pytest.mark.parametrize("depth", AHEAD)
@pytest.mark.parametrize("size", [1e-2, 1.0, 30.0])
def test_one_output_against_high_precision(depth, size):
    """The constant is 2‖Z‖tan(θ₀/2)e^{‖Z‖D} at the rate m‖Z‖^{2−2/N}, in every unit."""
    turned = [np.cos(np.pi / 6), np.sin(np.pi / 6)]
    law = RankOneFlow([size, 0.0], [1.0], turned, 10 * size, depth, scale=50.0).late_law
    assert law.rate == pytest.approx(50 * size ** (2 - 2 / depth), rel=1e-13)
    assert law.constant == pytest.approx(2 * size * np.tan(np.pi / 12) * AHEAD[depth], rel=1e-12)


@pytest.mark.parametrize(
    ("target", "u", "v", "s"),
    [
        ([[0.4, 0.0]], [1.0], [0.8, 0.6], 1.5),
        (np.diag([0.5, 0.3]), [0.8, 0.6], [0.96, 0.28], 2.0),
        (np.diag([1.5, 0.9, 0.0]), [0.6, 0.64, 0.48], [0.8, 0.36, 0.48], 0.3),
    ],
)
@pytest.mark.parametrize("depth", [3, 4])
def test_against_all_layers(target, u, v, s, depth):
    target = np.array(target)
    law = RankOneFlow(target, u, v, s, depth).late_law
    t = 9 / law.rate
    start = balanced(s * np.outer(u, v), depth, [1] * (depth - 1))
    run = gradient_flow(WhitenedSquare(target), start, t, rtol=1e-13, atol=1e-16)
    best = np.zeros(target.shape)
    best[0, 0] = target[0, 0]
    assert law.distance(t) == pytest.approx(np.linalg.norm(run.product - best), rel=1e-6)


def test_batch_has_the_laws_of_its_starts():
    """Also where the last start begins in the limit and needs no panel."""
    sizes = [0.3, 5.0, 2.0]
    both = RankOneFlow([2.0, 0.0], [1.0], [1.0, 0.0], sizes, 3)
    assert both.late_law.rate.shape == (3,)
    for k, s in enumerate(sizes):
        law = RankOneFlow([2.0, 0.0], [1.0], [1.0, 0.0], s, 3).late_law
        assert both.late_law.rate[k] == law.rate
        assert both.late_law.delay[k] == pytest.approx(law.delay, rel=1e-12, abs=1e-13)
    assert both.late_law.distance(0.0)[2] == 0
    np.testing.assert_allclose(both.at([0.0, 40.0]).s, [sizes, [2.0] * 3], rtol=1e-13)


@pytest.mark.parametrize("depth", [2, 3, 7])
def test_aligned_start_falls_with_the_depth(depth):
    flow = RankOneFlow([0.7], [1.0], [1.0], 3.0, depth, scale=2.0)
    law, t = flow.late_law, 6.0 / (2 * 0.7 ** (2 - 2 / depth))
    assert law.rate == pytest.approx(2 * depth * 0.7 ** (2 - 2 / depth))
    assert flow.at(t).s - 0.7 == pytest.approx(law.distance(t), rel=1e-4)


def test_one_layer_is_exact():
    flow = RankOneFlow([2.0, 0.0], [1.0], [0.6, 0.8], 0.3, 1, scale=3.0)
    for t in (0.0, 0.5, 2.0):
        gap = np.linalg.norm(flow.at(t).W - flow.limit)
        assert flow.late_law.distance(t) == pytest.approx(gap, rel=1e-12)


def test_equal_singular_values_with_two_layers():
    """With nothing but e^{−σ₁τ} beside, size and direction are equally slow."""
    flow = RankOneFlow(np.eye(2), [1.0, 0.0], [0.6, 0.8], 0.3, 2)
    gap = np.linalg.norm(flow.at(9.0).W - flow.limit)
    assert flow.late_law.distance(9.0) == pytest.approx(gap, rel=1e-6)


def test_tiny_start_waits():
    """The delay is large and the constant beyond floating point; the law still holds."""
    flow = RankOneFlow([2.0, 0.0], [1.0], [0.6, 0.8], 1e-12, 4)
    law = flow.late_law
    assert law.constant == np.inf
    t = law.delay + 5
    gap = np.linalg.norm(flow.at(t).W - flow.limit)
    assert law.distance(t) == pytest.approx(gap, rel=1e-5)


def test_beside_a_saddle():
    """Amplitudes of size 1e-200 are no constant, but a delay."""
    flow = RankOneFlow.from_modes([2.0, 1.0, 0.0], [1e-200, 1.0, 0.3], [0.0] * 3, 0.5, 3)
    t = flow.late_law.delay + 6
    c = np.sum(flow.at(t).plus[1:] ** 2) / 2
    gap = np.sqrt((flow.at(t).s - 2) ** 2 + 4 * flow.at(t).s * c)
    assert flow.late_law.distance(t) == pytest.approx(gap, rel=1e-5)


def test_no_law_where_the_limit_is_zero():
    with pytest.raises(ValueError, match="start: must be one whose limit is not zero"):
        _ = RankOneFlow([1.0, 0.0], [1.0], [-1.0, 0.0], 1.0, 2).late_law
