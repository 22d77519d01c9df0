"""Critical points of the principal component problem ½‖A − PQ‖², and how to leave them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lindyn._check import Array
from lindyn.ledger.cases import SEEDS, frame
from lindyn.ledger.domain import Choice, Integer, Log
from lindyn.ledger.square_cases import SPECTRA, spectrum_of

COMPONENTS = {
    "rows": Integer(1, 5),
    "columns": Integer(1, 5),
    "inner": Integer(1, 5),
    "spectrum": Choice(*SPECTRA),
    "size": Log(1e-3, 1e3),
    "tilt": Log(1.0, 10.0),  # how far P and Q are from balance
    "seed": SEEDS,
}


@dataclass(frozen=True)
class Critical:
    """A critical point of ½‖A − PQ‖²: PQ keeps some singular triples of A = U diag(s) Vᵀ."""

    U: Array
    s: Array
    V: Array
    P: Array
    Q: Array
    kept: Array

    @property
    def A(self) -> Array:
        """The matrix to be approximated."""
        return (self.U[:, : self.s.size] * self.s) @ self.V.T

    @property
    def left(self) -> int:
        """The leading triple left out; −1 where all that is left is 0."""
        rest = [i for i in np.flatnonzero(self.s) if i not in self.kept]
        return int(min(rest, default=-1))

    @property
    def excess(self) -> float:
        """The loss above its minimum over products through as many inner dimensions."""
        rest = np.delete(self.s, self.kept)
        return float(np.sum(rest**2) - np.sum(self.s[self.Q.shape[0] :] ** 2)) / 2

    @property
    def minimal(self) -> bool:
        """Whether the triples are leading ones, as many as there is room for."""
        if self.left < 0:
            return True
        full = len(self.kept) == self.Q.shape[0]
        return bool(full and self.s[self.left] <= np.min(self.s[self.kept]))


def critical_pair(
    U: Array, s: Array, V: Array, inner: int, size: float, tilt: float, rng: np.random.Generator
) -> Critical:
    """A random critical point: any triples, free inner dimensions used on one side or on none."""
    positive = np.count_nonzero(s)
    kept = rng.choice(positive, int(rng.integers(0, min(inner, positive) + 1)), replace=False)
    root, spare = np.sqrt(s[kept]), inner - kept.size
    void = np.hstack([U[:, positive:], U[:, kept]])  # what the residual does not reach
    outer = void @ rng.standard_normal((void.shape[1], spare)) * np.sqrt(size)
    across = rng.standard_normal((spare, V.shape[0])) * np.sqrt(size)
    rest = np.setdiff1d(np.arange(positive), kept)
    across -= (across @ V[:, rest]) @ V[:, rest].T
    use = rng.integers(0, 3, spare)  # the free dimension serves P, Q or neither
    P = np.hstack([U[:, kept] * root, outer * (use == 0)])
    Q = np.vstack([root[:, None] * V[:, kept].T, across * (use == 1)[:, None]])
    first, second = frame(inner, inner, rng), frame(inner, inner, rng)
    stretch = tilt ** rng.uniform(-1, 1, inner)
    turn, back = (first * stretch) @ second.T, (second / stretch) @ first.T
    return Critical(U, s, V, P @ turn, back @ Q, kept)


def components(
    rows: int, columns: int, inner: int, spectrum: str, size: float, tilt: float, seed: int
) -> Critical:
    """A critical point of the principal component problem."""
    rng = np.random.default_rng(seed)
    q = min(rows, columns)
    s = spectrum_of(spectrum, q, size, rng)
    return critical_pair(frame(rows, rows, rng), s, frame(columns, q, rng), inner, size, tilt, rng)


def null_vector(matrix: Array) -> Array | None:
    """A unit vector z with matrix·z = 0, where there is one."""
    _, s, vt = np.linalg.svd(matrix, full_matrices=True)
    rank = int(np.sum(s > 1e-10 * max(s[0], 1e-300)))
    return vt[rank] if rank < vt.shape[0] else None


def escape(point: Critical) -> tuple[Array, Array, float, float]:
    """The direction of Theorem 2.7's proof at a critical point with a residual.

    (ΔP, ΔQ) for unit factors, its second derivative, and the share of it that the residual makes:
    q − 2κσ for a free inner dimension, 2 − 2σ/w where PQ has full rank.
    """
    sigma = float(point.s[point.left])
    x, y = point.U[:, point.left], point.V[:, point.left]
    P, Q = point.P, point.Q
    if point.kept.size == Q.shape[0]:
        last = point.kept[np.argmin(point.s[point.kept])]
        g = np.linalg.pinv(P) @ point.U[:, last]
        h = np.linalg.pinv(Q.T) @ point.V[:, last]
        return np.outer(x, h), np.outer(g, y), 2.0, 2 * sigma / float(point.s[last])
    z = null_vector(P)
    if z is not None:
        length = float(np.sum((Q.T @ z) ** 2))
        reach = 1 + length / sigma
        return np.outer(x, z), reach * np.outer(z, y), length, 2 * reach * sigma
    z = null_vector(Q.T)
    length = float(np.sum((P @ z) ** 2))
    reach = 1 + length / sigma
    return reach * np.outer(x, z), np.outer(z, y), length, 2 * reach * sigma
