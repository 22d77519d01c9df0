"""Continuous coordinates: monotone maps from the unit interval, with their corners."""

from __future__ import annotations

import math
from dataclasses import dataclass


def _check_ends(name: str, lo: float, hi: float) -> None:
    if not (math.isfinite(lo) and math.isfinite(hi) and lo < hi):
        raise ValueError(f"{name}: needs finite lo < hi; came {lo}, {hi}")


@dataclass(frozen=True, repr=False)
class Uniform:
    """A real number between ``lo`` and ``hi``."""

    lo: float
    hi: float

    def __post_init__(self) -> None:
        _check_ends("Uniform", self.lo, self.hi)

    def __repr__(self) -> str:
        return f"[{self.lo:.6g}, {self.hi:.6g}]"

    @property
    def corners(self) -> tuple[float, ...]:
        """Both ends, the middle, and 0 where it lies inside."""
        zero = (0.0,) if self.lo < 0 < self.hi else ()
        return (float(self.lo), float(self.hi), (self.lo + self.hi) / 2, *zero)

    def value(self, u: float) -> float:
        """The number at position ``u`` of the unit interval."""
        return float(self.hi) if u == 1 else float(self.lo + u * (self.hi - self.lo))

    def unit(self, value: float) -> float:
        """The position of ``value`` in the unit interval."""
        return min(1.0, max(0.0, (value - self.lo) / (self.hi - self.lo)))


@dataclass(frozen=True, repr=False)
class Log:
    """A positive number between ``lo`` and ``hi``, spread evenly over the decades."""

    lo: float
    hi: float

    def __post_init__(self) -> None:
        _check_ends("Log", self.lo, self.hi)
        if self.lo <= 0:
            raise ValueError(f"Log: needs lo > 0; came {self.lo}")

    def __repr__(self) -> str:
        return f"[{self.lo:.6g}, {self.hi:.6g}] (log)"

    @property
    def corners(self) -> tuple[float, ...]:
        """Both ends, and 1 where it lies inside."""
        one = (1.0,) if self.lo < 1 < self.hi else ()
        return (float(self.lo), float(self.hi), *one)

    def value(self, u: float) -> float:
        """The number at position ``u`` of the unit interval."""
        if u in (0, 1):
            return float(self.hi if u else self.lo)
        return math.exp(math.log(self.lo) + u * math.log(self.hi / self.lo))

    def unit(self, value: float) -> float:
        """The position of ``value`` in the unit interval."""
        return min(1.0, max(0.0, math.log(value / self.lo) / math.log(self.hi / self.lo)))


@dataclass(frozen=True, repr=False)
class Angle:
    """An angle in radians, spread over the decades of distance near both ends."""

    lo: float = 0.0
    hi: float = math.pi

    _EDGE = 0.25  # share of the unit interval given to each end
    _NEAR, _FAR = -9.0, -1.0  # decades of relative distance covered there

    def __post_init__(self) -> None:
        _check_ends("Angle", self.lo, self.hi)

    def __repr__(self) -> str:
        return f"[{self.lo:.6g}, {self.hi:.6g}]"

    @property
    def corners(self) -> tuple[float, ...]:
        """The ends and the right angle, each also missed by 1e-8."""
        near = 1e-8
        right = math.pi / 2
        values = [self.lo, self.lo + near, self.hi - near, self.hi]
        values += [right - near, right, right + near]
        return tuple(float(v) for v in values if self.lo <= v <= self.hi)

    def value(self, u: float) -> float:
        """The angle at position ``u`` of the unit interval."""
        if u in (0, 1):
            return float(self.hi if u else self.lo)
        return self.lo + (self.hi - self.lo) * self._share(u)

    def _share(self, u: float) -> float:
        if u > 0.5:
            return 1 - self._share(1 - u)
        if u < self._EDGE:
            return 10 ** (self._NEAR + (self._FAR - self._NEAR) * u / self._EDGE)
        start = 10**self._FAR
        return start + (0.5 - start) * (u - self._EDGE) / (0.5 - self._EDGE)

    def unit(self, value: float) -> float:
        """The position of ``value`` in the unit interval."""
        share = min(1.0, max(0.0, (value - self.lo) / (self.hi - self.lo)))
        return 1 - self._position(1 - share) if share > 0.5 else self._position(share)

    def _position(self, share: float) -> float:
        if share < 10**self._NEAR:
            return 0.0
        start = 10**self._FAR
        if share < start:
            return self._EDGE * (math.log10(share) - self._NEAR) / (self._FAR - self._NEAR)
        return self._EDGE + (0.5 - self._EDGE) * (share - start) / (0.5 - start)


Continuous = Uniform | Log | Angle
