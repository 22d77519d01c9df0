"""LSZ, gradient descent: what one step does, exactly.

In the plane of w and v_⋆, with z = v_⋆·w and p the distance of w to the line of v_⋆, a step is
z ← fz + ηκ and p ← |f|p, where f = 1 − ηΦ′(ρ)/ρ.
"""

from __future__ import annotations

from lindyn.ledger.model import Row, Symbolic
from lindyn.ledger.writing import Page

PAGE = Page("lsz/gradient-descent")


def _vectors():
    """Norm and step as symbols, v_⋆ in the plane of e₁ = w̄ and e₂, an unknown gradient."""
    import sympy as sp

    rho, eta, kappa = sp.symbols("rho eta kappa", positive=True)
    angle = sp.Symbol("b", real=True)
    slopes = sp.symbols("g1 g2 g3", real=True)
    v = sp.Matrix([sp.cos(angle), sp.sin(angle), 0])
    unit = sp.Matrix([1, 0, 0])
    return sp, rho, eta, kappa, v, unit, slopes


def cosine_step(factor=1):
    """Equation (8), for any gradient."""
    sp, rho, eta, _, v, unit, slopes = _vectors()
    gradient = sp.Matrix(slopes)
    after = rho * unit - eta * gradient
    length, cosine = sp.sqrt(after.dot(after)), v.dot(unit)
    left = after.dot(v) / length - cosine
    drive = -eta * (v - cosine * unit).dot(gradient)
    return [left - (drive - factor * (length - unit.dot(after)) * cosine) / length]


def _known_side_step():
    sp, rho, eta, kappa, v, unit, slopes = _vectors()
    gradient = sp.Matrix([slopes[0], -kappa * v[1], 0])  # Lemma 2 gives the part across w
    return sp, eta * kappa * v[1], v.dot(unit), rho * unit - eta * gradient, unit


def norm_step(factor=1):
    """Equation (10): the norm after a step, with the part of the gradient across w from (6)."""
    _, side, _, after, unit = _known_side_step()
    return [after.dot(after) - unit.dot(after) ** 2 - factor * side**2]


def combined_step(factor=1):
    """The display after (10), multiplied by ‖w⁺‖(‖w⁺‖ + w̄·w⁺), as a polynomial in ‖w⁺‖."""
    sp, side, cosine, after, unit = _known_side_step()
    length = sp.Symbol("N", positive=True)
    sine = sp.sin(sp.Symbol("b", real=True))
    inner = unit.dot(after)
    # v_⋆·w⁺ = cos θ (w̄·w⁺) + sin θ (part across w)
    left = (cosine * inner + sine * after[1] - length * cosine) * (length + inner)
    right = side * sine * (length + inner) - factor * side**2 * cosine
    residual = sp.expand(left - right)
    return [residual.subs(length**2, sp.expand(after.dot(after)))]


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "lsz-eq-8",
        "Equation (8): how a step moves the angle",
        Symbolic(cosine_step, lambda: cosine_step(factor=2), "the second term doubled"),
        "lsz-def-gd",
    ),
    PAGE.row(
        "lsz-lem-12",
        "Lemma 12: the norm after a step",
        Symbolic(norm_step, lambda: norm_step(factor=2), "the second term doubled"),
        "lsz-lem-2-eq6",
    ),
    PAGE.shared("lsz-eq-10", "Equation (10): the norm after a step", "lsz-lem-12", "lsz-lem-12"),
    PAGE.row(
        "lsz-eq-10b",
        "The step of the angle, with Lemma 2 put in",
        Symbolic(combined_step, lambda: combined_step(factor=2), "the second term doubled"),
        "lsz-eq-8",
        "lsz-eq-10",
        "lsz-lem-2-eq5",
        note="In short: z ← fz + ηκ and p ← |f|p with f = 1 − ηΦ′(ρ)/ρ. So the angle falls "
        "whenever ηΦ′(ρ) ≤ ρ, in particular for every step η ≤ 1/β.",
    ),
)
