"""Cases for checks on the layers themselves: a balanced network and its gradient flow.

Nothing here uses the equations of angle and norm, nor natural time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lindyn._check import Array
from lindyn.flows import gradient_flow
from lindyn.ledger.domain import Angle, Choice, Integer, Log
from lindyn.ledger.lsz_plane import law_named
from lindyn.ledger.spherical_cases import FARTHEST, NEAREST
from lindyn.networks import Weights, balanced, chain_rule, multiply
from lindyn.risks import SphericalLogistic

LAYERS = {
    "law": Choice("circle", "sphere", "sphere 50", "ball", "gaussian", "student"),
    "depth": Choice(1, 2, 3, 4, 5, 8, 50),
    "size": Log(1e-6, 1e6),
    "theta": Angle(NEAREST, FARTHEST),
    "width": Integer(1, 3),
    "reach": Log(1e-2, 0.4),
    "seed": Integer(0, 10**6),
}
"""Sizes are κ‖w(0)‖; hidden widths run up to ``width``; the flow lasts ``reach`` folds of w."""


@dataclass(frozen=True)
class Network:
    """Layers at one moment, and how their product moves.

    ``frame`` holds v_⋆, and the direction across it in the plane of v_⋆ and w.
    """

    risk: SphericalLogistic
    frame: Array
    layers: Weights
    t: float

    @property
    def w(self) -> Array:
        """The end-to-end vector."""
        return multiply(self.layers)[0]

    @property
    def norm(self) -> float:
        """‖w‖."""
        return float(np.linalg.norm(self.w))

    @property
    def angle(self) -> float:
        """The angle of w to v_⋆, accurate near 0 and π."""
        along, across = self.frame @ self.w
        return float(np.arctan2(across, along))

    @property
    def velocity(self) -> Array:
        """dw/dt by the product rule, when every layer follows minus its own gradient."""
        gradients = chain_rule(self.layers, self.risk.gradient(self.w)[None, :])
        product, change = self.layers[0], -gradients[0]
        for layer, gradient in zip(self.layers[1:], gradients[1:], strict=True):
            change = layer @ change - gradient @ product
            product = layer @ product
        return change[0]

    @property
    def polar_velocity(self) -> tuple[float, float]:
        """d‖w‖/dt and ‖w‖ dθ/dt."""
        angle = self.angle
        cosine, sine = np.cos(angle), np.sin(angle)
        radial, turning = np.array([[cosine, sine], [-sine, cosine]]) @ self.frame @ self.velocity
        return float(radial), float(turning)


@lru_cache(maxsize=32)
def network(law, depth, size, theta, width, seed) -> Network:
    """A balanced network of random widths and orientation."""
    radial, rng = law_named(law), np.random.default_rng(seed)
    frame = np.linalg.qr(rng.standard_normal((radial.dim, 2)))[0].T
    start = size / radial.kappa * (np.cos(theta) * frame[0] + np.sin(theta) * frame[1])
    widths = [int(n) for n in rng.integers(1, width + 1, depth - 1)]
    layers = balanced(start[None, :], depth, widths, rng)
    return Network(SphericalLogistic(radial, frame[0]), frame, layers, 0.0)


def flowed(start: Network, t: float) -> Network:
    """The network after gradient flow on all its layers for the time ``t``."""
    least = min(float(np.linalg.norm(layer)) for layer in start.layers)
    run = gradient_flow(start.risk, start.layers, t, rtol=1e-11, atol=1e-14 * least)
    return Network(start.risk, start.frame, run.weights, t)


@lru_cache(maxsize=32)
def later_network(law, depth, size, theta, width, reach, seed) -> Network:
    """The same after a while: κ‖w(0)‖^{1−2/N}·t is the share ``reach`` of 1/N."""
    start = network(law, depth, size, theta, width, seed)
    kappa = law_named(law).kappa
    return flowed(start, reach / depth * (size / kappa) ** (2 / depth - 1) / kappa)
