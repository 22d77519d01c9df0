"""Proven enclosures of smallest values: branch and bound in ball arithmetic."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from lindyn.ledger.base import CheckError
from lindyn.ledger.checks import Enclosure

if TYPE_CHECKING:
    from flint import arb


def below(ball: arb) -> float:
    """A float that is not above any point of the ball; −∞ where the ball is not finite."""
    return math.nextafter(float(ball.lower()), -math.inf) if ball.is_finite() else -math.inf


def above(ball: arb) -> float:
    """A float that is not below any point of the ball; ∞ where the ball is not finite."""
    return math.nextafter(float(ball.upper()), math.inf) if ball.is_finite() else math.inf


def infimum(
    slack: Callable[[arb], arb],
    lo: float,
    hi: float,
    *,
    name: str = "x",
    width: float = 1e-6,
    boxes: int = 20_000,
) -> Enclosure:
    r"""Enclose :math:`\inf_{lo\le x\le hi}` ``slack(x)`` up to ``width``.

    Parameters
    ----------
    slack
        Maps a ball to a ball that contains the slack at each of its points.
    lo, hi
        The ends of the interval; tails are enclosed apart and joined by :func:`least`.
    name
        The name of the variable, for reports.
    width
        The search ends when upper − lower is at most this.
    boxes
        The largest number of subintervals.

    Returns
    -------
    Enclosure
        Its upper end is the slack at a point, a proof when it is negative.

    Raises
    ------
    CheckError
        When ``boxes`` subintervals do not reach ``width``.

    Examples
    --------
    >>> found = infimum(lambda x: x * x - x, 0.0, 2.0)
    >>> found.lower <= -0.25 <= found.upper
    True
    """
    from flint import arb

    best, where = math.inf, lo

    def bound(a: float, b: float) -> float:
        nonlocal best, where
        middle = (a + b) / 2
        at_middle = above(slack(arb(middle)))
        if at_middle < best:
            best, where = at_middle, middle
        return below(slack(arb(a).union(arb(b))))

    heap = [(bound(lo, hi), lo, hi)]
    for used in range(1, boxes):
        lower, a, b = heapq.heappop(heap)
        if best - lower <= width:
            return Enclosure(lower, best, {name: where}, used)
        middle = (a + b) / 2
        heapq.heappush(heap, (bound(a, middle), a, middle))
        heapq.heappush(heap, (bound(middle, b), middle, b))
    raise CheckError(f"{boxes} boxes leave the infimum between {heap[0][0]} and {best}")


def least(*parts: Enclosure) -> Enclosure:
    """The enclosure of the smallest slack over several parts of the domain."""
    lowest = min(parts, key=lambda part: part.upper)
    lower = min(part.lower for part in parts)
    return Enclosure(lower, lowest.upper, lowest.where, sum(part.boxes for part in parts))
