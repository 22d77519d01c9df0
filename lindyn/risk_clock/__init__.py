r"""Gradient flow on separable data with the risk as its clock: :mod:`lindyn.risk_clock`.

In time t the flow crawls: the risk falls about as 1/t, and leaves the floating-point numbers long
before the weights have done anything of interest.  With :math:`u = -\ln R` as the clock, and the
loss in logarithms, the flow goes to any risk.
"""

from lindyn.risk_clock.balanced import PredictorTrajectory, margin_flow_balanced
from lindyn.risk_clock.flow import MarginTrajectory, margin_flow

__all__ = ["MarginTrajectory", "PredictorTrajectory", "margin_flow", "margin_flow_balanced"]
