"""Own results of the foundations: directions without depth, the square loss in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np

from lindyn._check import Array
from lindyn.flows import gradient_flow
from lindyn.ledger.cases import SEEDS, risk_of, singular_triple
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched, Symbolic
from lindyn.ledger.own_induced import gradient_at, rank_one_field, solve
from lindyn.ledger.writing import Page
from lindyn.networks import balanced
from lindyn.risks import WhitenedSquare

PAGE = Page("foundations/clock-and-gear")


def depth_free_slack(
    kind: str, depth: int, inputs: int, size: float, reach: float, seed: int
) -> float:
    """Tangential gradients at two norms, and the tanh law along the flow in natural time."""
    rng = np.random.default_rng(seed)
    risk = risk_of(kind, 1, inputs, rng)
    w = rng.standard_normal(inputs)
    w /= np.linalg.norm(w)
    near, far = (gradient_at(risk, rho * w[None])[0] for rho in (size, 2.0))
    near, far = near - w * (w @ near), far - w * (w @ far)
    length = np.linalg.norm(far)
    tangential = np.linalg.norm(near - far) / length / 1e-9
    if tangential > 1:
        return 1 - float(tangential)
    b = -gradient_at(risk, np.zeros((1, inputs)))[0]
    pull = np.linalg.norm(b)
    field = rank_one_field(risk, (1, inputs), depth, 1.0, 2.0, natural=True)
    start = np.concatenate([[1.0], w, [np.log(size), 0.0]])
    state = solve(field, start, np.array([reach / pull]))[-1]
    law = np.tanh(np.arctanh(w @ b / pull) + reach)
    return 1 - max(float(tangential), abs(state[1:-2] @ b / pull - law) / 1e-8)


def depth_free_control(
    kind: str, depth: int, inputs: int, size: float, reach: float, seed: int
) -> float:
    """The same for a risk that is not radial plus linear."""
    other = "least squares" if kind == "square" else "logistic"
    return depth_free_slack(other, depth, inputs, size, reach, seed)


def _oja(gear: int) -> list[Any]:
    """Oja's flow and its solution, for a general 2×2 target; polynomials after clearing roots."""
    import sympy as sp

    s, a, b, c, d, u1, u2, v1, v2 = sp.symbols("s a b c d u1 u2 v1 v2", real=True)
    Z, u, v = sp.Matrix([[a, b], [c, d]]), sp.Matrix([u1, u2]), sp.Matrix([v1, v2])
    G = s * u * v.T - Z
    pull = (u.T * G * v)[0]
    q = sp.Matrix([u, v])  # times the root of 2, which drops out
    M = sp.Matrix([[sp.zeros(2), Z], [Z.T, sp.zeros(2)]])
    rayleigh = (q.T * M * q)[0] / 2
    rates = sp.Matrix([u * pull - G * v, v * pull - G.T * u])
    flow = [*(rates - (M * q - gear * rayleigh * q)), rayleigh - gear * (u.T * Z * v)[0]]
    on_spheres = [  # the two vectors have norm one
        sp.rem(sp.rem(entry, u1**2 + u2**2 - 1, u2), v1**2 + v2**2 - 1, v2) for entry in flow
    ]
    # The solution p/|p| with p' = Mp, in a basis in which M is diagonal; times |p|^3.
    rate, p = sp.symbols("m1:4", real=True), sp.symbols("p1:4", positive=True)
    nu2 = sum(entry**2 for entry in p)
    quotient = sum(m * entry**2 for m, entry in zip(rate, p, strict=True)) / nu2
    solved = []
    for m, entry in zip(rate, p, strict=True):
        unit = entry / sp.sqrt(nu2)
        moved = sum(k * z * sp.diff(unit, z) for k, z in zip(rate, p, strict=True))
        terms = sp.Add.make_args(sp.expand_mul(moved)) + (-m * unit, gear * quotient * unit)
        solved.append(sp.expand(sum(term * nu2 ** sp.Rational(3, 2) for term in terms)))
    return on_spheres + solved


def oja_residuals() -> list[Any]:
    """All residuals of the statement."""
    return _oja(1)


def oja_control() -> list[Any]:
    """The same with the Rayleigh quotient counted twice."""
    return _oja(2)[:4]


def square_slack(
    depth: int, outputs: int, inputs: int, size: float, reach: float, seed: int, gear: float
) -> float | None:
    """The closed form of the end-to-end matrix against the integration of all layers."""
    rng = np.random.default_rng(seed)
    shape = (1 if depth == 1 else outputs, inputs)
    Z = rng.standard_normal(shape)
    U, (s0,), V = singular_triple(shape, 1, size, rng)
    block = np.block([[np.zeros((shape[0],) * 2), Z], [Z.T, np.zeros((inputs,) * 2)]])
    values, vectors = np.linalg.eigh(block)
    q0 = vectors.T @ np.concatenate([U[:, 0], V[:, 0]]) / np.sqrt(2)
    nodes, masses = np.polynomial.legendre.leggauss(12)
    edges = np.concatenate([[0.0], np.geomspace(1e-7, 1, 80) * reach / values[-1]])
    half = np.diff(edges)[:, None] / 2
    inside = edges[:-1, None] + half * (nodes + 1)

    def nu(tau: Array) -> Array:
        return np.linalg.norm(np.exp(tau[..., None] * values) * q0, axis=-1)

    def inner(hi: Array) -> Array:  # the integral of nu^N from the left edge to every node
        part = (hi - edges[:-1, None])[..., None] / 2
        return (nu(edges[:-1, None, None] + part * (nodes + 1)) ** depth * masses * part).sum(-1)

    whole = np.concatenate([[0.0], np.cumsum((nu(inside) ** depth * masses * half).sum(1))])

    def norm(tau: Array, integral: Array) -> Array:
        return nu(tau) ** depth / (1 / s0 + gear * depth * integral)

    speeds = norm(inside, whole[:-1, None] + inner(inside)) ** (2 / depth - 1)
    end = float((speeds * masses * half).sum())
    p = vectors @ (np.exp(edges[-1] * values) * q0)
    u, v = p[: shape[0]], p[shape[0] :]
    predicted = norm(edges[-1], whole[-1]) * 2 / (p @ p) * np.outer(u, v)
    weights = balanced(s0 * U @ V.T, depth, [1] * (depth - 1))
    flow = gradient_flow(WhitenedSquare(Z), weights, [0.0, end]).product[-1]
    allowed = 1e-6 * (1 + depth * abs(2 / depth - 1))
    return allowed - np.linalg.norm(flow - predicted) / np.linalg.norm(predicted)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-depth-free",
        "When the direction does not depend on depth",
        Searched(
            depth_free_slack,
            Domain(
                kind=Choice("square", "spherical"),
                depth=Integer(1, 7),
                inputs=Integer(2, 5),
                size=Log(1e-2, 10),
                reach=Log(1e-2, 3),
                seed=SEEDS,
            ),
            control_slack=depth_free_control,
            control_text="risks that are not radial plus linear",
            evaluations=60,
        ),
        "own-natural-time",
    ),
    PAGE.row(
        "own-oja",
        "Oja flow of the singular vectors",
        Symbolic(
            oja_residuals,
            oja_control,
            "the Rayleigh quotient counted twice",
            "2×2 targets, any depth and norm; the solution with three eigenvalues",
        ),
        "own-natural-time",
    ),
    PAGE.row(
        "own-square-closed-form",
        "Closed form for the square loss",
        Searched(
            square_slack,
            Domain(
                depth=Integer(1, 7),
                outputs=Integer(1, 4),
                inputs=Integer(1, 5),
                size=Log(1e-3, 1e3),
                reach=Log(1e-2, 3),
                seed=SEEDS,
            ),
            {"gear": 1.0},
            {"gear": 1.02},
            evaluations=60,
        ),
        "own-oja",
    ),
)
