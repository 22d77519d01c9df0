"""One bound: a symbolic expression that is typeset on the page and evaluated in the checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.printing.latex import LatexPrinter


class _Typesetter(LatexPrinter):
    """Sums in the order of the source, what is subtracted last; words as indices upright."""

    def _as_ordered_terms(self, expr: sp.Add, order: str | None = None) -> list[sp.Expr]:
        return sorted(expr.args, key=lambda term: term.could_extract_minus_sign())

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        """An index that is a word stands upright."""
        tex = super()._print_Symbol(expr, style)
        return re.sub(r"_\{(max|min|low)\}", r"_{\\mathrm{\1}}", tex)


def typeset(expression: sp.Expr) -> str:
    """LaTeX of an expression, terms in the order in which the source writes them."""
    settings = {"ln_notation": True, "mul_symbol": r"\,"}
    return str(_Typesetter(settings).doprint(expression))


@dataclass(frozen=True)
class Bound:
    r"""A bound of a theorem, or a quantity that such a bound is made of.

    ``expression`` may use the symbols of ``constants``; their own expressions are typeset on a
    second line and substituted before anything is evaluated.

    Parameters
    ----------
    id : ledger id of the statement.
    page : page that shows :attr:`latex`.
    left : LaTeX of what is bounded, with the relation, such as ``\cos\theta(t) \ge``.
    expression : sympy expression of the bound.
    constants : symbols of the paper's constants and their expressions, in the order of print.
    numerals : symbols that stand for numbers and are typeset by their name, such as ``0.6``.

    Statements
    ----------
    The statement named by ``id``.

    Examples
    --------
    >>> import sympy as sp
    >>> t, A, k = sp.symbols("t A k", positive=True)
    >>> bound = Bound("own-example", "page", r"x \le", sp.exp(-A * t), {A: 2 * k})
    >>> print(bound.latex)
    \begin{aligned}
    &x \le e^{- A\,t}, \\
    &A = 2\,k
    \end{aligned}
    >>> float(bound(t=1.0, k=0.0))
    1.0
    """

    id: str
    page: str
    left: str
    expression: sp.Expr
    constants: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    numerals: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)

    @cached_property
    def latex(self) -> str:
        """The formula exactly as the page must show it."""
        head = f"{self.left} {typeset(self.expression)}"
        if not self.constants:
            return head
        definitions = (f"{typeset(s)} = {typeset(value)}" for s, value in self.constants.items())
        lines = ", \\\\\n&".join((head, *definitions))
        return f"\\begin{{aligned}}\n&{lines}\n\\end{{aligned}}"

    @cached_property
    def expanded(self) -> sp.Expr:
        """The expression in the problem's own quantities, all constants substituted."""
        expression = self.expression
        for symbol, value in reversed(list(self.constants.items())):
            expression = expression.subs(symbol, value)
        return expression.subs(dict(self.numerals))

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names of the quantities the bound depends on, sorted; pass them as keywords."""
        return tuple(sorted(str(symbol) for symbol in self.expanded.free_symbols))

    @cached_property
    def _function(self) -> Any:
        symbols = sorted(self.expanded.free_symbols, key=str)
        # Names such as eta_+ are no Python names: dummify.
        return sp.lambdify(symbols, self.expanded, modules=["scipy", "numpy"], dummify=True)

    def __call__(self, **values: Any) -> NDArray[np.float64]:
        """The bound's value, broadcast over array arguments.

        Raises
        ------
        TypeError
            If an argument is missing or unknown; the message lists those expected.
        """
        if set(values) != set(self.arguments):
            raise TypeError(f"{self.id}: takes {self.arguments}; came {tuple(sorted(values))}")
        arrays = [np.asarray(values[name], dtype=float) for name in self.arguments]
        # e^{At} may overflow to inf: then 2/(e^{At} + 1) is the correct limit 0.
        with np.errstate(over="ignore", divide="ignore"):
            value = self._function(*np.broadcast_arrays(*arrays))
        return np.asarray(np.real(value), dtype=float)  # Lambert's W comes with a zero part
