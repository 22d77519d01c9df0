"""Risks of the end-to-end matrix: value, gradient and second derivative.

A risk is a function of ``W`` of shape (d_out, d_in) alone; the layers enter only through the
chain rule of :mod:`lindyn.networks`.  Where d_out = 1 a vector (d_in,) is accepted and its
gradient comes back as a vector.  Each class states its factor (½, 1/n or expectation).
"""

from lindyn.risks.protocol import CurvedRisk, Risk, StochasticRisk, as_product
from lindyn.risks.separable import Separable
from lindyn.risks.spherical import SphericalLogistic
from lindyn.risks.squares import LeastSquares, WhitenedSquare

__all__ = [
    "CurvedRisk",
    "LeastSquares",
    "Risk",
    "Separable",
    "SphericalLogistic",
    "StochasticRisk",
    "WhitenedSquare",
    "as_product",
]
