"""Bounds of Lin, Sun and Zhang (2021) for deep linear networks, and ours for the same quantities.

Times are those of gradient flow on the layers; N is the depth, rho_0 = ‖w(0)‖, theta_0 = θ(0),
and T marks values at the turning time.
"""

from __future__ import annotations

import sympy as sp

from lindyn.bounds.bound import Bound
from lindyn.bounds.lsz import GAIN_CEILING

_t, _T = sp.symbols("t T", nonnegative=True)
_N, _c0, _rho0, _rho_end, _K = sp.symbols("N c_0 rho_0 rho_T K", positive=True)
_theta0, _theta_end = sp.symbols("theta_0 theta_T", nonnegative=True)
_A1, _A2, _B1, _B2, _C1 = sp.symbols("A_1 A_2 B_1 B_2 C_1", real=True)
_D, _F, _alpha = sp.symbols("D F alpha", positive=True)
_E = sp.Symbol("E", real=True)
_growth = sp.Symbol("0.6", positive=True)  # 2 × 0.3, typeset as the paper prints it
_NUMERALS = {_growth: 2 * GAIN_CEILING}

_contrast = (1 + sp.cos(_theta0)) / (1 - sp.cos(_theta0))
_ANGLE, _NORM, _RATES, _LATE = "lsz/deep", "lsz/deep-norm", "lsz/deep-rates", "lsz/late-time"
_COS_AT_LEAST = r"\cos\theta(t) \ge"

_BOUNDS = (
    Bound(
        "lsz-prop-4",
        _ANGLE,
        r"\cos\theta(t) =",
        1 - 2 / (_C1 * sp.exp(2 * _c0 * _t / sp.pi) + 1),
        {_C1: _contrast},
    ),
    Bound(
        "lsz-lem-8-i-upper",
        _NORM,
        r"\lVert w(t)\rVert \le",
        (_rho0 ** (2 / _N) + _growth * _t) ** (_N / 2),
        {},
        _NUMERALS,
    ),
    Bound(
        "lsz-lem-8-i-lower",
        _NORM,
        r"\lVert w(t)\rVert \ge",
        (_rho0 ** (2 / _N - 1) + (_N - 2) * _c0 * _t) ** (-_N / (_N - 2)),
    ),
    Bound(
        "own-norm-floor",
        _NORM,
        r"\lVert w(t)\rVert \ge",
        _rho0 * ((1 + sp.cos(_theta0)) / 2) ** _N,
    ),
    Bound(
        "lsz-thm-3-i",
        _RATES,
        _COS_AT_LEAST,
        1 - 2 / (_C1 * (_A1 * _t / _B1 + 1) ** _alpha + 1),
        {
            _A1: (_N - 2) * _c0,
            _B1: _rho0 ** (2 / _N - 1),
            _C1: _contrast,
            _alpha: 2 / ((_N - 2) * sp.pi),
        },
    ),
    Bound(
        "lsz-thm-3-ii",
        _RATES,
        _COS_AT_LEAST,
        1 - 2 / (sp.exp(_A2 * (_t - _T) + _B2) + 1),
        {
            _A2: 2 * _c0 * _rho_end ** (1 - 2 / _N) / sp.pi,
            _B2: -2 * sp.log(sp.tan(_theta_end / 2)),
        },
    ),
    Bound(
        "lsz-thm-3-upper",
        _RATES,
        r"\cos\theta(t) \le",
        1 - 2 / (sp.exp(_F * ((_growth * _t + _D) ** (_N / 2) - _D ** (_N / 2)) + _E) + 1),
        {
            _D: _rho0 ** (2 / _N),
            _E: -2 * sp.log(sp.tan(_theta0 / 2)),
            _F: 4 * _c0 / (_growth * _N * sp.pi),
        },
        _NUMERALS,
    ),
    Bound(
        "own-deep-exponential",
        _RATES,
        _COS_AT_LEAST,
        1 - 2 / (_C1 * sp.exp(_A1 * _t) + 1),
        {
            _A1: 2 * _c0 * (_rho0 * ((1 + sp.cos(_theta0)) / 2) ** _N) ** (1 - 2 / _N) / sp.pi,
            _C1: _contrast,
        },
    ),
    Bound(
        "own-late-ceiling",
        _LATE,
        r"\lVert w(t)\rVert^{(N+2)/N} \le",
        _rho0 ** ((_N + 2) / _N) + (_N + 2) * _K * _t,
    ),
)

BOUNDS: dict[str, Bound] = {bound.id: bound for bound in _BOUNDS}
