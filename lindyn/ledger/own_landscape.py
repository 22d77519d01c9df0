"""Own results on the landscape: spectra at balanced points, scalar layers, spurious saddles."""

from __future__ import annotations

import itertools

import numpy as np

from lindyn._check import Array
from lindyn.landscape import PointKind, critical_point, hessian_spectrum
from lindyn.ledger.cases import SEEDS, frame, widths_of
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched
from lindyn.ledger.square_cases import SPECTRA, spectrum_of
from lindyn.ledger.writing import Page, factor
from lindyn.networks import balanced, multiply
from lindyn.risks import LeastSquares

PAGE = Page("eft/landscape")
TIGHT = 1e-10
SEEN = 1e-11

WHITENED = {
    "depth": Integer(2, 6),
    "inputs": Integer(1, 4),
    "outputs": Integer(1, 4),
    "widest": Integer(1, 4),
    "spectrum": Choice(*SPECTRA),
    "size": Log(1e-3, 1e3),
    "scale": Log(1e-2, 1e3),  # m in XXᵀ = mI
    "seed": SEEDS,
}


class Whitened:
    """Whitened data with target Z = U diag(s) Vᵀ, and a balanced point that keeps some triples."""

    def __init__(
        self,
        depth: int,
        inputs: int,
        outputs: int,
        widest: int,
        spectrum: str,
        size: float,
        scale: float,
        seed: int,
        leading: bool = False,
    ) -> None:
        rng = np.random.default_rng(seed)
        q = min(inputs, outputs)
        self.s, self.scale, self.size = spectrum_of(spectrum, q, size, rng), scale, size
        self.U, self.V = frame(outputs, outputs, rng), frame(inputs, inputs, rng)
        hidden = widths_of(depth, 1, widest, rng)
        self.dims = (inputs, *hidden, outputs)
        self.r = min(self.dims)
        positive = np.count_nonzero(self.s)
        rank = int(rng.integers(0, min(self.r, positive) + 1))
        self.kept = np.arange(rank) if leading else rng.choice(positive, rank, replace=False)
        X = np.sqrt(scale) * frame(inputs + 2, inputs, rng)
        self.risk = LeastSquares(X, X @ ((self.U[:, :q] * self.s) @ self.V[:, :q].T).T)
        W = (self.U[:, self.kept] * self.s[self.kept]) @ self.V[:, self.kept].T
        self.weights = balanced(W, depth, hidden, rng)
        self.depth = depth

    @property
    def left(self) -> Array:
        """The singular values left out."""
        return np.delete(self.s, self.kept)


def claimed_spectrum(at: Whitened, factor: float) -> Array:
    """The nonzero eigenvalues at a balanced critical point, N ≥ 2; those left out times factor."""
    N, kept, left = at.depth, at.s[at.kept], factor * at.left
    powers = np.arange(N)
    within = [
        float(np.sum(a ** (2 * (N - 1 - powers) / N) * b ** (2 * powers / N)))
        for a in kept
        for b in kept
    ]
    across = [a ** (1 - 2 / N) * (a + sign * b) for a in kept for b in left for sign in (1, -1)]
    beyond = [a ** (2 - 2 / N) for a in kept] * abs(at.dims[0] - at.dims[-1])
    free = [sign * b for b in left for sign in (1, -1)] * (at.dims[1] - kept.size) * (N == 2)
    return at.scale * np.array([*within, *across, *beyond, *free])


def spectrum_slack(factor: float, **case: object) -> float:
    """All eigenvalues at a random balanced critical point against the closed form."""
    at = Whitened(**case)
    found, claimed = hessian_spectrum(at.risk, at.weights), claimed_spectrum(at, factor)
    claimed = np.sort(np.concatenate([claimed, np.zeros(found.size - claimed.size)]))
    unit = at.scale * at.size ** (2 - 2 / at.depth)
    return float(TIGHT - np.max(np.abs(found - claimed)) / unit)


SCALARS = {
    "depth": Integer(2, 8),
    "zeros": Integer(2, 8),
    "size": Log(1e-3, 1e3),
    "spread": Log(1.0, 1e2),
    "scale": Log(1e-2, 1e3),
    "seed": SEEDS,
}


def _scalar(depth: int, zeros: int, size: float, spread: float, scale: float, seed: int):
    """Scalar layers with so many zeros; the risk, the weights, the places and the others."""
    rng = np.random.default_rng(seed)
    places = rng.choice(depth, zeros, replace=False)
    values = size ** (1 / depth) * spread ** rng.uniform(-0.5, 0.5, depth)
    values *= rng.choice([-1.0, 1.0], depth)
    values[places] = 0.0
    risk = LeastSquares([[np.sqrt(scale)]], [[np.sqrt(scale) * size]])
    return risk, tuple(np.array([[w]]) for w in values), places, np.delete(values, places)


def scalar_slack(factor: float, strict: int, **case) -> float | None:
    """Up to ``strict`` zeros: ±mσ times the rest; more: no curvature, descent of that order."""
    if case["zeros"] > case["depth"]:
        return None
    risk, weights, places, others = _scalar(**case)
    zeros, sigma, scale = case["zeros"], case["size"], case["scale"]
    rest = float(np.prod(others))
    found = hessian_spectrum(risk, weights)
    claimed = np.zeros(found.size)
    if zeros <= strict:
        claimed[0], claimed[-1] = np.array([-1, 1]) * factor * scale * sigma * abs(rest)
    unit = scale * sigma ** (2 - 2 / case["depth"]) * case["spread"] ** (case["depth"] / 2)
    kind = PointKind.STRICT_SADDLE if zeros <= strict else PointKind.FLAT_SADDLE
    if critical_point(risk, weights).kind is not kind:
        return -1.0
    step = 0.5 * sigma ** (1 / case["depth"])
    moved = [layer.copy() for layer in weights]
    for place in places:
        moved[place][:] = step
    moved[places[0]] *= np.sign(rest)
    product = abs(rest) * step**zeros
    drop = risk.value(multiply(weights)) - risk.value(multiply(moved))
    claimed_drop = scale * (factor * sigma * product - product**2 / 2)
    misses = (
        np.max(np.abs(found - claimed)) / unit,
        abs(drop - claimed_drop) / (scale * (sigma + product) ** 2),
    )
    return float(TIGHT - max(misses))


def spurious_slack(factor: float, **case: object) -> float | None:
    """Leading triples, fewer than r, three layers or more: flat, not minimal, a fall of order N."""
    at = Whitened(**case, leading=True)
    rank = at.kept.size
    if rank >= at.r or at.s[rank] < 1e-6 * at.size or at.depth < 3:
        return None
    return _flat_and_falls(at, factor)


def _flat_and_falls(at: Whitened, factor: float) -> float:
    rank, value = at.kept.size, at.risk.value(multiply(at.weights))
    spectrum = hessian_spectrum(at.risk, at.weights)
    if spectrum[0] < -SEEN * at.scale * at.size ** (2 - 2 / at.depth):
        return float(spectrum[0] / (at.scale * at.s[rank] ** (2 - 2 / at.depth)))
    if critical_point(at.risk, at.weights, tolerance=SEEN).kind is not PointKind.FLAT_SADDLE:
        return -1.0
    misses = [value - at.scale * float(np.sum(at.s[rank:] ** 2)) / 2]
    ends = [at.V[:, rank]]
    for below, above in itertools.pairwise(at.weights):
        void = np.linalg.svd(np.hstack([below, above.T]))[0][:, rank]  # free hidden direction
        ends.append(void)
    ends.append(at.U[:, rank])
    for step in (0.1, 0.7):
        size = step * at.size ** (1 / at.depth)
        moved = tuple(
            layer + size * np.outer(b, a)
            for layer, (a, b) in zip(at.weights, itertools.pairwise(ends), strict=True)
        )
        product = size**at.depth
        fall = at.scale * (factor * product * at.s[rank] - product**2 / 2)
        misses.append(at.risk.value(multiply(moved)) - value + fall)
    return float(TIGHT - max(map(abs, misses)) / (at.scale * at.size**2))


def two_layers_slack(factor: float, **case: object) -> float | None:
    """The same claimed of two layers."""
    at = Whitened(**{**case, "depth": 2}, leading=True)
    if at.kept.size >= at.r or at.s[at.kept.size] < 1e-6 * at.size:
        return None
    return _flat_and_falls(at, factor)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-critical-spectrum",
        "The Hessian at every balanced critical point, in closed form",
        factor(spectrum_slack, Domain(**WHITENED), 1.03, "exact", evaluations=300),
        "eft-def-2-2",
        "own-balanced-exists",
        "eft-def-3-2",
        note="Any widths, any rank, N ≥ 2. Kept a, b: (a² − b²)/(a^{2/N} − b^{2/N}), which is "
        "N a^{2−2/N} for a = b; kept a, left b: a^{1−2/N}(a ∓ b). With one singular value kept: "
        "the slowest rate at Z₁ is σ₁^{1−2/N}(σ₁ − σ₂), and every other one is a strict saddle.",
    ),
    PAGE.row(
        "own-scalar-landscape",
        "Scalar layers: two zeros make a strict saddle, three or more a flat one",
        Searched(
            scalar_slack,
            Domain(**SCALARS),
            {"factor": 1.0, "strict": 2},
            {"strict": 3},
            evaluations=250,
            sharp=lambda: "exact",
        ),
        "eft-def-2-3",
        note="No balance is asked. Of the flat saddles only zero is balanced.",
    ),
    PAGE.row(
        "own-spurious-rank",
        "Three layers and more: leading triples, too few of them, are spurious",
        Searched(
            spurious_slack,
            Domain(**WHITENED),
            {"factor": 1.0},
            evaluations=400,
            control_slack=two_layers_slack,
            control_text="two layers: −σ, the largest value left out, is an eigenvalue",
        ),
        "own-critical-spectrum",
        "eft-thm-2-8",
        note="The loss lies ½m Σ σ_i² over the left-out values above the least one and falls at "
        "order N along free hidden directions. Smallest case: Z = diag(2, 1), three layers of "
        "width 2, W_j = 2^{1/3}e₁e₁ᵀ.",
    ),
)
