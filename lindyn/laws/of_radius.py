"""What the uniform laws on a sphere and on a ball share: a radius."""

from __future__ import annotations

from dataclasses import dataclass

from lindyn import _check
from lindyn.laws.spherical_law import SphericalLaw


@dataclass(frozen=True)
class LawOfRadius(SphericalLaw):
    """A law whose unit of length is a radius; ``dim`` at least 1, ``radius`` positive."""

    dim: int
    radius: float = 1.0

    def __post_init__(self) -> None:
        _check.integer("dim", self.dim, least=1)
        _check.positive("radius", self.radius)

    @property
    def _scale(self) -> float:
        return float(self.radius)
