"""Own results on the flow with separable data: rates in the risk and in time, for each depth."""

from __future__ import annotations

from itertools import count, product

import numpy as np
from scipy.integrate import quad
from scipy.special import logsumexp

from lindyn._cache import cached
from lindyn._check import Array
from lindyn.bounds import BOUNDS
from lindyn.ledger.cases import unbalanced
from lindyn.ledger.conserving_pairs import ONE_EXAMPLE, PAIRS, pair
from lindyn.ledger.jt_descent_limits import farthest
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row
from lindyn.ledger.own_descent import FAR, far_state
from lindyn.ledger.separable_cases import (
    LOSSES,
    STATES,
    SeparableData,
    State,
    admissible,
    separable_data,
    state,
)
from lindyn.ledger.separable_flows import FLOWS, GAINS, RUNS, Moment, flowed, moment
from lindyn.ledger.sideways_cases import spread
from lindyn.ledger.writing import Page, factor, quotient
from lindyn.losses import loss_named
from lindyn.risk_clock import margin_flow_balanced

PAGE = Page("jt/rates")
LATER = {
    "run": FLOWS["run"],
    "since": Choice(*range(len(GAINS) - 2)),
    "later": Choice(*range(1, len(GAINS) - 1)),
}
SINGLE = {
    "source": Choice("pool", "single"),
    "depth": Integer(1, 5),
    "first": Log(0.1, 1e2),
    "gain": Log(1e-3, 10.0),
}
"""The pool of flows, and one example with balanced aligned layers, from M = first on."""

RATES = {"which": Choice(0, 4), "loss": Choice("exponential", "logistic")}


def pull_over_margin(at: State) -> float:
    """The rate of ln M over N times that of ln F along the flow."""
    M, squares = at.smoothed_margin, float(np.sum(at.norms**2))
    speed = sum(float(np.sum(v**2)) for v in at.velocity)
    steep = np.log(len(at.data.z)) + at.log_pull - float(at.loss.log_slope(np.array(M)))
    gain = at.depth * float(at.w @ at.pulled)
    return float(np.exp(steep) * speed * squares / (M * gain * at.depth))


def smoothed_slack(loss: str, factor: float, **case) -> float | None:
    """D ln M over factor·N d ln F along the flow, and M ≤ m_min ≤ γ⟨w, ū⟩ ≤ γ(F²/N)^{N/2}."""
    at = far_state(loss, **case)
    if at is None or at.margins.min() <= 0 or at.smoothed_margin <= 1e-6:
        return None
    M, N, gamma = at.smoothed_margin, at.depth, at.data.margin
    chain = [M, at.margins.min(), gamma * float(at.w @ at.data.direction)]
    chain.append(gamma * (np.sum(at.norms**2) / N) ** (N / 2))
    if np.any(np.diff(chain) < -1e-9 * chain[-1]):
        return -1.0
    return pull_over_margin(at) - factor


def _log_balanced_time(depth: int, first: float, gain: float) -> float:
    """Log of the time from M = first to first + gain: one example, γ = 1, balanced and aligned."""
    power = 2 - 2 / depth
    whole = quad(lambda x: np.exp(x - gain) * (first + x) ** -power, 0, gain, epsabs=0)[0]
    return first + gain + float(np.log(whole / depth))


def elapsed(
    source: str, run: int, since: int, later: int, depth: int, first: float, gain: float
) -> tuple[dict[str, float], float, float, str] | None:
    """The values of the bounds at a first time, M at a second, the time between, and the loss."""
    if source == "single":
        values = {"M_0": first, "N": depth, "mu_0": depth ** (-depth / 2), "n": 1}
        passed = np.exp(_log_balanced_time(depth, first, gain))
        return values, first + gain, float(passed), "exponential"
    then, now = moment(run, since), moment(run, later)
    if later <= since or then.now.smoothed_margin <= 1e-3 or now.now.neg_log_risk > 650:
        return None
    M, N = then.now.smoothed_margin, then.now.depth
    mu = M / float(np.linalg.norm(then.now.norms)) ** N
    values = {"M_0": M, "N": N, "mu_0": mu, "n": len(then.now.data.z)}
    passed = np.exp(now.log_time) - np.exp(then.log_time)
    return values, now.now.smoothed_margin, float(passed), then.now.loss.name


def risk_time_slack(factor: float, **case) -> float | None:
    """1/(nR), for logistic loss M + e^M, over its bound from the time passed, in logarithms."""
    found = elapsed(**case)
    if found is None:
        return None
    values, M, passed, loss = found
    bound = float(BOUNDS["own-risk-time"](**values, t=factor * passed))
    if loss == "logistic":
        return float(np.log(M + np.exp(M)) - np.log(values["M_0"] + bound))
    return float(M - np.log(bound))


def risk_speed_slack(factor: float, **case) -> float | None:
    """1/(nR) over what its greatest speed allows it in the time passed, exponential loss."""
    found = elapsed(**case)
    if found is None or found[3] == "logistic":
        return None
    values, M, passed, _ = found
    start = values.pop("M_0")
    fastest = float(BOUNDS["own-risk-time-speed"](**values, M=M))
    return float(np.logaddexp(start, np.log(factor * fastest) + np.log(passed)) - M)


def time_law_measure() -> float:
    """T over its law with the next order, at the ends of the pool whose layers are balanced then.

    The law is e^u/(Nγ²ρ^p)·(1 + p/(γρ)), p = 2 − 2/N and γρ = γ⟨w, ū⟩ = u + c.
    """
    ratios = []
    for run in range(RUNS):
        at = moment(run, len(GAINS) - 1)
        now, N, gamma = at.now, at.now.depth, at.now.data.margin
        if N * at.printed_D > 0.05 * float(np.min(now.norms)) ** 2:
            continue
        size, power = gamma * float(now.w @ now.data.direction), 2 - 2 / N
        law = now.neg_log_risk - np.log(N * gamma ** (2 / N)) - power * np.log(size)
        ratios.append(float(np.exp(at.log_time - law - np.log1p(power / size))))
    return farthest(ratios)


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


WIDE = float(np.exp(1 + spread(2)))
"""How much farther one of two supports lies from ū than the other, for the largest α‖x*‖."""


def rate_data(which: int) -> SeparableData:
    """Data with α > 0; the first are the two supports with the largest ‖x*‖."""
    if which == 0:
        z = np.array([[0.3, -0.2], [0.3, 0.2 * WIDE]])
        return SeparableData(z, np.ones(2), 0.3, np.eye(2)[0], np.array([WIDE, 1.0]) / (1 + WIDE))
    return separable_data(2 + which % 2, 1 + which, 0.4, "spanning", which)


@cached
def balanced_path(which: int, loss: str, depth: int) -> tuple[Array, Array]:
    """ln(1/R) and the predictor along a balanced flow to ln(1/R) = 3000."""
    data = rate_data(which)
    start = 0.3 * data.direction + data.across(
        np.random.default_rng(which).standard_normal(len(data.direction))
    )
    first = admissible(State(data, loss_named(loss), (start[None, :],)))
    goals = first.neg_log_risk + np.append(0.0, np.geomspace(0.1, 3000.0, 60))
    run = margin_flow_balanced(data.X, data.y, first.w, depth=depth, loss=loss, neg_log_risks=goals)
    return goals, run.product[:, 0]


def margin_rate_slack(which: int, loss: str, depth: int, factor: float) -> float | None:
    """The bound of tan∠(w, ū) over its value, less 1, at all pairs of times it speaks of.

    One layer has a bound of its own.
    """
    goals, path = balanced_path(which, loss, depth)
    data = rate_data(which)
    states = [State(data, loss_named(loss), (w[None, :],)) for w in path]
    margins = np.array([at.smoothed_margin for at in states])
    known = margins > 1e-3
    rho, across = np.linalg.norm(path, axis=1), np.linalg.norm(data.across(path), axis=1)
    tangent = across / (path @ data.direction)
    gain = 1 if loss == "exponential" else 2  # logistic: h = W(2(n − 1)/e)
    values = {"alpha": data.alpha, "gamma": data.margin, "n": 1 + gain * (len(data.z) - 1)}
    worst = np.inf
    for i in np.flatnonzero(known):
        late = np.arange(len(rho)) >= i
        if depth == 1:
            bound = BOUNDS["own-margin-rate-linear"](**values, M=margins[late], x_0=across[i])
        else:
            f = rho ** (1 / depth)
            least = BOUNDS["own-margin-rate-start"](**values, N=depth, rho_0=rho[i])
            if f[i] < least:
                continue
            y = across[i] / f[i] ** (depth - 1)
            late &= f >= BOUNDS["own-margin-rate-from"](**values, f_1=f[i], rho_0=rho[i], y_1=y)
            bound = BOUNDS["own-margin-rate"](**values, M=margins[late])
        if late.any():
            worst = min(worst, float(np.min(factor * bound / tangent[late])) - 1)
    return None if worst == np.inf else worst


def off_span_measure() -> float:
    """The slow laws of the angle over what is predicted, at ln(1/R) = 3000.

    One example in three dimensions, balanced layers: sin∠ = c(γ/ln(1/R))^{1/N} to first order,
    c = ‖W_1(0)P_o‖.  Unbalanced layers: ‖P_o w‖ over ‖u_1ᵀW_1(0)P_o‖ρ^{1−1/N}.  Supports that do
    not span, or α = 0: the exponent of ‖Π_⊥w‖ in ρ over 1 − 1/N, between 1500 and 3000.
    """
    z, ratios, ends = np.array([[0.5, 0.0, 0.0]]), [], [1500.0, 3000.0]
    data = SeparableData(z, np.ones(1), 0.5, z[0] / 0.5, np.ones(1))
    for depth in (1, 2, 3, 4):
        start = np.array([0.4, 0.3, -0.5])
        w = margin_flow_balanced(z, [1], start, depth=depth, neg_log_risks=3000.0).product[0]
        size = np.linalg.norm(start) ** (1 / depth)
        sine = float(np.linalg.norm(w[1:]) / np.linalg.norm(w))
        law = size * np.linalg.norm(start[1:]) / np.linalg.norm(start) * (0.5 / 3000) ** (1 / depth)
        ratios.append(sine / (law * (1 - sine**2 / (2 * depth))))
    for depth in (2, 3):
        rng = np.random.default_rng(depth)
        layers = unbalanced((1, 3), [3] * (depth - 1), 0.3, 1.0, rng)
        begin = admissible(State(data, loss_named("exponential"), layers))
        (late,) = flowed(begin, [3000.0])
        now = late.now
        kept = np.linalg.norm(now.leading[0][0] @ begin.layers[0][:, 1:])
        ratios.append(
            float(np.linalg.norm(now.w[1:]) / kept / np.linalg.norm(now.w) ** (1 - 1 / depth))
        )
    for kind, depth in product(("flat", "edge"), (2, 3)):
        data = separable_data(2, 2, 0.3, kind, 5)
        run = margin_flow_balanced(data.X, data.y, [0.5, 0.7], depth=depth, neg_log_risks=ends)
        across = np.linalg.norm(data.across(run.product[:, 0]), axis=1)
        sizes = np.linalg.norm(run.product[:, 0], axis=1)
        ratios.append(
            float(np.diff(np.log(across))[0] / np.diff(np.log(sizes))[0] / (1 - 1 / depth))
        )
    return farthest(ratios)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-smoothed-margin",
        "The smoothed margin of the normalised layers never falls",
        factor(
            smoothed_slack,
            Domain(**FAR | LOSSES),
            1.03,
            "the exponent N, for every depth: one example, balanced aligned layers",
            tolerance=1e-9,
            evaluations=400,
        ),
        "jt-eq-layer-grad",
        "jt-def-margin",
        note="M = ℓ⁻¹(nR) where nR < ℓ(0); M/F^N does not fall, and M ≤ min⟨w, z_i⟩ ≤ γ⟨w, ū⟩ ≤ "
        "γ(F²/N)^{N/2}. So M/F^N tends to γN^{−N/2}.",
    ),
    PAGE.row(
        "own-risk-time",
        "The risk as a function of time, from any start",
        factor(
            risk_time_slack,
            Domain(**LATER | SINGLE),
            1.03,
            "1, for every depth: one example, balanced aligned layers, t → 0",
            tolerance=1e-7,
            evaluations=400,
        ),
        "own-smoothed-margin",
        note="Logistic loss: the same with M + e^M in place of 1/(nR) on the left and of e^{M_0}.",
    ),
    PAGE.row(
        "own-risk-time-speed",
        "How fast the risk can fall",
        factor(
            risk_speed_slack,
            Domain(**LATER | SINGLE),
            0.97,
            "1, for every depth: one example of norm 1, balanced aligned layers",
            tolerance=1e-7,
            evaluations=400,
        ),
        "own-smoothed-margin",
        note="Exponential loss.",
    ),
    PAGE.row(
        "own-risk-time-law",
        "The law of the risk in time, with its constant",
        quotient(
            time_law_measure,
            1e-4,
            "t over its law with the next order, at ln(1/R) ≈ 3000: the pool of flows",
        ),
        "own-residual-direction",
        "jt-thm-2-2-ii",
        "jt-thm-2-8-ii",
        note="R·t·(ln t)^{2−2/N} → 1/(Nγ^{2/N}). What it needs is ∇R/R → −γū. The pool has data "
        "with α = 0 and with supports that do not span as well.",
    ),
    PAGE.row(
        "own-residual-direction",
        "What of w is left across ū: the same vector for every depth",
        quotient(
            residual_measure,
            4e-4,
            "along x*, with the next order, at ln(1/R) = 3000: one to four layers, both losses, "
            "balanced and not",
        ),
        "jt-thm-2-8-ii",
        "own-two-eleven",
        note="For α > 0: Π_⊥w → x*, the minimiser of Σ_S e^{−⟨x, z_i⟩} on the complement of ū, and "
        "∠(w, ū)·ln(1/R) → γ‖x*‖. For balanced layers Π_⊥w − x* ≈ (N − 1)(γ/ρ)H⁻¹x*.",
    ),
    PAGE.row(
        "own-margin-rate-linear",
        "The angle to ū for one layer, at every risk",
        factor(
            margin_rate_slack,
            Domain(**RATES | {"depth": Integer(1, 1)}),
            0.97,
            "1, in the limit: one support e^{1+h} times as far from ū as the other",
            tolerance=1e-7,
            evaluations=4,
        ),
        "own-two-eleven",
        note="Logistic loss: 2(n − 1) in place of n − 1.",
    ),
    PAGE.row(
        "own-margin-rate",
        "The angle to ū is at most of order 1/ln(1/R), for every depth",
        factor(
            margin_rate_slack,
            Domain(**RATES | {"depth": Integer(2, 4)}),
            0.48,
            "not below 1/2, which is best in the limit, with one support e^{1+h} "
            "times as far from ū as the other; 0.57 was needed",
            best=None,
            tolerance=1e-7,
            evaluations=12,
        ),
        "own-two-eleven",
        note="For α > 0, n ≥ 2 and balanced layers, from where the other two bounds say. Logistic "
        "loss: 2(n − 1) in place of n − 1.",
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
        note="‖W_k‖_F² − ‖W_k‖₂² is the sum over j ≥ k of v_{j+1}ᵀD_jv_{j+1} − tr D_j, up to "
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
    PAGE.row(
        "own-off-span",
        "Where the supports do not span, depth slows the direction",
        quotient(
            off_span_measure,
            2e-3,
            "one example in three dimensions, supports in a line, α = 0: ratios to the laws",
        ),
        "jt-txt-a27-relax",
        "own-margin-all-data",
        note="W_1P_o stays as it is, P_o the projection off the span of the data; so the angle is "
        "like ‖u_1ᵀW_1(0)P_o‖(γ/ln(1/R))^{1/N} for N ≥ 2, if α > 0 within that span. The same "
        "order where the supports do not span, or α = 0: proved for any layers, and one example.",
    ),
)
