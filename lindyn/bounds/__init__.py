"""The papers' bounds as symbolic expressions: one source for the page and for the numbers."""

from lindyn.bounds import clz, eft, jt, lsz, lsz_deep, synthesis
from lindyn.bounds.bound import Bound

BOUNDS: dict[str, Bound] = (
    lsz.BOUNDS | lsz_deep.BOUNDS | eft.BOUNDS | clz.BOUNDS | jt.BOUNDS | synthesis.BOUNDS
)
"""Every bound by the id of its statement."""

__all__ = ["BOUNDS", "Bound"]
