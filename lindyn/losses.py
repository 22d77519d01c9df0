"""Scalar losses of a margin, in ordinary and in logarithmic form.

A loss ℓ(z) decreases in the margin z = y⟨w, x⟩.  The logarithms log ℓ and log(−ℓ′) stay finite
where ℓ itself underflows, so that flows can be followed to risks far below 1e-300.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit, log_expit

from lindyn import _check
from lindyn._check import Array


class Loss(Protocol):
    """What a scalar loss offers; all methods act entry by entry on margins of any shape."""

    name: str

    def value(self, margin: Array) -> Array:
        """ℓ(z)."""
        ...

    def derivative(self, margin: Array) -> Array:
        """ℓ′(z), negative everywhere."""
        ...

    def log_value(self, margin: Array) -> Array:
        """Log of ℓ(z), without underflow."""
        ...

    def log_slope(self, margin: Array) -> Array:
        """Log of −ℓ′(z), without underflow."""
        ...

    def decay(self, margin: Array) -> Array:
        """ℓ″(z) over −ℓ′(z), the rate at which the slope decays."""
        ...


@dataclass(frozen=True)
class Exponential:
    r"""The exponential loss :math:`\ell(z) = e^{-z}`.

    Statements
    ----------
    ``jt-asm-1-1``

    Examples
    --------
    >>> float(Exponential().value(0.0)), float(Exponential().log_value(2000.0))
    (1.0, -2000.0)
    """

    name: str = "exponential"

    def value(self, margin: Array) -> Array:
        """ℓ(z) = e⁻ᶻ; overflows to inf for margins below about −709."""
        with np.errstate(over="ignore"):
            return np.exp(-np.asarray(margin, dtype=float))

    def derivative(self, margin: Array) -> Array:
        """ℓ′(z) = −e⁻ᶻ."""
        return -self.value(margin)

    def log_value(self, margin: Array) -> Array:
        """Log of ℓ is −z."""
        return -np.asarray(margin, dtype=float)

    def log_slope(self, margin: Array) -> Array:
        """Log of −ℓ′ is −z."""
        return -np.asarray(margin, dtype=float)

    def decay(self, margin: Array) -> Array:
        """ℓ″ over −ℓ′: 1."""
        return np.ones_like(margin, dtype=float)


@dataclass(frozen=True)
class Logistic:
    r"""The logistic loss :math:`\ell(z) = \ln(1 + e^{-z})`.

    Statements
    ----------
    ``jt-asm-1-1``, ``lsz-eq-1``

    Examples
    --------
    >>> float(Logistic().derivative(0.0)), float(Logistic().log_value(2000.0))
    (-0.5, -2000.0)
    """

    name: str = "logistic"

    def value(self, margin: Array) -> Array:
        """ℓ(z) = ln(1 + e⁻ᶻ), without overflow for any finite margin."""
        return -log_expit(np.asarray(margin, dtype=float))

    def derivative(self, margin: Array) -> Array:
        """ℓ′(z) = −1/(1 + eᶻ)."""
        return -expit(-np.asarray(margin, dtype=float))

    def log_value(self, margin: Array) -> Array:
        """Log of ℓ; for large z it is −z − e⁻ᶻ/2 to rounding, where ℓ has underflown."""
        z = np.asarray(margin, dtype=float)
        far = z > 30.0  # there ℓ = e^{-z}(1 - e^{-z}/2 + …) and e^{-z}/2 < 1e-13
        near = np.log(-log_expit(np.where(far, 0.0, z)))
        tail = np.exp(-np.where(far, z, 0.0))
        return np.where(far, -z - 0.5 * tail, near)

    def log_slope(self, margin: Array) -> Array:
        """Log of −ℓ′ is −ln(1 + eᶻ)."""
        return log_expit(-np.asarray(margin, dtype=float))

    def decay(self, margin: Array) -> Array:
        """ℓ″ over −ℓ′: 1/(1 + e⁻ᶻ)."""
        return expit(np.asarray(margin, dtype=float))


LOSSES: dict[str, Loss] = {"exponential": Exponential(), "logistic": Logistic()}


def loss_named(loss: str | Loss) -> Loss:
    """A loss by its name, or the loss itself.

    Parameters
    ----------
    loss : ``"exponential"``, ``"logistic"``, or an object with the methods of :class:`Loss`.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If no loss has that name.

    Examples
    --------
    >>> loss_named("logistic").name
    'logistic'
    """
    if isinstance(loss, str):
        if loss not in LOSSES:
            raise _check.fail("loss", f"one of {sorted(LOSSES)} or a Loss object", repr(loss))
        return LOSSES[loss]
    return loss
