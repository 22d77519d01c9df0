"""JT, the maximum margin: the steps of Theorem 2.8, (B.16) to (B.18)."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.conserving_pairs import PAIRS, pair
from lindyn.ledger.jt_alignment import FLOOR, relative
from lindyn.ledger.model import Domain, Printed, Row, Verdict
from lindyn.ledger.separable_cases import STATES, State, state
from lindyn.ledger.writing import Page, factor

PAGE = Page("jt/margin")


def projection_slack(factor, **case: object) -> float | None:
    """Π_⊥w = (W_L⋯W_2 Π_⊥W_1)ᵀ, relative."""
    at = state(**case)
    if at is None or at.w.size == 1:
        return None
    miss = at.data.across(at.w) - factor * at.above @ at.data.across(at.layers[0])
    size = np.linalg.norm(at.above) * np.linalg.norm(at.layers[0])
    return 1e-12 - float(np.linalg.norm(miss) / size)


def _growth_slack(at: State, layer: np.ndarray, claimed: float) -> float:
    """The derivative of ‖layer‖² along the velocity of the first layer, against what is claimed."""
    move = at.velocity[0]
    h = float(np.linalg.norm(at.layers[0]) / np.linalg.norm(move))
    moved = at.data.across(h * move) if layer is not at.layers[0] else h * move
    found = np.sum((layer + moved) ** 2) - np.sum((layer - moved) ** 2)
    return 1e-9 - float(abs(found / 2 - h * claimed) / np.sum(at.layers[0] ** 2))


def norm_growth_slack(factor, **case: object) -> float | None:
    """(B.16): d‖W_1‖²/dt = −2⟨w, ∇R(w)⟩, relative."""
    at = state(**case)
    if at is None:
        return None
    return _growth_slack(at, at.layers[0], factor * 2 * float(at.w @ at.pulled))


def across_growth_slack(factor, **case: object) -> float | None:
    """(B.17): d‖Π_⊥W_1‖²/dt = −2⟨Π_⊥w, ∇R(w)⟩, relative."""
    at = state(**case)
    if at is None or at.w.size == 1:
        return None
    claimed = factor * 2 * float(at.data.across(at.w) @ at.pulled)
    return _growth_slack(at, at.data.across(at.layers[0]), claimed)


def printed_growth() -> float:
    """(B.16) as printed for W = z = 1 and exponential loss: ⟨W, Ẇ⟩ = e⁻¹ for −2⟨w, ∇R⟩ = 2e⁻¹."""
    slope = np.exp(-1.0)
    return -abs(1.0 * slope - 2 * 1.0 * slope)


def remainder_slack(factor, **case: object) -> float | None:
    """‖S‖₂ is the second singular value of W_1, and ‖S‖_F² ≤ D, over D; S = W_1 − σ_1u_1v_1ᵀ."""
    at = pair(**case)
    if at is None:
        return None
    u, v = at.now.leading[0]
    S = at.now.layers[0] - at.now.tops[0] * np.outer(u, v)
    values, square = at.now.values[0], float(at.now.norms[0] ** 2)
    second = values[1] if values.size > 1 else 0.0
    miss = abs(np.linalg.norm(S, 2) - second) / (np.sqrt(square) + 1e-300)
    left = np.array([factor * at.printed_D - np.sum(S**2)])
    within = relative(left, np.array([at.printed_D]), np.array([FLOOR * square]))
    return min(float(1e-9 - miss), within)


def across_share_slack(factor, **case: object) -> float | None:
    """(B.18) with √D: σ_1‖Π_⊥v_1‖ ≥ σ_1‖Π_⊥W_1‖_F/‖W_1‖_F − √D, over √D."""
    at = pair(**case)
    if at is None or at.now.norms[0] == 0:
        return None
    top, norm, data = at.now.tops[0], at.now.norms[0], at.now.data
    v = at.now.leading[0][1]
    gap = np.linalg.norm(data.across(v)) - np.linalg.norm(data.across(at.now.layers[0])) / norm
    root = np.sqrt(np.array([at.printed_D]))
    return relative(top * gap + factor * root, root, np.sqrt(FLOOR) * np.array([norm]))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "jt-eq-proj-wprod",
        "The projection of w is that of W₁",
        factor(projection_slack, Domain(**STATES), 1.01, evaluations=150),
        "jt-def-network",
    ),
    PAGE.row(
        "jt-eq-b16",
        "(B.16): how the first layer grows",
        factor(norm_growth_slack, Domain(**STATES), 1.01, evaluations=150),
        "jt-eq-layer-grad",
        printed=Printed(
            Verdict.MISPRINT,
            print_says="d‖W₁‖_F²/dt = ⟨W₁, dW₁/dt⟩ = −2⟨w_prod, ∇R(w_prod)⟩",
            truth="d‖W₁‖_F²/dt = 2⟨W₁, dW₁/dt⟩ = −2⟨w_prod, ∇R(w_prod)⟩",
            why="The factor 2 is lost in the middle term.",
            refutation=printed_growth,
            counterexample="one layer W = 1, z = 1, exponential loss: 1/e for 2/e",
            consequence="None: the right side is correct.",
        ),
    ),
    PAGE.row(
        "jt-eq-b17",
        "(B.17): how the first layer grows across ū",
        factor(across_growth_slack, Domain(**STATES), 1.01, evaluations=150),
        "jt-eq-layer-grad",
        "jt-eq-proj-wprod",
    ),
    PAGE.row(
        "jt-eq-b18-s",
        "Before (B.18): what is left of W₁",
        factor(
            remainder_slack, Domain(**PAIRS), 0.97, "1, for ‖S‖_F", tolerance=1e-12, evaluations=500
        ),
        "jt-lem-2-6-i",
        note="‖S‖_F ≤ √D too, not only ‖S‖₂.",
    ),
    PAGE.row(
        "jt-eq-b18",
        "(B.18): v₁ across ū",
        factor(
            across_share_slack,
            Domain(**PAIRS),
            0.97,
            "√D instead of √(dD)",
            tolerance=1e-12,
            evaluations=500,
        ),
        "jt-eq-b18-s",
        note="Checked with √D, which is smaller than √(dD): ‖Π_⊥S‖_F ≤ ‖S‖_F ≤ √D.",
    ),
)
