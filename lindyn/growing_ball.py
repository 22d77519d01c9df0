"""Step sizes of gradient descent that are safe in a growing ball of weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.losses import Logistic
from lindyn.networks import Weights
from lindyn.risks import Separable


@dataclass(frozen=True)
class GrowingBall:
    r"""The step sizes of Ji and Telgarsky's Assumption 3.5.

    Equation: :math:`\eta_t = \min\{1/\beta(R_t), 1\}` with
    :math:`\beta(R) = 2N^2R^{2N-2}(\beta + G)`, where W(t) ∈ B(R_t − 1), that is
    :math:`\max_k\lVert W_k(t)\rVert_F \le R_t - 1`, and :math:`R_{t+1} = R_t` as long as
    W(t+1) ∈ B(R_t − 1).

    The paper leaves to a line search how R grows.  As the norms of the layers are known, none
    is needed: here :math:`R_t = 1 + c\max_k\lVert W_k(t)\rVert_F` whenever R has to grow, and at
    t = 0, with ``growth`` c.  With c = 1, the default, R is always the least that is allowed and
    the steps are the longest; with c = 2 the radius doubles, and few different steps occur.

    Parameters
    ----------
    curvature : the Lipschitz constant β of ℓ′; for inputs of norm b > 1, β b².
    slope : the Lipschitz constant G of ℓ; for inputs of norm b > 1, G b.
    growth : factor c ≥ 1.
    sharp : use the smallest smoothness constant on B(R) instead,
        :math:`\beta NR^{2N-2} + G(N-1)R^{N-2}`; a step is then the least of its inverse, of
        :math:`1/(GR_t^{N-1})` and of 1, so that W(t+1) stays in B(R_t).  The risk then falls by
        ½η‖∇R‖² a step as well; the steps are 2N times longer or more.

    Raises
    ------
    ValueError
        For constants that are not positive or a growth below 1.

    Statements
    ----------
    ``jt-asm-3-5``, ``jt-lem-3-2``, ``jt-eq-c6``, ``own-smoothness-sharp``

    Examples
    --------
    >>> import numpy as np
    >>> from lindyn import Separable, gradient_descent
    >>> risk = Separable([[0.6, 0.5], [-0.6, 0.5]], [1, -1], loss="logistic")
    >>> rule = GrowingBall.of(risk)
    >>> weights = (np.array([[0.5, 0.1]]), np.array([[0.5]]))
    >>> run = gradient_descent(risk, weights, step=rule, steps=1000)
    >>> bool(np.all(np.diff(run.risk) < 0)), float(rule.radii(run.weights)[0].round(3))
    (True, 1.51)
    >>> bool(np.allclose(run.step_size, 1 / rule.smoothness(rule.radii(run.weights)[:-1], 2)))
    True

    References
    ----------
    Ji and Telgarsky (2019), Assumption 3.5 and Lemma 3.2.
    """

    curvature: float = 0.25
    slope: float = 1.0
    growth: float = 1.0
    sharp: bool = False

    def __post_init__(self) -> None:
        _check.positive("curvature", self.curvature)
        _check.positive("slope", self.slope)
        if _check.real("growth", self.growth) < 1:
            raise _check.fail("growth", "at least 1", self.growth)

    @classmethod
    def of(cls, risk: Any, growth: float = 1.0, sharp: bool = False) -> GrowingBall:
        """The rule for the logistic loss on data: β = 1/4, G = 1, and the longest input.

        Inputs of norm up to 1, which the paper assumes, count as of norm 1.

        Raises
        ------
        ValueError
            If the risk is not :class:`lindyn.Separable` with the logistic loss; the exponential
            loss has no constants β and G (Assumption 3.1 fails).
        """
        if not isinstance(risk, Separable) or not isinstance(risk.loss, Logistic):
            loss = getattr(getattr(risk, "loss", None), "name", None)
            raise _check.fail(
                "risk",
                "Separable with the logistic loss",
                f"{type(risk).__name__}" + (f" with the {loss} loss" if loss else ""),
                "Of another loss give the Lipschitz constants: GrowingBall(curvature, slope).",
            )
        longest = max(1.0, float(np.max(np.linalg.norm(risk.data.X, axis=1))))
        return cls(longest**2 / 4, longest, growth, sharp)

    def smoothness(self, radius: Any, depth: int) -> Any:
        """β(R), or β*(R), of a network of the given depth; radii of any shape."""
        beta, slope, r = self.curvature, self.slope, np.asarray(radius, dtype=float)
        if self.sharp:
            return beta * depth * r ** (2 * depth - 2) + slope * (depth - 1) * r ** (depth - 2.0)
        return 2 * depth**2 * r ** (2 * depth - 2) * (beta + slope)

    def step_size(self, radius: float, depth: int) -> float:
        """η for R_t = ``radius``."""
        least = float(self.smoothness(radius, depth))
        if self.sharp:
            least = max(least, self.slope * radius ** (depth - 1))
        return 1.0 / max(least, 1.0)

    def radii(self, weights: Sequence[Array]) -> Array:
        """R_t along a run of which every step was recorded: layers of shape (T, d_k, d_{k−1})."""
        sizes = np.max([np.linalg.norm(layer, axis=(-2, -1)) for layer in weights], axis=0)
        radii, radius = [], 0.0
        for size in np.atleast_1d(sizes).tolist():
            radius = self._next(radius, size)
            radii.append(radius)
        return np.array(radii)

    def begin(self, layers: Weights) -> Callable[[Weights], float]:
        """The rule for one run: a function of the weights, to be called at every step."""
        radius, depth = 0.0, len(layers)

        def size_at(now: Weights) -> float:
            nonlocal radius
            radius = self._next(radius, max(float(np.linalg.norm(layer)) for layer in now))
            return self.step_size(radius, depth)

        return size_at

    def _next(self, radius: float, size: float) -> float:
        return radius if size <= radius - 1.0 else 1.0 + self.growth * size
