"""The papers' bounds as symbolic expressions: one source for the page and for the numbers."""

from lindyn.bounds.bound import Bound

__all__ = ["Bound"]
