"""Widgets: one call, three outputs.

With a kernel every value is computed exactly when a control moves; on a published page the same
controls look values up in a table that Python computed; in print there is a picture.
"""

from lindyn.explore.alignment_explorer import alignment_explorer
from lindyn.explore.clock_and_gear import clock_and_gear
from lindyn.explore.depth_explorer import depth_explorer
from lindyn.explore.layer_maps import layer_maps
from lindyn.explore.linear_predictor import linear_predictor
from lindyn.explore.margin_race import margin_race
from lindyn.explore.phase_portrait import phase_portrait
from lindyn.explore.rate_explorer import rate_explorer
from lindyn.explore.saddle_ladder import saddle_ladder
from lindyn.explore.saddle_landscape import saddle_landscape
from lindyn.explore.stage_bounds import stage_bounds
from lindyn.explore.step_explorer import step_explorer
from lindyn.explore.trajectory_explorer import trajectory_explorer
from lindyn.explore.widget import STARTER, Explorer

__all__ = [
    "STARTER",
    "Explorer",
    "alignment_explorer",
    "clock_and_gear",
    "depth_explorer",
    "layer_maps",
    "linear_predictor",
    "margin_race",
    "phase_portrait",
    "rate_explorer",
    "saddle_ladder",
    "saddle_landscape",
    "stage_bounds",
    "step_explorer",
    "trajectory_explorer",
]
