r"""Spherically symmetric laws of the data, and the radial part of the logistic population loss.

With labels y = sign(v·x) the population loss of a linear predictor w under a spherically symmetric
law is :math:`L(w) = \Phi(\lVert w\rVert) - \kappa\, v^\top w`, where

.. math:: \Phi(r) = \mathbb{E}\ln(2\cosh(r x_1/2)), \qquad
   \kappa = \tfrac12\mathbb{E}|x_1| = c_0/\pi.

A law therefore enters through one function of one variable.  Every law here gives it, with its
derivatives and with the two differences that would otherwise cancel
(:math:`\psi = \kappa - \Phi'` and :math:`\Phi - \kappa r`), to about 1e-14.
"""

from lindyn.laws.ball import UniformBall
from lindyn.laws.gaussian import Gaussian
from lindyn.laws.radial import RadialLaw
from lindyn.laws.sphere import UniformSphere
from lindyn.laws.spherical_law import SphericalLaw
from lindyn.laws.student import StudentT

__all__ = ["Gaussian", "RadialLaw", "SphericalLaw", "StudentT", "UniformBall", "UniformSphere"]
