"""Figures of the book: ``show(id)`` gives an output, ``FIGURES`` lists them all."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from lindyn import _check
from lindyn.figures import clz, eft, foundations, jt, lsz, synthesis
from lindyn.figures.picture import Panel, Picture

FIGURES: dict[str, Callable[[], Picture]] = {
    **foundations.FIGURES,
    **lsz.FIGURES,
    **clz.FIGURES,
    **eft.FIGURES,
    **jt.FIGURES,
    **synthesis.FIGURES,
}

__all__ = ["FIGURES", "Panel", "Picture", "show"]


def show(id: str) -> Picture:
    """Draw the figure with this id.

    Parameters
    ----------
    id : key of ``FIGURES``.

    Returns
    -------
    Picture
        Shown by a notebook as inline SVG; ``.alt`` says in words what the data show.

    Raises
    ------
    ValueError
        If no figure has that id; the message names the nearest.

    Examples
    --------
    >>> show("lsz-fig-1a-angle").alt[:27]
    'Panel "1 − cos θ" against t'
    """
    if id not in FIGURES:
        near = difflib.get_close_matches(str(id), FIGURES, n=3) or list(FIGURES)
        raise _check.fail("id", "the id of a figure", repr(id), f"Near: {', '.join(near)}.")
    return FIGURES[id]()
