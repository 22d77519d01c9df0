"""Figures whose panels are figures of their own as well: :func:`whole_and_parts`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from lindyn.figures.picture import Arrays, Picture, assemble

Drawn = tuple[Callable[..., None], Callable[[Arrays], str]]


def whole_and_parts(
    id: str, compute: Callable[[], Arrays], panels: Mapping[str, Drawn], columns: int
) -> dict[str, Callable[[], Picture]]:
    """The figure of all panels under its id, and each panel alone under ``id-name``.

    Parameters
    ----------
    id : of the whole figure.
    compute : gives the arrays.
    panels : by name, how each is drawn, as ``draw(axes, data=arrays)``, and its words.
    columns : of the whole figure.

    Returns
    -------
    dict
        Functions that draw the figures, by id.
    """

    def picture(id: str, names: tuple[str, ...]) -> Picture:
        data = compute()
        drawers, words = zip(*(panels[name] for name in names), strict=True)
        return assemble(id, data, drawers, [say(data) for say in words], columns)

    alone = {f"{id}-{name}": partial(picture, f"{id}-{name}", (name,)) for name in panels}
    return {id: partial(picture, id, tuple(panels)), **alone}
