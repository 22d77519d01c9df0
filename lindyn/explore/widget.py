"""The one widget class: an anywidget whose front end draws any :class:`Exploration`.

One object, three outputs.  With a kernel, moving a control sends its position here, and the
arrays come back computed exactly.  On a published page the front end reads the table that is part
of the widget's stored state.  In print and without JavaScript there is the static picture.
"""

from __future__ import annotations

import base64
import html
from collections import Counter
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from lindyn._check import fail
from lindyn.explore import picture, table
from lindyn.explore.spec import Exploration

_STATIC = Path(__file__).parent / "static"
_MODULES = ("numbers.js", "labels.js", "panel.js", "explorer.js")
_made: Counter[str] = Counter()

STARTER = _STATIC / "starter.js"
"""The script that starts the widgets of a published page."""


def _new_id(name: str) -> str:
    # Counted, not random, so that a page built twice is the same page.
    _made[name] += 1
    return f"lindyn-{name}-{_made[name]}"


class Explorer(anywidget.AnyWidget):
    """A widget that shows an :class:`~lindyn.explore.spec.Exploration`.

    Parameters
    ----------
    exploration
        The content.
    **values
        Values of the controls at first, each one of its stops; a reset returns to them.

    Raises
    ------
    ValueError
        For a control the widget does not have, or a value that is not a stop.
    """

    _esm = "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in _MODULES)
    _css = (_STATIC / "explorer.css").read_text(encoding="utf-8")

    spec = traitlets.Dict().tag(sync=True)
    table = traitlets.Bytes().tag(sync=True)
    positions = traitlets.List(traitlets.Float()).tag(sync=True)
    data = traitlets.Bytes().tag(sync=True)
    computed_at = traitlets.List(traitlets.Float()).tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)

    def __init__(self, exploration: Exploration, **values: float | str | None) -> None:
        self._exploration = exploration
        start = self._positions_of(values)
        name = _new_id(exploration.name)
        super().__init__(
            model_id=name,
            layout=ipywidgets.Layout(model_id=f"{name}-layout"),
            spec=exploration.front_end() | {"start": start},
            table=table.table(exploration.name),
            positions=start,
        )
        self._start = start
        self._recompute()
        self.observe(self._recompute, names="positions")

    def _positions_of(self, values: dict[str, float | str | None]) -> list[float]:
        controls = {control.name: control for control in self._exploration.controls}
        positions = {name: float(control.start) for name, control in controls.items()}
        for name, value in values.items():
            if name not in controls:
                raise fail("control", f"one of {', '.join(map(repr, controls))}", repr(name))
            if value is not None:
                positions[name] = float(controls[name].position(value))
        return list(positions.values())

    @property
    def exploration(self) -> Exploration:
        """The content shown."""
        return self._exploration

    def _recompute(self, _change: Any = None) -> None:
        """Compute the arrays at the present positions; an error is shown and raised."""
        try:
            arrays = self._exploration.at(tuple(self.positions))
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"
            raise
        with self.hold_sync():
            self.error = ""
            self.data = table.pack(self._exploration, arrays).astype("<f8").tobytes()
            self.computed_at = list(self.positions)

    def __repr__(self) -> str:
        """The call that makes this widget."""
        pairs = zip(self._exploration.controls, self.positions, strict=True)
        values = ", ".join(f"{control.name}={control.code(place)}" for control, place in pairs)
        return f"explore.{self._exploration.name}({values})"

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, Any]:
        """Live widget, slot with the static picture, PDF, text: the reader's program chooses."""
        start = tuple(self._start)
        words = picture.words(self._exploration, start)
        drawn = picture.draw(self._exploration, start, self.model_id)
        slot = (
            f'<div class="lm-widget" data-model-id="{html.escape(self.model_id)}">'
            f'<figure class="lm-picture">{drawn.html}'
            f"<figcaption>{html.escape(words)}</figcaption></figure></div>"
        )
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return {
            "application/vnd.jupyter.widget-view+json": view,
            "text/html": slot,
            "application/pdf": base64.b64encode(drawn.pdf).decode(),
            "text/plain": words,
        }
