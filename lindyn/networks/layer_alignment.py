"""Alignment of the layers: how near they are to rank one, and neighbours to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lindyn import _check
from lindyn._check import Array


@dataclass(frozen=True)
class Alignment:
    r"""How near the layers are to rank one, and neighbours to each other.

    ``ratios[k-1]`` is ‖W_k‖₂/‖W_k‖_F (shape (N,)); ``inner[k-1]`` is
    :math:`\lvert\langle v_{k+1}, u_k\rangle\rvert` for the leading singular vectors of
    neighbouring layers (shape (N-1,)).
    """

    ratios: Array
    inner: Array


def alignment(weights: Sequence[Array]) -> Alignment:
    r"""Ratios and inner products that Ji and Telgarsky's alignment is about.

    Equation: :math:`\lVert W_k\rVert_2/\lVert W_k\rVert_F` for every layer and
    :math:`|\langle v_{k+1}, u_k\rangle|` for neighbours, where :math:`u_k, v_k` are the leading
    left and right singular vectors of :math:`W_k`.  Where a layer's two largest singular values
    are equal, its leading vectors are not unique and ``.inner`` is that of one choice.

    Parameters
    ----------
    weights : sequence of arrays, input layer first.

    Returns
    -------
    Alignment
        ``.ratios`` of shape (N,), ``.inner`` of shape (N-1,).

    Raises
    ------
    ValueError
        If a layer is zero: its leading singular vectors do not exist.

    Statements
    ----------
    ``jt-lem-2-6-i``, ``jt-lem-2-6-ii``, ``jt-thm-2-2-iii``

    Examples
    --------
    >>> import numpy as np
    >>> found = alignment((np.diag([3.0, 4.0]), np.array([[0.0, 2.0]])))
    >>> found.ratios.round(3), found.inner
    (array([0.8, 1. ]), array([1.]))

    References
    ----------
    Ji and Telgarsky (2019), Lemma 2.6.
    """
    layers = _check.weights_chain("weights", weights)
    ratios, left, right = [], [], []
    for k, layer in enumerate(layers):
        size = np.max(np.abs(layer))
        if size == 0:
            raise _check.fail(f"weights[{k}]", "non-zero", "the zero matrix")
        u, s, vt = np.linalg.svd(layer / size, full_matrices=False)
        ratios.append(s[0] / np.linalg.norm(s))
        left.append(u[:, 0])
        right.append(vt[0])
    inner = [abs(float(v @ u)) for u, v in zip(left[:-1], right[1:], strict=True)]
    return Alignment(np.array(ratios), np.array(inner))
