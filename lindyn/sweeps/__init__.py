"""Parameter studies: a function at every point of a grid, on any executor, resumed at will."""

from lindyn.sweeps.sweep import PointError, Sweep, sweep

__all__ = ["PointError", "Sweep", "sweep"]
