"""Cases for checks of SphericalFlow: law, depth, size κ‖w(0)‖ and angle at the start."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lindyn._check import Array
from lindyn.ledger.domain import Angle, Choice, Integer, Log
from lindyn.ledger.lsz_plane import law_named
from lindyn.natural import SphericalFlow

NEAREST, FARTHEST = 1e-6, np.pi - 1e-6

# The size is κ‖w(0)‖, so that scales of the data drop out.
STARTS = {
    "law": Choice("circle", "sphere", "sphere 50", "ball", "gaussian", "student"),
    "depth": Integer(1, 8),
    "size": Log(1e-6, 1e6),
    "theta": Angle(NEAREST, FARTHEST),
}


@lru_cache(maxsize=64)
def flow_of(law: str, depth: int, size: float, theta: float) -> SphericalFlow:
    """The flow in the plane of v_⋆ = e₁ and the last axis."""
    radial = law_named(law)
    axes = np.eye(radial.dim)
    start = size / radial.kappa * (np.cos(theta) * axes[0] + np.sin(theta) * axes[-1])
    return SphericalFlow(radial, axes[0], start, depth=depth)


def start_phi(theta: float) -> float:
    """φ₀ = artanh cos θ₀, without cancellation near 0 and π."""
    return float(-np.log(np.tan(theta / 2)))


def saturation(law: str, norm: float) -> tuple[float, float]:
    """The ratio q = Φ′(norm)/κ and artanh q, accurate near q = 1."""
    radial = law_named(law)
    rest = float(radial.psi(norm)) / radial.kappa
    return float(radial.dPhi(norm)) / radial.kappa, float(np.log((2 - rest) / rest) / 2)


def log_cosh(x: Array | float) -> Array:
    """Logarithm of cosh, without overflow."""
    size = np.abs(x)
    return size + np.log1p(np.exp(-2 * size)) - np.log(2)
