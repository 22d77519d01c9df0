"""Widgets: one call, three outputs.

With a kernel every value is computed exactly when a control moves; on a published page the same
controls look values up in a table that Python computed; in print there is a picture.
"""

from lindyn.explore.clock_and_gear import clock_and_gear
from lindyn.explore.linear_predictor import linear_predictor
from lindyn.explore.widget import STARTER, Explorer

__all__ = ["STARTER", "Explorer", "clock_and_gear", "linear_predictor"]
