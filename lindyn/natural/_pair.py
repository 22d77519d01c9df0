"""Depth 2: natural time is time, and the integral of ν² is elementary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lindyn.natural._modes import Modes

Array = NDArray[np.float64]

BLOCK = 1024  # starts at once: what fits into the cache
SMALLEST = 1e-200  # of sums that may have lost terms to underflow


def size_of_two_layers(modes: Modes, s0: Array, tau: Array) -> tuple[Array, Array]:
    r"""The size s and ln s at natural times of shape (T, B).

    Equation: :math:`s = \nu^2/(1/s_0 + \sum_ic_i^2(e^{2\mu_i\tau}-1)/\mu_i)`.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        if not np.all(tau == tau[:, :1]):
            return _careful(modes, s0, tau)
        s, log_s = np.empty(tau.shape), np.empty(tau.shape)
        sure = np.empty(s0.size, dtype=bool)
        for begin in range(0, s0.size, BLOCK):
            part = slice(begin, begin + BLOCK)
            s[:, part], sure[part] = _together(modes.take(part), s0[part], tau[:, 0])
            log_s[:, part] = np.log(s[:, part])
        rows = np.flatnonzero(~sure)
        if rows.size:
            s[:, rows], log_s[:, rows] = _careful(modes.take(rows), s0[rows], tau[:, rows])
        return s, log_s


def _together(modes: Modes, s0: Array, tau: Array) -> tuple[Array, NDArray[np.bool_]]:
    """All starts at the same times by two products of matrices, and where these can be trusted.

    Both sums are divided by the fastest exponential of all.
    """
    mu = modes.exponents
    squares = np.exp(2 * modes.high) * np.exp(2 * modes.low)
    top = float(np.max(mu))
    grown = np.exp(2 * np.multiply.outer(tau, mu - top))
    begin = np.exp(-2 * top * tau)[:, None]
    span = -np.expm1(-2 * np.abs(mu) * tau[:, None])
    lead = np.where(mu < 0, begin, grown)
    share = np.where(mu == 0, 2 * tau[:, None] * begin, lead * span / np.where(mu == 0, 1, abs(mu)))
    total = grown @ squares.T
    sure = (total > SMALLEST).all(axis=0) & ((squares == 0) | (squares > SMALLEST)).all(axis=1)
    sure &= ((squares > 0) | (modes.high < -1e29)).all(axis=1)
    return total / (begin / s0 + share @ squares.T), sure


def _careful(modes: Modes, s0: Array, tau: Array) -> tuple[Array, Array]:
    """The same mode by mode, relative to the largest, for amplitudes of any size."""
    difference, _, top, top_low = modes.relative(tau)
    mu = modes.exponents
    weights = np.exp(2 * difference)
    total = weights.sum(axis=-1)
    span = -np.expm1(-2 * np.abs(mu) * tau[..., None])
    share = np.where(mu == 0, 2 * tau[..., None], span / np.where(mu == 0, 1, np.abs(mu)))
    # Where what the start left counts most, nothing is divided by the largest mode.
    scale = np.exp(2 * top) * np.exp(2 * top_low)
    early = 2 * top < -np.log(s0)
    start = np.exp(2 * modes.high) * np.exp(2 * modes.low)
    plain = 1 / s0 + (np.where(mu < 0, start, scale[..., None] * weights) * share).sum(axis=-1)
    relative = np.exp(2 * ((modes.high - top[..., None]) + (modes.low - top_low[..., None])))
    late = (np.where(mu < 0, relative, weights) * share).sum(axis=-1) + 1 / (s0 * scale)
    s = np.where(early, total * scale / plain, total / late)
    log_early = np.log(total) + 2 * (top + top_low) - np.log(plain)
    return s, np.where(early, log_early, np.log(s))
