"""Symbolic zero tests: a proof that an expression vanishes, or a point where it does not."""

from __future__ import annotations

import random
from typing import Any


def simplest(expression: Any) -> Any:
    """The expression simplified by a few routes; 0 when one of them proves that it vanishes."""
    import sympy

    expression = sympy.sympify(expression)
    if isinstance(expression, sympy.MatrixBase):
        rests = [simplest(entry) for entry in expression]
        return next((rest for rest in rests if rest != 0), sympy.Integer(0))
    expression = expression.doit()
    routes = (
        sympy.expand,
        sympy.simplify,
        lambda e: sympy.simplify(sympy.expand(e.rewrite(sympy.exp))),
        lambda e: sympy.simplify(sympy.expand_log(sympy.powsimp(e, force=True), force=True)),
    )
    for route in routes:
        rest = route(expression)
        if rest == 0:
            return rest
    return sympy.simplify(expression)


def distance_from_zero(expression: Any, points: int = 5) -> float:
    """The largest absolute value at a few seeded points: positive proves the expression not 0."""
    import sympy

    expression = sympy.sympify(expression)
    if isinstance(expression, sympy.MatrixBase):
        return max((distance_from_zero(entry, points) for entry in expression), default=0.0)
    expression = _without_functions(expression.doit())
    rng = random.Random(1)
    largest = 0.0
    for _ in range(points):
        values = {
            symbol: sympy.Integer(rng.randint(2, 5))
            if symbol.is_integer
            else sympy.Rational(rng.randint(20, 90), 97)
            for symbol in sorted(expression.free_symbols, key=str)
        }
        value = sympy.N(expression.subs(values), 30)
        if not value.is_number or value.has(sympy.nan, sympy.zoo, sympy.oo):
            continue
        if abs(value) > 1e-15:
            largest = max(largest, float(abs(value)))
    return largest


def _without_functions(expression: Any) -> Any:
    """Undefined functions and their derivatives replaced by symbols: all are free to vary."""
    import sympy
    from sympy.core.function import AppliedUndef

    for kind in (sympy.Derivative, sympy.Integral, AppliedUndef):
        for atom in sorted(expression.atoms(kind), key=lambda a: (-a.count_ops(), str(a))):
            expression = expression.subs(atom, sympy.Dummy(str(atom)))
    return expression
