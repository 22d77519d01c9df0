"""Bounds of Eftekhari (2020), corrected where print is wrong, and ours beside them.

Times are those of gradient flow on the layers with the risk ½‖Y − WX‖², XXᵀ = mI.  N is the depth,
γ_Z = σ₂/σ₁, c = a₁b₁, L = ½‖Z₁ − W‖² with its parts T_1 = ½(s − σ₁c)² and T_2 = σ₁²(1 − c);
α and β are those of the set N_{α,β}.  A 0 marks values at the start of the phase looked at, and
θ is the time at which s comes down to √6 σ₁.
"""

from __future__ import annotations

import sympy as sp

from lindyn.bounds.bound import Bound

_t, _tau = sp.symbols("t tau", nonnegative=True)
_N, _m, _s, _s0, _s1, _s2 = sp.symbols("N m s s_0 sigma_1 sigma_2", positive=True)
_alpha, _beta, _gap = sp.symbols("alpha beta gamma_Z", positive=True)
_c = sp.Symbol("c", real=True)
_T1, _T2, _L, _L0, _theta = sp.symbols("T_1 T_2 L L_0 theta", positive=True)
_ra, _rb, _eps, _C = sp.symbols("r_a r_b epsilon C", positive=True)
_p1, _p2, _D, _angle = sp.symbols("p_1 p_2 D_N theta_0", positive=True)

STABLE, RATES, NEARBY = "eft/stable-set", "eft/rates", "eft/nearby"
_SLOPE = r"\frac{dL_{1,1}}{dt} \le"
_DISTANCE = r"\lVert Z_1 - W(t)\rVert_F^2 \le"
_LATE = r"\lVert W(t) - Z_1\rVert_F \sim"

_power = 2 - 2 / _N
_clock = _m * _s**_power
_unit = _m * _s1**_power

_BOUNDS = (
    Bound(
        "own-stable-floor",
        STABLE,
        r"s(t) \ge",
        sp.Min(_s0, _s1 * (_alpha - _gap * (1 - _alpha))),
    ),
    Bound(
        "eft-lem-4-2",
        RATES,
        _SLOPE,
        _clock
        * (
            sp.sqrt(2) * _N * _gap * sp.sqrt(_T1) * sp.sqrt(_T2)
            + 2 * _gap * sp.Abs(_c) * _T2
            - 2 * _N * _T1
            - 2 * _c * _T2
        ),
    ),
    Bound(
        "eft-thm-4-4-a",
        RATES,
        _DISTANCE,
        2 * _L0 * sp.exp(-_ra * _t),
        {_ra: _N * _unit * ((_alpha - _gap) ** _power - 2 * _gap * _beta**_power)},
    ),
    Bound(
        "eft-thm-4-4-b",
        RATES,
        _DISTANCE,
        2 * _L0 * sp.exp(-_rb * (_t - _theta)),
        {_rb: _unit * (_alpha * (_alpha - _gap) ** _power - 2 * _gap * _N * _beta**_power)},
    ),
    Bound(
        "eft-thm-4-4-complexity",
        RATES,
        r"t \ge",
        sp.log(_C / _eps) / _rb - _theta * (_ra / _rb - 1),
    ),
    Bound(
        "own-loss-decay-nearby",
        RATES,
        _DISTANCE,
        2 * _L0 * sp.exp(-_rb * _t),
        {
            _rb: _unit
            * (_alpha - _gap) ** _power
            * (2 * _alpha * (1 - _gap) - _N * _gap / sp.sqrt(2))
        },
    ),
    Bound(
        "own-faraway-rate",
        RATES,
        r"\theta \le",
        ((sp.sqrt(6) * _s1) ** (-_power) - _s0 ** (-_power))
        / (2 * _m * (_N - 1) * (1 - 1 / sp.sqrt(6))),
    ),
    Bound(
        "own-linear-rate-any-gap",
        RATES,
        r"1 - c(t) \le",
        1 / (_alpha / (1 - _alpha) * sp.exp(_rb * _t) + 1),
        {_rb: 2 * _unit * (1 - _gap) * (_alpha - _gap) ** (1 - 2 / _N)},
    ),
    Bound(
        "own-loss-two-sided",
        RATES,
        r"\frac{dL}{dt} \le",
        -2 * _clock * _L,
    ),
    Bound(
        "own-loss-two-sided-below",
        RATES,
        r"\frac{dL}{dt} \ge",
        -2 * _N * _clock * _L,
    ),
    Bound(
        "own-nearby-rate",
        NEARBY,
        _LATE,
        sp.sqrt(2) * _s1 * _p2 / _p1 * sp.exp((_s1 - _s2) * _D) * sp.exp(-_rb * _t),
        {_rb: _m * (_s1 - _s2) * _s1 ** (1 - 2 / _N)},
    ),
    Bound(
        "own-nearby-rate-scalar",
        NEARBY,
        _LATE,
        2 * _s1 * sp.tan(_angle / 2) * sp.exp(_s1 * _D) * sp.exp(-_unit * _t),
    ),
    Bound(
        "own-nearby-rate-aligned",
        NEARBY,
        _LATE,
        _s1**2 * sp.Abs(1 / _s0 - 1 / _s1) * sp.exp(_N * _s1 * _D) * sp.exp(-_N * _unit * _t),
    ),
)

BOUNDS: dict[str, Bound] = {bound.id: bound for bound in _BOUNDS}
