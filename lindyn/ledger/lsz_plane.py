"""Expectations of LSZ's own formulas by quadrature in the plane of w and v_⋆.

Nothing here uses the radial function Φ, so that checks against it compare two independent roads.
Coordinates as in the paper's Appendix A: w = ρ(1, 0) and v_⋆ = (cos θ, sin θ).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import numpy as np

from lindyn._check import Array
from lindyn.laws import Gaussian, SphericalLaw, StudentT, UniformBall, UniformSphere
from lindyn.ledger.model import Angle, Choice, Log

PLANE = {
    "law": Choice("circle", "sphere", "gaussian"),
    "rho": Log(1e-6, 1e6),
    "theta": Angle(),
}
"""Coordinates of a case: a law, the norm of w and its angle to v_⋆."""

ANY_LAW = Choice("two points", "circle", "sphere", "sphere 50", "ball", "gaussian", "student")
"""Laws for checks that need no quadrature in the plane: dimension 1, large d, heavy tails."""

_LEVELS = 26  # dyadic panels towards a kink: down to 2^-26 of the interval
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(9)


@cache
def law_named(name: str) -> SphericalLaw:
    """The law of a case as an object of the package."""
    return {
        "two points": UniformSphere(1),
        "circle": UniformSphere(2),
        "sphere": UniformSphere(3),
        "sphere 50": UniformSphere(50, radius=7.0),
        "ball": UniformBall(3, radius=0.2),
        "gaussian": Gaussian(2),
        "student": StudentT(2, 2.5),
    }[name]


def _panels(edges: Array) -> tuple[Array, Array]:
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    return (
        (middle[:, None] + half[:, None] * _NODES).ravel(),
        (half[:, None] * _WEIGHTS).ravel(),
    )


@cache
def _graded() -> Array:
    """Edges in [0, 1] that crowd towards both ends."""
    left = np.concatenate([[0.0], 0.5 * 2.0 ** -np.arange(_LEVELS, -1, -1.0)])
    return np.concatenate([left, 1 - left[-2::-1]])


def _decades(end: float) -> Array:
    """Edges in [0, end] that crowd towards 0."""
    return end * np.concatenate([[0.0], 2.0 ** np.arange(-20.0, 0.5)])


@cache
def radii(name: str) -> tuple[Array, Array]:
    """Nodes and probabilities of ‖(x₁, x₂)‖."""
    if name == "circle":
        return np.ones(1), np.ones(1)
    if name == "sphere":  # |x₃| = cos c is uniform on [0, 1]
        c, weight = _panels(_decades(np.pi / 2))
        return np.sin(c), weight * np.sin(c)
    # Rayleigh density r e^{-r²/2}, beyond 10 below 1e-20
    r, weight = _panels(np.concatenate([_decades(1.0)[:-1], np.linspace(1.0, 10.0, 10)]))
    return r, weight * r * np.exp(-(r**2) / 2)


def plane_mean(function: Callable[[Array, Array, Array], Array], law: str, theta: float) -> float:
    """E of ``function(x1, x2, y)`` with label y = sign(v_⋆·x), exact to about 1e-12."""
    # The kinks: x₁ = 0, and v_⋆·x = 0 with its mirror image under x₂ → −x₂.
    quarter = np.pi / 2
    kinks = np.array([base + side for base in (0.0, theta, -theta) for side in (-quarter, quarter)])
    kinks = np.unique((kinks + np.pi) % (2 * np.pi) - np.pi)
    ends = np.concatenate([kinks, [kinks[0] + 2 * np.pi]])
    parts = [_panels(a + (b - a) * _graded()) for a, b in pairwise(ends) if b - a > 0]
    angle = np.concatenate([nodes for nodes, _ in parts])
    weight = np.concatenate([weights for _, weights in parts]) / (2 * np.pi)
    r, probability = radii(law)
    label = np.where(np.cos(angle - theta) >= 0, 1.0, -1.0)
    values = function(r[:, None] * np.cos(angle), r[:, None] * np.sin(angle), label[None, :])
    return float(probability @ (values @ weight))
