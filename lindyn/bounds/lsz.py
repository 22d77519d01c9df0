"""Bounds of Lin, Sun and Zhang (2021) for the linear predictor.

Times are those of gradient flow; rho_0 = ‖w(0)‖, theta_0 = θ(0), and T marks values at the
turning time.  Steps of gradient descent enter through the clocks S⁻ and S⁺.
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from lindyn import _check
from lindyn._check import Array
from lindyn.bounds.bound import Bound

GAIN_CEILING = sp.Rational(3, 10)
"""The 0.3 of Lemma 3 (i): an upper bound of x/(1 + e^x); the best is W(1/e) = 0.2784…."""

_t, _T, _n = sp.symbols("t T n", nonnegative=True)
_c0, _rho0, _rho_end = sp.symbols("c_0 rho_0 rho_T", positive=True)
_theta, _theta0, _theta_end = sp.symbols("theta theta_0 theta_T", nonnegative=True)
_A, _B, _C = sp.symbols("A B C", positive=True)
_A1, _A2, _B1, _B2, _C2 = sp.symbols("A_1 A_2 B_1 B_2 C_2", real=True)
_ceiling = sp.Symbol("0.3", positive=True)
_growth = sp.Symbol("0.6", positive=True)  # 2 × 0.3, typeset as the paper prints it
_S, _delta, _eta, _m2, _lip = sp.symbols("S_n delta eta m_2 L", positive=True)
_step = sp.IndexedBase("eta")
_i, _k = sp.symbols("i k", integer=True)
_FLOW, _DESCENT, _LANDSCAPE, _TURNING = (
    "lsz/gradient-flow",
    "lsz/gradient-descent",
    "lsz/landscape",
    "lsz/turning",
)


def _squash(exponent: sp.Expr) -> sp.Expr:
    return 1 - 2 / (sp.exp(exponent) + 1)


BOUNDS: dict[str, Bound] = {
    bound.id: bound
    for bound in (
        Bound("lsz-prop-3-i", _LANDSCAPE, r"\lVert\nabla L(w)\rVert \le", _c0),
        Bound("lsz-lem-3-i", _TURNING, r"g(w) \le", _ceiling, {}, {_ceiling: GAIN_CEILING}),
        Bound(
            "lsz-lem-3-iv",
            _TURNING,
            r"0 < \lVert w\rVert \le",
            _c0 * sp.Abs(sp.cos(_theta)) / (2 * sp.pi * _lip),
            {_lip: _m2 / 8},
        ),
        Bound(
            "lsz-thm-1-i",
            _FLOW,
            r"\cos\theta(t) \ge",
            _squash(_A1 * _t + _B1),
            {
                _A1: 2 * _c0 / (sp.pi * _rho0),
                _B1: -2 * sp.log(sp.tan(_theta0 / 2)),
            },
        ),
        Bound(
            "lsz-thm-1-ii",
            _FLOW,
            r"\cos\theta(t) \ge",
            _squash(_A2 * sp.sqrt(_t - _T + _C2) + _B2),
            {
                _A2: 4 * _c0 / (sp.sqrt(_growth) * sp.pi),
                _B2: -2 * sp.log(sp.tan(_theta_end / 2)) - 4 * _c0 * _rho_end / (_growth * sp.pi),
                _C2: _rho_end**2 / _growth,
            },
            {_growth: 2 * GAIN_CEILING},
        ),
        Bound(
            "lsz-lem-4",
            _DESCENT,
            r"\cos\theta(n) \ge",
            1 - (1 - sp.cos(_theta0)) * sp.exp(-_B * _S),
            {_B: (1 + sp.cos(_theta0)) / sp.pi},
        ),
        Bound(
            "lsz-lem-5",
            _DESCENT,
            r"\cos\theta(n) \ge",
            1 - (1 - sp.cos(_theta0)) * sp.exp(-_B * _S),
            {_B: _delta * (1 + sp.cos(_theta0)) / ((1 + _delta) * sp.pi)},
        ),
        Bound(
            "lsz-lem-5-r1",
            _DESCENT,
            r"\lVert w(n)\rVert \ge R_1 =",
            sp.Symbol("eta_+", positive=True) * _c0 * (1 + 1 / sp.pi),
        ),
    )
}

CLOCK_MINUS = sp.Sum(_step[_k] / sp.sqrt(_A + sp.Sum(_step[_i] ** 2, (_i, 0, _k))), (_k, 0, _n - 1))
"""S⁻ of Lemma 4, symbolically."""

CLOCK_PLUS = sp.Sum(
    _step[_k] / sp.sqrt(_A + sp.Sum(_step[_i] ** 2 + _C * _step[_i], (_i, 0, _k))), (_k, 0, _n - 1)
)
"""S⁺ of Lemma 5, symbolically."""


def clock_minus(steps: Array, start_norm: float, c0: float) -> Array:
    r"""The clock :math:`S_n^-` of Lemma 4 for n = 0, …, len(steps).

    Equation: :math:`S_n^- = \sum_{k<n}\eta_k\big/\sqrt{A + \sum_{i\le k}\eta_i^2}`,
    :math:`A = \lVert w(0)\rVert^2/c_0^2`.

    Parameters
    ----------
    steps : step sizes η_0, …, positive, shape (n,).
    start_norm, c0 : ‖w(0)‖ and the law's c₀, positive.

    Returns
    -------
    array of shape (n + 1,), starting at 0.

    Raises
    ------
    ValueError
        If a step, the norm or c₀ is not positive.

    Statements
    ----------
    ``lsz-lem-4``, ``lsz-rem-6-1``

    Examples
    --------
    >>> clock_minus([1.0], start_norm=1.0, c0=1.0).round(6)
    array([0.      , 0.707107])

    References
    ----------
    Lin, Sun and Zhang (2021), Lemma 4.
    """
    return _clock(steps, start_norm, c0, linear=0.0)


def clock_plus(steps: Array, start_norm: float, c0: float) -> Array:
    r"""The clock :math:`S_n^+` of Lemma 5 for n = 0, …, len(steps).

    Equation: :math:`S_n^+ = \sum_{k<n}\eta_k\big/\sqrt{A + \sum_{i\le k}(\eta_i^2 + C\eta_i)}`,
    :math:`A = \lVert w(0)\rVert^2/c_0^2`, :math:`C = 0.6/c_0^2`.

    Parameters
    ----------
    steps : step sizes η_0, …, positive, shape (n,).
    start_norm, c0 : ‖w(0)‖ and the law's c₀, positive.

    Returns
    -------
    array of shape (n + 1,), starting at 0.

    Raises
    ------
    ValueError
        If a step, the norm or c₀ is not positive.

    Statements
    ----------
    ``lsz-lem-5``, ``lsz-rem-7-1``

    Examples
    --------
    >>> clock_plus([1.0], start_norm=1.0, c0=1.0).round(6)
    array([0.      , 0.620174])

    References
    ----------
    Lin, Sun and Zhang (2021), Lemma 5.
    """
    return _clock(steps, start_norm, c0, linear=2 * float(GAIN_CEILING) / c0**2)


def _clock(steps: Array, start_norm: float, c0: float, linear: float) -> Array:
    sizes = _check.finite_array("steps", steps, ndim=1)
    if np.any(sizes <= 0):
        raise _check.fail("steps", "positive", float(np.min(sizes)))
    start = (_check.positive("start_norm", start_norm) / _check.positive("c0", c0)) ** 2
    terms = sizes / np.sqrt(start + np.cumsum(sizes**2 + linear * sizes))
    return np.concatenate([[0.0], np.cumsum(terms)])
