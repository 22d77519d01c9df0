"""Own results on separable data: the smoothed margin, and the risk as a function of time."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad

from lindyn.bounds import BOUNDS
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row
from lindyn.ledger.own_descent import FAR, far_state
from lindyn.ledger.separable_cases import LOSSES, State
from lindyn.ledger.separable_flows import FLOWS, GAINS, RUNS, moment
from lindyn.ledger.writing import Page, factor, farthest, quotient

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
)
