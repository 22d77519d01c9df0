"""The landscape over all layers to second order: Hessians and the kinds of critical points.

The objective is L(W_1, …, W_N) = R(W_N ⋯ W_1) for a risk R of the end-to-end matrix.  Weights and
directions are tuples of matrices, input layer first; a scalar output has d_N = 1.
"""

from lindyn.landscape.derivatives import hessian, hessian_spectrum, hessian_vector, stationarity
from lindyn.landscape.points import CriticalPoint, PointKind, critical_point

__all__ = [
    "CriticalPoint",
    "PointKind",
    "critical_point",
    "hessian",
    "hessian_spectrum",
    "hessian_vector",
    "stationarity",
]
