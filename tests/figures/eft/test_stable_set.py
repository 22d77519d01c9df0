"""The stable set: paths, shares of the torus, times beside the bad set."""

import numpy as np
import pytest

from lindyn import RankOneFlow
from lindyn.figures.eft import stable_set


@pytest.fixture(scope="module")
def starts():
    return stable_set.compute_stable_set()


def test_paths_go_from_minus_z_to_z_and_keep_their_modes(starts):
    u, v = (stable_set.directions(starts["paths"][..., k]) for k in (0, 1))
    first = u[..., 0] * v[..., 0]
    assert np.all(first[:, 0] < -0.7)
    assert np.all(first[:, -1] > 0.99)
    pull = u[..., 0] * v[..., 0] + 0.4 * u[..., 1] * v[..., 1]
    assert np.all(np.diff(pull, axis=1) > 0)
    # (a₂ + b₂)/(a₁ + b₁) falls with e^{−(σ₁−σ₂)τ}, the same on every path.
    quotient = (u + v)[..., 1] / (u + v)[..., 0]
    decay = quotient[:, 1:] / quotient[:, :-1]
    assert decay == pytest.approx(np.tile(decay[:1], (len(u), 1)), rel=1e-6)


def test_starts_off_the_square_end_at_z_and_those_on_it_do_not():
    angles = np.array([(a, b) for a in range(-175, 180, 25) for b in range(-175, 180, 25)], float)
    limits = stable_set.flow(angles).limit
    assert limits == pytest.approx(np.tile(np.diag([1.0, 0.0]), (len(angles), 1, 1)), abs=1e-12)
    c, s = np.cos(0.7), np.sin(0.7)
    for b, goal in (((-c, s), np.diag([0.0, 0.4])), ((-c, -s), np.zeros((2, 2)))):
        a = np.array([c, s])
        flow = RankOneFlow.from_modes(stable_set.SIGMA, a + b, a - b, s=1.0, depth=2)
        assert flow.limit == pytest.approx(goal, abs=1e-12)


def test_shares_of_the_torus(starts):
    """P(cos α cos β > γ) = (2/π²)∫ arccos(γ/cos x) dx over 0 < x < arccos γ."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    top = np.arccos(0.4)
    x = top * (1 - (nodes - 1) ** 2 / 4)  # flattens the root at the end
    part = np.sum(weights * (1 - nodes) * top / 2 * np.arccos(0.4 / np.cos(x)))
    assert starts["share"] == pytest.approx([2 / np.pi**2 * part, 0.5, 0.5], abs=2e-3)


def test_times_beside_the_square_grow_with_the_logarithm(starts):
    x = np.radians(90 - starts["distance"])
    for name, speed in (("saddle", 1 - 0.4), ("zero", 1 + 0.4)):
        with np.errstate(divide="ignore"):
            exact = np.log(9 * np.tan(x) ** 2) / (2 * speed)
        assert starts[name] == pytest.approx(np.maximum(exact, 0), rel=1e-7, abs=1e-9)
