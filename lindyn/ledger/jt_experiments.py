"""JT, Section 4 and the figures."""

from __future__ import annotations

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.cases import frame
from lindyn.ledger.jt_alignment import inner_squares
from lindyn.ledger.model import Asymptotic, Domain, Integer, Log, Proof, Row, Searched
from lindyn.ledger.separable_cases import SEEDS
from lindyn.ledger.separable_flows import FLOWS, moment
from lindyn.networks import multiply

PAGE = "jt/experiments"
DENSE = (240, 960)
"""A layer with the proportions of the first dense layer of Figure 3."""


def rank_slack(rows, columns, noise, seed, factor) -> float:
    """‖W‖₂/‖W‖_F over min(rows, columns)^{−1/2}, near orthogonal matrices and far from them."""
    rng = np.random.default_rng(seed)
    W = frame(max(rows, columns), min(rows, columns), rng)
    W = W if rows >= columns else W.T
    W = W + (noise if noise > 1e-9 else 0.0) * rng.standard_normal(W.shape)
    bound = float(BOUNDS["jt-txt-sec4-lower-bound"](q=min(rows, columns)))
    return float(np.linalg.norm(W, 2) / np.linalg.norm(W) / bound - factor)


def random_ratio() -> float:
    """‖W‖₂/‖W‖_F of a random Gaussian matrix over m^{−1/2} + n^{−1/2}."""
    rows, columns = DENSE
    W = np.random.default_rng(0).standard_normal(DENSE)
    null = float(BOUNDS["jt-txt-sec4-lower-bound-null"](m=rows, n=columns))
    return float(np.linalg.norm(W, 2) / np.linalg.norm(W) / null)


def mapped_slack(run, moment_, layer, factor) -> float | None:
    """‖W_k⋯W_1/Π‖W_j‖_F ∓ u_kūᵀ‖_F over the sum of what each layer and each angle may add.

    A layer adds √(2(1 − ‖W_j‖₂/‖W_j‖_F)), an angle between neighbours 1 − |⟨v_{j+1}, u_j⟩|, and
    the angle between v_1 and ū its chord.
    """
    at = moment(run, moment_).now
    if layer > at.depth or np.any(at.norms == 0) or at.w @ at.data.direction <= 0:
        return None
    norms, u, v = at.norms[:layer], at.leading[layer - 1][0], at.leading[0][1]
    mapped = multiply(at.layers[:layer]) / float(np.prod(norms))
    goal = np.outer(u, at.data.direction)
    miss = min(float(np.linalg.norm(mapped - sign * goal)) for sign in (-1, 1))
    lost = at.rests[:layer] / (norms * (norms + at.tops[:layer]))  # 1 − ratio
    turned = 1 - np.sqrt(np.minimum(inner_squares(at)[: layer - 1], 1.0))
    chord = min(float(np.linalg.norm(v - sign * at.data.direction)) for sign in (-1, 1))
    bound = float(np.sum(np.sqrt(2 * lost)) + np.sum(turned)) + chord
    return factor - miss / (bound + 1e-6)


def _figure(id: str, title: str, *uses: str, **more: object) -> Row:
    return Row(f"jt-fig-{id}", f"Figure {title}", PAGE, Proof.FULL, uses, **more)


_ONE = (
    "Stated: a network of four layers and a linear predictor, on separable data in the plane. "
    "Left open: the law of the data, n, the widths, the start and its scale, the loss, the method "
    "with its steps, and the range of the risk."
)
_TWO = (
    "Stated: a network of three layers and a linear predictor, data on two circles far apart, axes "
    "along principal components. Left open: radii, centres, n, widths, loss, steps, and when the "
    "picture is taken."
)
_THREE = (
    "Stated: AlexNet on CIFAR-10 with SGD, dense layers (1024, 4096), (4096, 4096), (4096, 10). "
    "Left open: batch, step, momentum, epochs, augmentation, loss, seeds."
)
_NOT_RUN = (
    "AlexNet on CIFAR-10 is not run here. The same experiment is, on the images of digits that "
    "scikit-learn ships, with a small convolutional network."
)

ROWS: tuple[Row, ...] = (
    Row(
        "jt-txt-sec4-lower-bound",
        "Section 4: the least ratio that a matrix can have",
        PAGE,
        Proof.FULL,
        (),
        Searched(
            rank_slack,
            Domain(rows=Integer(1, 40), columns=Integer(1, 40), noise=Log(1e-10, 10.0), seed=SEEDS),
            {"factor": 1.0},
            {"factor": 1.03},
            tolerance=1e-12,
            evaluations=300,
            sharp=lambda: "attained by orthogonal matrices",
            sharp_at={"factor": 1.0},
        ),
        note="True, but the ratio of a random matrix is m^{−1/2} + n^{−1/2}, up to twice as "
        "large: 0.0469, 0.0313 and 0.332 for the layers of Figure 3.",
    ),
    Row(
        "jt-txt-sec4-lower-bound-null",
        "What a random matrix has",
        PAGE,
        Proof.CITED,
        ("jt-txt-sec4-lower-bound",),
        Asymptotic(
            random_ratio,
            expected=1.0,
            band=0.02,
            control=2 / 3,
            domain="a Gaussian matrix of shape (240, 960); the control is min(m, n)^{−1/2}",
        ),
        note="‖W‖₂/(√m + √n) → 1 for independent entries with a fourth moment: Bai and Yin "
        "(1993), Limit of the smallest eigenvalue of a large dimensional sample covariance matrix.",
    ),
    _figure(
        "1a",
        "1a: one layer and four find the same predictor",
        "jt-thm-2-8-ii",
        "own-residual-direction",
        shares_check_of="jt-thm-2-8-ii",
        note=_ONE,
    ),
    _figure(
        "1b",
        "1b: the ratios ‖W_i‖₂/‖W_i‖_F tend to 1",
        "jt-thm-2-2-iii",
        "own-alignment-rates",
        shares_check_of="jt-thm-2-2-iii",
        note=_ONE + " The ratios need not rise from the start: the residual of a layer may grow "
        "first. Four layers are slower than two: 1 − ratio is of order (ln 1/R)^{−2/N}.",
    ),
    _figure(
        "2a",
        "2a: one layer and three find the same predictor",
        "jt-thm-2-8-ii",
        shares_check_of="jt-thm-2-8-ii",
        note=_TWO,
    ),
    _figure(
        "2b",
        "2b: the data after the first step lie along u_k",
        "jt-thm-2-2-iii",
        "jt-thm-2-2-iv",
        "jt-thm-2-8-i",
        check=Searched(
            mapped_slack,
            Domain(run=FLOWS["run"], moment_=FLOWS["moment"], layer=Integer(1, 4)),
            {"factor": 1.0},
            {"factor": 0.97},
            tolerance=1e-9,
            evaluations=400,
            sharp=lambda: "1, for the first layer",
        ),
        note=_TWO + " The caption’s claim W_k⋯W₁ → u_kūᵀ, up to scale and sign, is what is "
        "checked. Which three maps the panels show is not said.",
    ),
    *(
        _figure(
            f"2{panel}",
            f"2{panel}: the data after the {which} step",
            "jt-fig-2b",
            shares_check_of="jt-fig-2b",
            note=_TWO,
        )
        for panel, which in (("c", "second"), ("d", "third"))
    ),
    _figure(
        "3a",
        "3a: AlexNet, default initialisation",
        "jt-txt-sec4-lower-bound-null",
        unchecked=_NOT_RUN,
        note=_THREE,
    ),
    _figure(
        "3b",
        "3b: AlexNet, equal Frobenius norms",
        "jt-txt-sec4-lower-bound-null",
        unchecked=_NOT_RUN,
        note=_THREE + " The norm 4 scales the start, and leaves its ratios as they are.",
    ),
)
