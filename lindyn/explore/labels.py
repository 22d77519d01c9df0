"""Where the names of curves and marks go in the static picture.

A name stands beside the point that its author wishes, unless it would cover a curve, a dot or
another name there; then at the nearest place where it does not.  The front end
(static/labels.js) follows the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

Points = NDArray[np.float64]

# Shift in points (1/72 inch), and which end of the text is tied to the point: 0 is its left.
SIDES = {
    "right": (6.0, -3.0, 0.0),
    "left": (-6.0, -3.0, 1.0),
    "above": (0.0, 7.0, 1.0),
    "below": (0.0, -12.0, 0.5),
    "upper right": (4.0, 5.0, 0.0),
    "lower left": (-4.0, -12.0, 1.0),
    "upper left": (-4.0, 5.0, 1.0),
    "lower right": (4.0, -12.0, 0.0),
}
CAPITAL = 7.0  # height of a letter
GRAIN = 3.0  # between the points that stand for a line
STRIDE = 3  # of these points, how many from one that is tried to the next


@dataclass(frozen=True)
class Box:
    """A rectangle; y goes up."""

    left: float
    bottom: float
    right: float
    top: float

    def gap(self, other: Box) -> float:
        """How far the other is, along the axes; negative where they meet."""
        across = max(self.left - other.right, other.left - self.right)
        return max(across, self.bottom - other.top, other.bottom - self.top)

    def away(self, points: Points) -> Points:
        """How far points are, along the axes; negative inside."""
        x, y = points.T
        beside = np.maximum(self.left - x, x - self.right)
        return np.maximum(beside, np.maximum(self.bottom - y, y - self.top))


@dataclass(frozen=True)
class Line:
    """What should not be covered, as points, by which margin, and how much each counts."""

    points: Points
    reach: float
    weight: float


@dataclass(frozen=True)
class Name:
    """A text ``width`` wide that wishes to stand at a side of a point, or at one of ``points``.

    ``area`` is the border of what it names, where that is an area.
    """

    width: float
    wish: Points
    side: str
    points: Points
    area: Points | None = None


def seen_points(points: Points, box: Box, dots: bool) -> Points:
    """What is seen of a curve, as points a grain apart; of dots, the dots."""
    points = points[np.isfinite(points).all(axis=1)]
    if not dots and len(points) > 1:
        parts = [_between(p, q, box) for p, q in zip(points[:-1], points[1:], strict=True)]
        return np.concatenate(parts)
    return points[box.away(points) <= 0.5]


def _between(p: Points, q: Points, box: Box) -> Points:
    """The part of the segment from p to q that lies inside the box, as points a grain apart."""
    begin, end = 0.0, 1.0
    for a, b, low, high in zip(p, q, (box.left, box.bottom), (box.right, box.top), strict=True):
        if a == b:
            if not low <= a <= high:
                return np.empty((0, 2))
            continue
        first, last = sorted(((low - a) / (b - a), (high - a) / (b - a)))
        begin, end = max(begin, first), min(end, last)
    if begin > end:
        return np.empty((0, 2))
    count = max(1, int(np.ceil(np.hypot(*(q - p)) * (end - begin) / GRAIN)))
    return p + np.linspace(begin, end, count + 1)[:, None] * (q - p)


def _text(point: Points, side: str, width: float, room: Box) -> tuple[Box, float]:
    """The text beside a point, pushed into the room, and what that costs."""
    across, up, tied = SIDES[side]
    wished = np.array([point[0] + across - tied * width, point[1] + up])
    left = max(room.left, min(wished[0], room.right - width))
    base = max(room.bottom, min(wished[1], room.top - CAPITAL))
    pushed = abs(left - wished[0]) + abs(base - wished[1])
    return Box(left, base, left + width, base + CAPITAL), 0.1 * pushed


def _badness(text: Box, name: Name, lines: Sequence[Line], placed: Sequence[Box]) -> float:
    """Points that are covered or, of other lines, nearby; other names; an area that is missed."""
    cost = 40.0 * sum(text.gap(other) < 2 for other in placed)
    for line in lines:
        away = text.away(line.points)
        cost += line.weight * np.sum(away < line.reach)
        if line.points is not name.points:
            cost += 0.1 * np.sum((away >= line.reach) & (away < 4.5))
    if name.area is not None:
        middle = (text.bottom + text.top) / 2
        spots = [(x, middle) for x in np.linspace(text.left, text.right, 3)]
        cost += 6.0 * np.sum(~Path(name.area).contains_points(spots))
    return cost


def place(names: Sequence[Name], lines: Sequence[Line], room: Box) -> list[Box]:
    """Where each name goes, in their order."""
    placed: list[Box] = []
    for name in names:
        tried = []
        for point in (name.wish, *name.points[::STRIDE]):
            away = 0.04 * float(np.hypot(*(point - name.wish)))
            for side in SIDES:
                text, cost = _text(point, side, name.width, room)
                tried.append((cost + away + 0.6 * (side != name.side), text))
        tried.sort(key=lambda pair: pair[0])
        least, best = np.inf, tried[0][1]
        for cost, text in tried:
            if cost >= least:
                break
            cost += _badness(text, name, lines, placed)
            if cost < least:
                least, best = cost, text
        placed.append(best)
    return placed
