"""Domains of hypotheses, coordinate by coordinate, with the corners where claims break.

A continuous coordinate is a monotone map from [0, 1]; a discrete one is a list of options.  Both
name their *corners*: the extremes and the special values that a search must always visit.
"""

from lindyn.ledger.domain.continuous import Angle, Log, Uniform
from lindyn.ledger.domain.discrete import Choice, Integer
from lindyn.ledger.domain.product import Domain

__all__ = ["Angle", "Choice", "Domain", "Integer", "Log", "Uniform"]
