"""Points of a flow under a spherical law: :class:`SphericalRecord`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from lindyn._check import Array
from lindyn.laws import SphericalLaw


@dataclass(frozen=True)
class SphericalRecord:
    """Points of a :class:`lindyn.SphericalFlow`; a scalar time gives numbers without the time axis.

    Attributes
    ----------
    t, tau : time and natural time.
    norm : ρ = ‖w‖.
    angle : θ between w and the teacher direction, accurate near 0.
    one_minus_cos : 1 − cos θ, to full relative accuracy.
    loss : population loss L(w), to full relative accuracy; computed when first read.
    w : the predictor, shape (T, d) or (d,); computed when first read.
    """

    t: Any
    tau: Any
    norm: Any
    angle: Any
    one_minus_cos: Any
    _phi: Any = field(repr=False)
    _plane: tuple[Array, Array] = field(repr=False)
    _law: SphericalLaw = field(repr=False)

    @cached_property
    def loss(self) -> Any:
        """The population loss E ln(1 + e^{−ρ|x₁|}) + κρ(1 − cos θ)."""
        pull = self._law.kappa * self.norm * self.one_minus_cos
        return self._law.residual(self.norm) + pull

    @cached_property
    def w(self) -> Array:
        """The predictor ρ(cos θ v + sin θ e)."""
        along, across = self._plane
        cos = np.tanh(self._phi)
        decay = np.exp(-np.abs(self._phi))
        sin = 2 * decay / (1 + decay**2)
        return np.multiply.outer(self.norm * cos, along) + np.multiply.outer(
            self.norm * sin, across
        )
