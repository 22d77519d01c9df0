"""Weights of a deep linear network: product, layer gradients, imbalance, alignment.

Weights are a tuple ``(W_1, …, W_N)`` from the input layer to the output layer, ``W_k`` of shape
``(d_k, d_{k-1})``.  The network maps ``x`` to ``W_N ⋯ W_1 x``.
"""

from lindyn.networks.balance import balanced, imbalance
from lindyn.networks.layer_alignment import Alignment, alignment
from lindyn.networks.product import Weights, chain_rule, end_to_end, layer_gradients, multiply

__all__ = [
    "Alignment",
    "Weights",
    "alignment",
    "balanced",
    "chain_rule",
    "end_to_end",
    "imbalance",
    "layer_gradients",
    "multiply",
]
