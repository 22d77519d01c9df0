"""Depth 2: natural time is time, and the integral of ν² is elementary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lindyn.natural._modes import Modes

Array = NDArray[np.float64]


def size_of_two_layers(modes: Modes, s0: Array, tau: Array) -> tuple[Array, Array]:
    r"""The size s and ln s at natural times of shape (T, B).

    Equation: :math:`s = \nu^2/(1/s_0 + \sum_ic_i^2(e^{2\mu_i\tau}-1)/\mu_i)`.
    """
    difference, _, top, top_low = modes.relative(tau)
    mu = modes.exponents
    weights = np.exp(2 * difference)
    total = weights.sum(axis=-1)
    # Each term of the sum, divided by the square of the largest mode.
    span = 2 * np.abs(mu) * tau[..., None]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = np.where(mu == 0, 2 * tau[..., None], -np.expm1(-span) / np.abs(mu))
        begin = np.exp(2 * ((modes.high - top[..., None]) + (modes.low - top_low[..., None])))
        lead = 2 * top - np.log(1 / s0)
        early = lead < 0  # what the start left still counts most
        scale = np.exp(2 * top) * np.exp(2 * top_low)
        start = np.exp(2 * modes.high) * np.exp(2 * modes.low)
        terms = np.where(mu < 0, begin, weights)
        late_sum = (terms * share).sum(axis=-1)
        plain = np.where(mu < 0, start, scale[..., None] * weights)
        early_sum = (plain * share).sum(axis=-1)
        s = np.where(
            early, total * scale / (1 / s0 + early_sum), total / (1 / (s0 * scale) + late_sum)
        )
        log_early = np.log(total) + 2 * (top + top_low) - np.log(1 / s0 + early_sum)
        return s, np.where(early, log_early, np.log(s))
