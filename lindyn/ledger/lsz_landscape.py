"""LSZ, landscape: Propositions 1 and 2, for every law of the data."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, log_expit, logsumexp

from lindyn.descent import gradient_descent
from lindyn.flows import gradient_flow
from lindyn.ledger.model import Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.writing import Page, factor
from lindyn.risks import Separable

PAGE = Page("lsz/landscape")
TIGHT = 1e-10
# Propositions 1 and 2 hold for every data law: random finite laws, labelled by the teacher e₁.
FINITE = {
    "n": Integer(1, 6),
    "dim": Integer(1, 5),
    "flat": Log(1e-6, 1.0),  # how far the data leave the line of e₁
    "size": Log(1e-9, 1e3),  # norm of w
    "side": Uniform(-1.0, 1.0),  # cosine of the angle of w to e₁
    "seed": Integer(0, 10**6),
}


def _finite(n, dim, flat, size, side, seed):
    """Data, labels and w; the last datum has the largest norm, 1 up to ``flat``."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, dim)) * flat
    x[:, 0] += rng.choice([-1.0, 1.0], n)
    w = rng.standard_normal(dim)
    w[0] = 0.0
    across = np.linalg.norm(w)
    w = w / across * np.sqrt(1 - side**2) if across > 0 else w
    w[0] = side if across > 0 else np.copysign(1.0, side)
    return x, np.where(x[:, 0] >= 0, 1.0, -1.0), size * w


def lipschitz_slack(factor: float, **case: object) -> float:
    """‖∇L‖ ≤ E‖x‖."""
    x, y, w = _finite(**case)
    gradient = (y * expit(-y * (x @ w))) @ x / len(x)
    return factor - np.linalg.norm(gradient) / np.mean(np.linalg.norm(x, axis=1))


def smooth_slack(factor: float, **case: object) -> float:
    """λ_max(∇²L) ≤ ¼ λ_max(Σ)."""
    x, _, w = _finite(**case)
    weights = expit(x @ w) * expit(-(x @ w))
    hessian, sigma = (x.T * weights) @ x / len(x), x.T @ x / len(x)
    return factor - np.linalg.norm(hessian, 2) / np.linalg.norm(sigma, 2)


def convex_slack(modulus: float, shift: float, **case: object) -> float:
    """The midpoint inequality; a positive modulus, relative to λ_max(Σ), asks for strength."""
    x, y, w = _finite(**case)
    rng = np.random.default_rng(case["seed"] + 1)
    step = shift * rng.standard_normal(len(w))
    ends = [np.mean(-log_expit(y * (x @ (w + k * step)))) for k in (-1, 0, 1)]
    bend = ends[0] + ends[2] - 2 * ends[1]
    scale = np.linalg.norm(x.T @ x / len(x), 2) * float(step @ step)
    return (bend + 1e-14 * sum(ends)) / scale - modulus


def flat_limit_slack(share: float, length: float, weight: float) -> float:
    """The limit in (19) along w = k v, where a share of the data is orthogonal to v."""
    k = 1e6
    terms = share * length**2 * 0.25 + (1 - share) * expit(k) * expit(-k)
    return TIGHT - abs(terms - weight * share * length**2) / length**2


def forward_slack(factor: float, **case: object) -> float:
    """Log of −v·∇L against the lower bound of the proof, with all data between r and R."""
    x, y, w = _finite(**case)
    pull = logsumexp(np.log(np.abs(x[:, 0])) + log_expit(-y * (x @ w))) - np.log(len(x))
    least, longest = np.min(np.abs(x[:, 0])), np.max(np.linalg.norm(x, axis=1))
    bound = np.log(factor * least) + log_expit(-np.linalg.norm(w) * longest)
    return pull - bound


ESCAPE = {
    "n": Integer(1, 4),
    "dim": Integer(1, 3),
    "radius": Uniform(0.1, 3.0),
    "seed": Integer(0, 10**6),
}


def _escape_problem(n: int, dim: int, radius: float, seed: int, orthogonal: bool):
    """Data, labels and the time by which the flow from 0 must leave the ball of that radius."""
    if orthogonal:
        x = np.array([[0.0, 1.0], [0.0, -1.0]])
        return Separable(x, np.ones(2), "logistic"), 1e4, 2
    x, y, _ = _finite(n, dim, 0.3, 1.0, 0.0, seed)
    least, longest = np.min(np.abs(x[:, 0])), np.max(np.linalg.norm(x, axis=1))
    time = radius * (1 + np.exp(radius * longest)) / least
    return Separable(x, y, "logistic"), time, dim


def escape_slack(n, dim, radius, seed, orthogonal=False) -> float:
    """Gradient flow has left the ball by the time that the bound of (i) gives."""
    risk, time, size = _escape_problem(n, dim, radius, seed, orthogonal)
    run = gradient_flow(risk, (np.zeros((1, size)),), time, rtol=1e-8)
    return float(np.linalg.norm(run.product)) / radius - 1


def escape_steps_slack(n, dim, radius, seed, step, orthogonal=False) -> float | None:
    """The same for gradient descent, with one step more."""
    risk, time, size = _escape_problem(n, dim, radius, seed, orthogonal)
    steps = int(time / step) + 1
    if steps > 3000:
        return None
    run = gradient_descent(risk, (np.zeros((1, size)),), step=step, steps=steps)
    return float(np.max(np.linalg.norm(run.product[:, 0], axis=1))) / radius - 1


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-prop-1-lip",
        "Proposition 1: the loss is Lipschitz",
        factor(
            lipschitz_slack,
            Domain(**FINITE),
            0.98,
            "E‖x‖ is best over all laws: data ±v, w → −∞ v",
            tolerance=1e-12,
        ),
        "lsz-eq-2",
        note="Under Assumption 1 the best constant is 2c₀/π (Proposition 3 (i)).",
    ),
    PAGE.row(
        "lsz-prop-1-smooth",
        "Proposition 1: the loss is smooth",
        Searched(
            smooth_slack,
            Domain(**FINITE),
            {"factor": 0.25},
            {"factor": 0.245},
            tolerance=1e-12,
            sharp=lambda: "¼, attained at w = 0",
            sharp_at={"factor": 0.25},
        ),
        "lsz-eq-2",
        note="Needs E‖x‖² < ∞.",
    ),
    PAGE.row(
        "lsz-prop-1-convex",
        "Proposition 1: convex, not strongly convex",
        Searched(
            convex_slack,
            Domain(**FINITE, shift=Log(1e-2, 1e2)),
            {"modulus": 0.0},
            {"modulus": 1e-3},
            tolerance=1e-12,
            sharp=lambda: "0: no modulus of strong convexity survives",
        ),
        "lsz-prop-1-smooth",
        "lsz-eq-19",
        note="A Lipschitz function on ℝᵈ is never strongly convex; P(v·x = 0) = 0 is not needed.",
    ),
    PAGE.row(
        "lsz-eq-19",
        "Equation (19): the curvature dies along v_⋆",
        Searched(
            flat_limit_slack,
            Domain(share=Uniform(0.0, 1.0), length=Log(1e-3, 1e3)),
            {"weight": 0.25},
            {"weight": 0.26},
            sharp_at={"weight": 0.25},
        ),
        note="Print omits the weight ¼ in front of E‖x‖²1{v·x = 0}; under the hypothesis both "
        "are 0, so the equality stands.",
    ),
    PAGE.row(
        "lsz-prop-2-i",
        "Proposition 2 (i): the teacher direction always helps",
        factor(
            forward_slack,
            Domain(**{**FINITE, "side": Uniform(-1.0, 1.0)}),
            1.02,
            "the bound of the proof is attained: data ±v, w along v",
            tolerance=1e-9,
        ),
        "lsz-eq-2",
    ),
    PAGE.shared(
        "lsz-prop-2-ii", "Proposition 2 (ii): v_⋆·w(t) increases", "lsz-prop-2-i", "lsz-prop-2-i"
    ),
    PAGE.row(
        "lsz-prop-2-iii",
        "Proposition 2 (iii): the norm is unbounded under gradient flow",
        Searched(
            escape_slack,
            Domain(**ESCAPE),
            control_slack=lambda **case: escape_slack(**case, orthogonal=True),
            control_text="the hypothesis P(v·x = 0) < 1 dropped",
            evaluations=25,
        ),
        "lsz-prop-2-i",
        "lsz-prop-2-ii",
        repair="Print concludes v·∇L → 0 from the convergence of v·w(t). Convergence alone does "
        "not give that (uniform continuity of v·ẇ would), nor is it needed: on a ball the bound of "
        "(i) keeps v·ẇ above a positive constant, a contradiction at once.",
    ),
    PAGE.row(
        "lsz-prop-2-iv",
        "Proposition 2 (iv): the same for gradient descent",
        Searched(
            escape_steps_slack,
            Domain(**ESCAPE, step=Log(0.1, 100.0)),
            control_slack=lambda **case: escape_steps_slack(**case, orthogonal=True),
            control_text="the hypothesis P(v·x = 0) < 1 dropped",
            evaluations=25,
        ),
        "lsz-prop-2-i",
    ),
)
