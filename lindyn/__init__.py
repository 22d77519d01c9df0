"""Training dynamics of deep linear networks: the package behind the executable book.

Weights are a tuple from the input layer to the output layer, ``W_k`` of shape (d_k, d_{k-1}); a
linear predictor is a vector of shape (d,).  Results are frozen records of arrays, time axis first.
"""

from lindyn._check import ShapeError
from lindyn.data import LabelledData, two_clusters, whitened_inputs
from lindyn.descent import DescentRun, DivergenceError, gradient_descent
from lindyn.flows import (
    IntegrationError,
    ProductTrajectory,
    WeightTrajectory,
    gradient_flow,
    induced_flow,
)
from lindyn.growing_ball import GrowingBall
from lindyn.landscape import (
    CriticalPoint,
    PointKind,
    critical_point,
    hessian,
    hessian_spectrum,
    hessian_vector,
    stationarity,
)
from lindyn.laws import Gaussian, RadialLaw, StudentT, UniformBall, UniformSphere
from lindyn.losses import Exponential, Logistic
from lindyn.margins import MaxMargin, max_margin, separable
from lindyn.natural import RankOneFlow, SphericalFlow
from lindyn.networks import (
    Alignment,
    alignment,
    balanced,
    end_to_end,
    imbalance,
    layer_gradients,
)
from lindyn.risk_clock import (
    MarginTrajectory,
    PredictorTrajectory,
    margin_flow,
    margin_flow_balanced,
)
from lindyn.risks import LeastSquares, Separable, SphericalLogistic, WhitenedSquare
from lindyn.sweeps import Sweep, sweep

__version__ = "0.1.0"

__all__ = [
    "Alignment",
    "CriticalPoint",
    "DescentRun",
    "DivergenceError",
    "Exponential",
    "Gaussian",
    "GrowingBall",
    "IntegrationError",
    "LabelledData",
    "LeastSquares",
    "Logistic",
    "MarginTrajectory",
    "MaxMargin",
    "PointKind",
    "PredictorTrajectory",
    "ProductTrajectory",
    "RadialLaw",
    "RankOneFlow",
    "Separable",
    "ShapeError",
    "SphericalFlow",
    "SphericalLogistic",
    "StudentT",
    "Sweep",
    "UniformBall",
    "UniformSphere",
    "WeightTrajectory",
    "WhitenedSquare",
    "alignment",
    "balanced",
    "critical_point",
    "end_to_end",
    "gradient_descent",
    "gradient_flow",
    "hessian",
    "hessian_spectrum",
    "hessian_vector",
    "imbalance",
    "induced_flow",
    "layer_gradients",
    "margin_flow",
    "margin_flow_balanced",
    "max_margin",
    "separable",
    "stationarity",
    "sweep",
    "two_clusters",
    "whitened_inputs",
]
