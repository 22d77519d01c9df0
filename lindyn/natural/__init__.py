"""Trajectories in natural time, in closed form or as good as.

For balanced weights whose product has rank one, dτ = s^{1−2/N} dt takes the depth out of the
direction: the clock t(τ) and the gear N in front of the norm are all it does.
"""

from lindyn.natural._ladder import EscapeTimes
from lindyn.natural.rank_one import RankOneFlow
from lindyn.natural.rank_one_record import RankOneRecord
from lindyn.natural.spherical import SphericalFlow
from lindyn.natural.spherical_record import SphericalRecord

__all__ = ["EscapeTimes", "RankOneFlow", "RankOneRecord", "SphericalFlow", "SphericalRecord"]
