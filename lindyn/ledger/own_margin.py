"""Our results beside Section 2 of JT: the sharp D, the sharp Lemma 2.11, the margin for all data.

h = W((n − 1)/e) is the largest Σ p_i x_i with p_i ∝ e^{−x_i}, x_i ≥ 0, and one x_i = 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.conserving_pairs import PAIRS, pair
from lindyn.ledger.jt_alignment import FLOOR, inner_squares, relative
from lindyn.ledger.model import Choice, Domain, Log, Row
from lindyn.ledger.separable_cases import STATES, SeparableData, State, state
from lindyn.ledger.separable_flows import FLOWS, GAINS, moment
from lindyn.ledger.sideways_cases import PUSH, SIDEWAYS, sharp_push, sideways, spread
from lindyn.ledger.writing import Page, factor
from lindyn.losses import loss_named

ALIGNMENT, MARGIN = Page("jt/alignment"), Page("jt/margin")
TIMES = {
    "run": FLOWS["run"],
    "since": Choice(*range(3, 9)),
    "moment_": Choice(*range(4, len(GAINS))),
}


def sharp_residual_slack(factor, **case: object) -> float | None:
    """E_k − (‖W_k‖_F² − ‖W_k‖₂²) over E_k, and E_k ≤ D."""
    at = pair(**case)
    if at is None:
        return None
    allowances = FLOOR * np.full(at.now.depth, np.max(at.now.norms) ** 2)
    bounds = BOUNDS["own-sharp-d"](E_k=at.excess)
    whole = np.full(at.now.depth, at.printed_D)
    below = relative(factor * bounds - at.now.rests, np.abs(bounds), allowances)
    return min(below, relative(whole - bounds, whole, allowances))


def inner_spread_slack(factor, **case: object) -> float | None:
    """What the spread of the eigenvalues of D_k leaves of it, less 1 − ⟨v_{k+1}, u_k⟩²."""
    at = pair(**case)
    if at is None or at.now.depth < 2:
        return None
    eigenvalues = [np.linalg.eigvalsh(gap) for gap in at.gaps]
    spreads = np.array([values[-1] - values[0] for values in eigenvalues])
    seconds = np.array([v[1] if v.size > 1 else 0.0 for v in at.now.values[1:]])
    tops = at.now.tops[1:]
    known = tops**2 - seconds**2 > 1e-6 * tops**2  # else the leading vector is not determined
    names = {"sigma_k+1": tops[known], "tau_k+1": seconds[known], "delta_k": spreads[known]}
    left = 1 - BOUNDS["own-inner-spread"](**names)
    return relative(factor * left - (1 - inner_squares(at.now)[known]), left, np.array(FLOOR))


def threshold_slack(over, factor, **case: object) -> float | None:
    """⟨Π_⊥w, ∇R(w)⟩ over G‖Π_⊥w‖, at over·factor times the sharp threshold."""
    return pull_back(lambda n, alpha: sharp_push(n, str(case["loss"])), over * factor, **case)


def pull_back(
    threshold: Callable[[int, float], float], times: float, **case: object
) -> float | None:
    """⟨Π_⊥w, ∇R(w)⟩/(G‖Π_⊥w‖) where α‖Π_⊥w‖ is so many times a threshold, made of n and α."""
    trial = sideways(**case, push=1.0)
    if trial is None:
        return None
    push = times * threshold(len(trial.data.z), trial.data.alpha)
    if not 0 < push < 100:
        return None
    at = sideways(**case, push=push)
    across = at.data.across(at.w)
    return -float(across @ at.pulled) / float(np.linalg.norm(across))


def logistic_spread(n: int, margins: np.ndarray) -> float | None:
    """W((n − 1)(1 + e^{−m})/e), m the smallest margin; None where e^{−m} overflows."""
    least = float(np.min(margins))
    return spread(n, 1 + np.exp(-least)) if least > -600 else None


def two_eleven_slack(push, factor, **case: object) -> float | None:
    """Own bound less ⟨Π_⊥w, −∇R(w)⟩/G, over h; logistic loss with W((n − 1)(1 + e^{−m})/e)."""
    at = sideways(**case, push=push)
    if at is None:
        return None
    n, alpha = len(at.data.z), at.data.alpha
    across = at.data.across(at.w)
    pulled = float(across @ at.pulled)
    if at.loss.name == "exponential":
        values = {"R": 1.0, "alpha": alpha, "n": n, "x": float(np.linalg.norm(across))}
        bound, height = float(BOUNDS["own-two-eleven"](**values)), spread(n)
    else:
        found = logistic_spread(n, at.margins)
        if found is None:
            return None
        bound, height = found - push, found
    return (bound - (1 - factor) * height - pulled) / height


def _speed(at: State) -> float:
    """½ d‖Π_⊥W_1‖²/dt over G, from the velocity of the first layer."""
    return float(np.sum(at.data.across(at.layers[0]) * at.data.across(at.velocity[0])))


def _fastest(n: int, loss: str) -> State:
    """One support on the axis and n − 1 beside it, w where the speed is the greatest."""
    z = np.column_stack([np.full(n, 0.1), np.append(0.0, np.full(n - 1, 0.5))])
    data = SeparableData(z, np.ones(n), 0.1, np.eye(2)[0], np.eye(n)[0])
    along = 0.0 if loss == "exponential" else 400.0  # where both losses are alike
    w = np.array([along, (1 + spread(n)) / 0.5])
    return State(data, loss_named(loss), (w[None, :],))


def speed_slack(source, many, factor, **case: object) -> float | None:
    """d‖Π_⊥W_1‖²/dt ≤ 2hG over 2hG, where ⟨w, ū⟩ ≥ 0; logistic loss with its own h."""
    at = _fastest(many, case["loss"]) if source == "worst" else state(**case)
    if at is None or at.w @ at.data.direction < 0:
        return None
    n = len(at.data.z)
    size = float(np.linalg.norm(at.layers[0]) * np.linalg.norm(at.velocity[0]))
    if n == 1:
        return 1e-12 - abs(_speed(at)) / size
    if at.loss.name == "exponential":
        bound = float(BOUNDS["own-margin-all-data"](G=1.0, n=n)) / 2
    else:
        found = logistic_spread(n, at.margins)
        if found is None:
            return None
        bound = found
    return factor - _speed(at) / (bound + 1e-12 * size)


def since_moment(run: int, since: int, moment_: int) -> tuple[State, State, float, float] | None:
    """Two moments of a run with M > 0; logistic loss doubles what h is made of."""
    then, now = moment(run, since).now, moment(run, moment_).now
    if moment_ <= since or then.smoothed_margin <= 1e-3:
        return None
    whole = float(np.linalg.norm(then.norms))
    mu = then.smoothed_margin / whole**then.depth
    gain = 1.0 if now.loss.name == "exponential" else 2.0
    return then, now, mu, spread(len(now.data.z), gain)


def _across_square(at: State) -> float:
    """Y = ‖Π_⊥W_1‖_F²."""
    return float(np.sum(at.data.across(at.layers[0]) ** 2))


def drift_bound(then: State, now: State, mu: float, h: float) -> float:
    """The bound of ‖Π_⊥W_1‖_F², in the form for any h and with the logarithm for two layers."""
    f0, f, N = then.norms[0], now.norms[0], now.depth
    grown = np.log(f / f0) if N == 2 else (f0 ** (2 - N) - f ** (2 - N)) / (N - 2)
    return _across_square(then) + 2 * h / mu * float(grown)


def drift_slack(run, since, moment_, factor) -> float | None:
    """‖Π_⊥W_1‖_F² along flows against its bound, relative."""
    found = since_moment(run, since, moment_)
    if found is None or found[0].norms[0] == 0 or found[0].data.direction.size == 1:
        return None
    then, now, mu, h = found
    bound = drift_bound(*found)
    if now.loss.name == "exponential" and now.depth != 2:
        values = {"N": now.depth, "Y_0": _across_square(then), "mu_0": mu, "n": len(now.data.z)}
        bound = float(
            BOUNDS["own-margin-all-data-drift"](f=now.norms[0], f_0=then.norms[0], **values)
        )
    return factor - _across_square(now) / (bound + 1e-12 * float(now.norms[0]) ** 2)


def _tangent(at: State) -> float:
    """The tangent of the angle between w and ū."""
    return float(np.linalg.norm(at.data.across(at.w)) / (at.w @ at.data.direction))


def tangent_slack(run, since, moment_, factor) -> float | None:
    """γ‖W_N⋯W_2‖√Y/M over tan∠(w, ū), and the bound in ‖W‖ alone over it as well."""
    found = since_moment(run, since, moment_)
    if found is None or found[0].data.direction.size == 1:
        return None
    _, now, mu, _ = found
    tangent, root = _tangent(now), np.sqrt(_across_square(now))
    if tangent < 1e-9:
        return None
    bound = now.data.margin * np.linalg.norm(now.above) * root / now.smoothed_margin
    if now.depth > 1:
        values = {"F": float(np.linalg.norm(now.norms)), "N": now.depth, "Y": root**2}
        whole = BOUNDS["own-margin-all-data-angle"](gamma=now.data.margin, mu_0=mu, **values)
        if whole < bound * (1 - 1e-9):
            return -1.0
    return float(bound / tangent - factor)


ROWS: tuple[Row, ...] = (
    ALIGNMENT.row(
        "own-sharp-d",
        "The sharp constant: the largest eigenvalue less the trace",
        factor(
            sharp_residual_slack,
            Domain(**PAIRS),
            0.97,
            "1: one example, W₁(0) = diag(0, 1), W₂(0) = (1, 0)",
            tolerance=1e-12,
            evaluations=500,
        ),
        "jt-eq-2-4",
        "jt-lem-2-6-i",
        note="E_k = Σ_{j ≥ k} (λ_max(D_j) − tr D_j) ≤ D. With W₁(0) = 0 it is 0: the first layer "
        "stays of rank one, while D = ‖W₂(0)‖² there.",
    ),
    ALIGNMENT.row(
        "own-inner-spread",
        "Neighbouring layers align as far as the eigenvalues of D_k are spread",
        factor(
            inner_spread_slack,
            Domain(**PAIRS),
            0.97,
            "1, for the last two layers",
            tolerance=1e-12,
            evaluations=1000,
        ),
        "jt-eq-2-4",
        note="Neither D nor the size of the start matters. With it the last pair has "
        "⅔(D + ‖W_k(0)‖₂² + ‖W_{k+1}(0)‖₂²) in Lemma 2.6, and ⅔ is sharp there.",
    ),
    MARGIN.row(
        "own-lem-2-11-threshold",
        "How far from ū the pull back begins, exactly",
        factor(
            threshold_slack,
            Domain(**SIDEWAYS | {"over": Log(1.0, 30.0)}),
            0.97,
            "1, attained for every n ≥ 2 and both losses",
            tolerance=1e-12,
            evaluations=400,
        ),
        "jt-lem-2-10",
        note="The best of the form c_n/α, not for every α: the worst data need α small. "
        "α‖Π_⊥w‖ ≥ y with, for exponential loss, y = W((n−1)/e) up to n = 8 and "
        "2y sinh y = (n−2)/e beyond; for logistic loss y/(1 + e^{−y}) = (n−1)κ up to n = 4 and "
        "y tanh(y/2) = (n−2)κ beyond, κ = W(1/e).",
    ),
    MARGIN.row(
        "own-two-eleven",
        "The pull back, with its size",
        factor(
            two_eleven_slack,
            Domain(**SIDEWAYS | PUSH),
            0.97,
            "1, at the threshold, for n ≤ 8 and exponential loss",
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-lem-2-10",
        "own-margin-all-data",
        note="Logistic loss: G for R, and W((n−1)(1 + e^{−m})/e) for h, m the smallest ⟨w, zᵢ⟩.",
    ),
    MARGIN.row(
        "own-margin-all-data",
        "What leads away from ū is bounded, for all data",
        factor(
            speed_slack,
            Domain(
                **STATES | {"source": Choice("random", "worst"), "many": Choice(2, 3, 5, 20, 64)}
            ),
            0.97,
            "1, for every n ≥ 2",
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-def-margin",
        "jt-eq-b17",
        note="Neither Assumption 2.7 nor “almost all” is needed, only ⟨w, ū⟩ ≥ 0. Logistic loss: "
        "W((n−1)(1 + e^{−m})/e) for h.",
    ),
    MARGIN.row(
        "own-margin-all-data-drift",
        "‖Π_⊥W₁‖_F stays bounded for three layers and more",
        factor(drift_slack, Domain(**TIMES), 0.97, "1, for n = 1", tolerance=1e-9, evaluations=400),
        "own-margin-all-data",
        "own-smoothed-margin",
        note="For two layers ln(f/f₀) stands for the fraction. For logistic loss double the "
        "argument of W.",
    ),
    MARGIN.row(
        "own-margin-all-data-angle",
        "The angle to ū at every risk, for all data",
        factor(
            tangent_slack,
            Domain(**TIMES),
            1.03,
            "1, late, for γ‖W_N⋯W_2‖√Y/M",
            tolerance=1e-9,
            evaluations=400,
        ),
        "own-margin-all-data-drift",
        "own-smoothed-margin",
        note="tan∠(w, ū) ≤ γ‖W_N⋯W_2‖√Y/M, and that is at most the bound shown: of order "
        "(ln 1/R)^{−1/2} for one layer, (ln ln(1/R)/ln(1/R))^{1/2} for two, (ln 1/R)^{−1/N} for "
        "more.",
    ),
)
