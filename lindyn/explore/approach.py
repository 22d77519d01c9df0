"""A rank-one flow from far away to its target, in units of the target: :class:`Approach`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import brentq

from lindyn.bounds import BOUNDS
from lindyn.natural import RankOneFlow

FAR = 10.0
"""The start norm, in units of ‖Z‖."""

ANGLE = np.pi / 6
"""Of u to u₁ and of v to v₁ at the start, both to the same side."""

END = 12.0
"""Times m‖Z‖t until which a flow is looked at."""


@dataclass(frozen=True)
class Approach:
    """The flow to the target of singular values ‖Z‖ and γ‖Z‖ in units of ‖Z‖ and 1/(m‖Z‖).

    Parameters
    ----------
    depth
        Number of layers, at least 2.
    scale
        ‖Z‖, positive.
    gap
        γ, at least 0 and below 1.
    """

    depth: float
    scale: float
    gap: float

    @cached_property
    def flow(self) -> RankOneFlow:
        """The flow from norm 10‖Z‖ and angles of 30°; its time is mt."""
        vector = [np.cos(ANGLE), np.sin(ANGLE)]
        target = np.diag([self.scale, self.gap * self.scale])
        return RankOneFlow(target, vector, vector, FAR * self.scale, self.depth)

    @property
    def power(self) -> float:
        """‖Z‖^{1−2/N}, by which the clocks of the depths differ."""
        return float(self.scale ** (1 - 2 / self.depth))

    def state(self, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Norm and squared sine of the angle, the same for u and v, at times in units."""
        record = self.flow.at(times / self.scale)
        return record.s / self.scale, record.b[:, 1] ** 2

    def distance(self, times: np.ndarray) -> np.ndarray:
        """‖W − Z₁‖, without cancellation."""
        s, square = self.state(times)
        return np.sqrt((s - 1) ** 2 + 2 * s * square)

    def rate(self, times: np.ndarray) -> np.ndarray:
        """Falling rate of ln ‖W − Z₁‖: Lemma 4.2 with an equality in place of its inequality."""
        s, square = self.state(times)
        cosine, pull = 1 - square, self.gap * square  # c = uᵀZ₁v and uᵀ(Z − Z₁)v
        radial, N = (s - cosine) ** 2 / 2, self.depth
        falls = N * (2 * radial - pull * (s - cosine)) + 2 * cosine * (square - pull)
        return self.power * s ** (2 - 2 / N) * falls / ((s - 1) ** 2 + 2 * s * square)

    @property
    def slowest(self) -> float:
        """Rate of the distance at late times."""
        return (1 - self.gap) * self.power

    def law(self, times: np.ndarray) -> np.ndarray:
        """What the distance tends to."""
        spread = (1 - self.gap) * self.scale
        late = 60 / spread  # in natural time; by then s = ‖Z‖ to rounding
        lag = self.slowest * self.scale * self.flow.time(late) / spread - late
        law = BOUNDS["own-nearby-rate"](
            D_N=lag,
            N=self.depth,
            m=1.0,
            p_1=np.cos(ANGLE),
            p_2=np.sin(ANGLE),
            sigma_1=self.scale,
            sigma_2=self.gap * self.scale,
            t=times / self.scale,
        )
        return law / self.scale

    @property
    def time_near(self) -> float:
        """When the norm is down to √6‖Z‖, where the second phase of Theorem 4.4 begins."""
        return float(brentq(lambda t: self.state(np.array([t]))[0][0] - np.sqrt(6), 0.0, END))
