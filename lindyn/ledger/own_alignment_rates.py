"""Own results on separable data: how fast the layers of a flow line up."""

from __future__ import annotations

from itertools import count, product

import numpy as np
from scipy.special import logsumexp

from lindyn._check import Array
from lindyn.bounds import BOUNDS
from lindyn.ledger.cases import unbalanced
from lindyn.ledger.conserving_pairs import ONE_EXAMPLE, PAIRS, pair
from lindyn.ledger.model import Choice, Domain, Log, Row
from lindyn.ledger.separable_cases import (
    STATES,
    SeparableData,
    State,
    admissible,
    separable_data,
    state,
)
from lindyn.ledger.separable_flows import Moment, flowed
from lindyn.ledger.writing import Page, factor, farthest, quotient
from lindyn.losses import loss_named
from lindyn.risk_clock import margin_flow_balanced

PAGE = Page("jt/rates")


def residual(data: SeparableData) -> tuple[Array, Array]:
    """x* and the Hessian of ln V there, V(x) = Σ_S e^{−⟨x, z_i⟩} on the complement of ū."""
    basis = np.linalg.svd(data.direction[None, :])[2][1:]
    held = data.z[data.supports] @ basis.T
    x = np.zeros(len(basis))
    for _ in range(100):
        shares = np.exp(-held @ x - logsumexp(-held @ x))
        mean = shares @ held
        hessian = (held * shares[:, None]).T @ held - np.outer(mean, mean)
        move = np.linalg.solve(hessian, mean)
        x = x + move / max(1.0, float(np.linalg.norm(move) * np.abs(held).max()))
    return x @ basis, basis.T @ np.linalg.inv(hessian) @ basis


def roomy(dim: int, least: float) -> SeparableData:
    """The first of a row of data sets with α at least so large, so that flows settle soon."""
    rows = (separable_data(dim, 3, 0.4, "spanning", seed) for seed in count())
    return next(data for data in rows if data.alpha >= least)


def _settled(data: SeparableData, depth: int, w: Array) -> tuple[float, float]:
    """Π_⊥w along x*, over x* + (N − 1)(γ/ρ)H⁻¹x*; and ⟨w, ū⟩ over (u + c)/γ at u = 3000."""
    x, inverse = residual(data)
    along = float(w @ data.direction)
    expected = x + (depth - 1) / along * data.margin * inverse @ x
    constant = logsumexp(-data.z[data.supports] @ x) - np.log(len(data.z))
    return float(x @ w / (x @ expected)), along * data.margin / (3000.0 + constant)


def residual_measure() -> float:
    """The ratios of :func:`_settled` for balanced starts of every depth and unbalanced ones."""
    ratios = []
    for dim, depth in product((2, 3), (1, 2, 3, 4)):
        data, loss = roomy(dim, 0.1), ("exponential", "logistic")[(dim + depth) % 2]
        rng = np.random.default_rng(depth)
        start = data.direction + data.across(rng.standard_normal(dim))
        run = margin_flow_balanced(data.X, data.y, start, depth, loss, 3000.0)
        ratios.extend(_settled(data, depth, run.product[0]))
    for depth in (2, 3):
        rng = np.random.default_rng(depth)
        layers = unbalanced((1, 2), [3] * (depth - 1), 0.5, 1.0, rng)
        begin = admissible(State(roomy(2, 0.1), loss_named("exponential"), layers))
        (late,) = flowed(begin, [3000.0 - begin.neg_log_risk])
        ratios.extend(_settled(begin.data, depth, late.now.w))
    return farthest(ratios)


def ratio_rate_slack(factor: float, **case) -> float | None:
    """1 − ‖W_k‖₂²/‖W_k‖_F² against its bound in the risk."""
    at = pair(**case)
    if at is None or at.now.smoothed_margin <= 1e-6 or np.any(at.now.norms == 0):
        return None
    now, spreads, found = at.now, at.start.norms**2 - at.start.norms[-1] ** 2, []
    for k, (excess, gap) in enumerate(zip(at.excess[:-1], at.gaps, strict=True)):
        if excess < 1e-6 * (1 + np.linalg.norm(gap, 2)):
            continue
        values = {"Delta": np.max(spreads) - spreads[k], "M": now.smoothed_margin, "N": now.depth}
        bound = float(BOUNDS["own-alignment-rates"](E_k=excess, gamma=now.data.margin, **values))
        if bound > 0:
            found.append(factor - now.rests[k] / now.norms[k] ** 2 / bound)
    return min(found, default=None)


def ratio_law_slack(factor: float, **case) -> float | None:
    """What ‖W_k‖_F² − ‖W_k‖₂² exceeds that of layer k + 1 by, between its two bounds, over ‖D_k‖.

    It is at most factor·(vᵀD_kv − tr D_k), v = v_{k+1}, and at least that less ‖D_kv‖² across v
    over the gap of the eigenvalues of W_kW_kᵀ.
    """
    at = pair(**case)
    if at is None:
        return None
    now, found = at.now, []
    for k, gap in enumerate(at.gaps):
        v, size = now.leading[k + 1][1], float(np.linalg.norm(gap, 2))
        turned = gap @ v
        along = float(v @ turned)
        room = now.tops[k + 1] ** 2 - along - now.rests[k + 1] - size
        if not room > 0 or size < 1e-6 * (1 + now.tops[k + 1]):
            continue
        grown, most = now.rests[k] - now.rests[k + 1], factor * (along - float(np.trace(gap)))
        least = most - max(float(turned @ turned) - along**2, 0.0) / room
        found.extend([(most - grown) / size, (grown - least) / size])
    return min(found, default=None)


def inner_rate_slack(
    equal: bool, large: float, small: float, factor: float, **case
) -> float | None:
    """sin∠(u_k, v_{k+1})·(σ_k² − E_{k+1})/‖D_k‖₂ ≤ 1 for weights of any kind."""
    at = state(**case)
    if at is None or at.depth == 1:
        return None
    if equal:
        layers = (np.array([[large], [-small / large]]), np.array([[large, 0.0]]))
        at = State(ONE_EXAMPLE, at.loss, layers)
    here, found = Moment(at, at, np.nan), []
    for k, gap in enumerate(here.gaps):
        u, v = at.leading[k][0], at.leading[k + 1][1]
        room = at.tops[k] ** 2 - here.excess[k + 1]
        size = float(np.linalg.norm(gap, 2))
        if room > 1e-9 * at.tops[k] ** 2 and size > 1e-9 * room:
            values = {"sigma_k": at.tops[k], "E_k+1": here.excess[k + 1], "d_k": size}
            sine = float(np.linalg.norm(u - v * (v @ u)))
            found.append(factor - sine / float(BOUNDS["own-inner-rate"](**values)))
    return min(found, default=None)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-residual-direction",
        "What of w is left across ū: the same vector for every depth",
        quotient(
            residual_measure,
            4e-4,
            "along x⋆, with the next order, at ln(1/R) = 3000: one to four layers, both losses, "
            "balanced and not",
        ),
        "jt-thm-2-8-ii",
        "own-two-eleven",
        note="For α > 0: Π_⊥w → x⋆, the minimiser of Σ_S e^{−⟨x, z_i⟩} on the complement of ū, and "
        "∠(w, ū)·ln(1/R) → γ‖x⋆‖. For balanced layers Π_⊥w − x⋆ ≈ (N − 1)(γ/ρ)H⁻¹x⋆.",
    ),
    PAGE.row(
        "own-alignment-rates",
        "How fast the layers come to rank one",
        factor(
            ratio_rate_slack,
            Domain(**PAIRS),
            0.97,
            "1, in the limit R → 0: one example, two layers, W_1(0) = diag(x, s)",
            tolerance=1e-8,
            evaluations=400,
        ),
        "own-sharp-d",
        "own-smoothed-margin",
        note="Δ is max_j‖W_j(0)‖_F² − ‖W_k(0)‖_F².",
    ),
    PAGE.row(
        "own-alignment-law",
        "What the squared norms of a layer differ by in the end",
        factor(
            ratio_law_slack,
            Domain(**PAIRS),
            1.03,
            "1, in the limit",
            tolerance=1e-6,
            evaluations=400,
        ),
        "jt-eq-2-4",
        note="‖W_k‖_F² − ‖W_k‖₂² is the sum over j ≥ k of v_{j+1}ᵀD_{j}v_{j+1} − tr D_j, up to "
        "O(‖W_N‖^{−2}).",
    ),
    PAGE.row(
        "own-inner-rate",
        "How fast neighbouring layers align",
        factor(
            inner_rate_slack,
            Domain(
                **STATES,
                equal=Choice(False, True),
                large=Log(1.0, 1e3),
                small=Log(1e-3, 1.0),
            ),
            0.97,
            "1, in the limit: W_1 = (x, −d/x)ᵀ, W_2 = (x, 0), x → ∞",
            tolerance=1e-9,
            evaluations=500,
        ),
        "own-sharp-d",
        note="It holds of any weights with their own D_k. So 1 − ⟨v_{k+1}, u_k⟩² is of order "
        "(ln 1/R)^{−4/N}, the square of the order of Lemma 2.6. In place of ‖D_k‖₂ and σ_k² serve "
        "‖D_k − c‖₂ and σ_k² + c for any number c.",
    ),
)
