"""Predictors beside the maximum margin direction, on data whose supports span (α > 0)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import lambertw

from lindyn._check import Array
from lindyn.ledger.domain import Choice, Integer, Log, Uniform
from lindyn.ledger.separable_cases import LOSSES, SPANNING, SeparableData, State, separable_data
from lindyn.losses import loss_named

KAPPA = float(lambertw(1 / np.e).real)
"""The maximum of b/(1 + e^b), taken at b = 1 + κ."""

SIDEWAYS = (
    SPANNING
    | LOSSES
    | {
        "dim": Integer(2, 4),
        "source": Choice("random", "facet", "worst"),
        "many": Choice(2, 3, 4, 5, 8, 9, 20, 64),
        "along": Uniform(0.0, 10.0),
        "seed": Integer(0, 10**4),
    }
)
"""A direction across ū: random, normal to a facet (the slowest), or worst-case data of ``many``."""

PUSH = {"push": Log(1e-3, 30.0)}
"""The number α‖Π_⊥w‖."""


def spread(n: int, gain: float = 1.0) -> float:
    """W(gain·(n − 1)/e): the largest Σ p_i x_i with p_i ∝ e^{−x_i}, x_i ≥ 0 and one x_i = 0."""
    return float(lambertw(gain * (n - 1) / np.e).real)


def worst_data(n: int, push: float, loss: str, alpha: float = 0.1) -> SeparableData:
    """Supports in the plane whose pull across ū at α‖Π_⊥w‖ = push is the least.

    One example pulls back, one is as far on the other side as α asks, all others stand where
    b e^{−b}, or b/(1 + e^b), is largest.
    """
    peak = alpha / push * (1.0 if loss == "exponential" else 1.0 + KAPPA)
    across = np.full(n, peak)
    across[:2] = -alpha, max(alpha, peak)
    z = np.column_stack([np.full(n, 0.1), across])
    dual = np.zeros(n)
    dual[:2] = across[1], alpha
    return SeparableData(z, np.ones(n), 0.1, np.eye(2)[0], dual / dual.sum())


def facet_normal(data: SeparableData, which: int) -> Array:
    """The outer unit normal, across ū, of a facet of the simplex of supports."""
    held = np.flatnonzero(data.dual > 0)
    projected = data.across(data.z[held])
    basis = np.linalg.svd(data.direction[None, :])[2][1:]
    system = np.vstack([(projected @ basis.T).T, np.ones(held.size)])
    slope = np.linalg.inv(system)[which % held.size, :-1]
    normal = -slope @ basis
    return normal / np.linalg.norm(normal)


@lru_cache(maxsize=256)
def sideways(
    dim: int,
    extra: int,
    margin: float,
    kind: str,
    data_seed: int,
    loss: str,
    source: str,
    many: int,
    along: float,
    seed: int,
    push: float,
) -> State | None:
    """One layer w = along·ū + Π_⊥w with α‖Π_⊥w‖ = push."""
    if source == "worst":
        data: SeparableData | None = worst_data(many, push, loss)
        across = np.eye(2)[1]
    else:
        data = separable_data(dim, extra, margin, kind, data_seed)
        if data is None:
            return None
        across = -facet_normal(data, seed)
        if source == "random":
            across = data.across(np.random.default_rng(seed).standard_normal(dim))
            across /= np.linalg.norm(across)
    w = along * data.direction + push / data.alpha * across
    return State(data, loss_named(loss), (w[None, :],))


def sharp_push(n: int, loss: str) -> float:
    """The least α‖Π_⊥w‖ from which on ⟨Π_⊥w, ∇R(w)⟩ ≥ 0, for all data with n examples."""
    if loss == "exponential":
        if n - 1 <= np.e**2:
            return spread(n)
        return float(brentq(lambda y: 2 * y * np.sinh(y) - (n - 2) / np.e, 0.1, 50.0))
    if (n - 1) * KAPPA <= 1:
        return float(brentq(lambda y: y / (1 + np.exp(-y)) - (n - 1) * KAPPA, 0.0, 5.0))
    return float(brentq(lambda y: y * np.tanh(y / 2) - (n - 2) * KAPPA, 0.1, 2.0 * n))
