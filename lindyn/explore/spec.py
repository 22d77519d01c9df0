"""What a widget is: controls, arrays computed from them, panels that draw the arrays.

An :class:`Exploration` holds everything the front end, the static picture and the tests need;
the mathematics is its one function ``compute``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lindyn._check import fail, real
from lindyn._wording import format_number

Arrays = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Control:
    """A range input; its *stops* are the nodes of the table, its position counts them from 0.

    ``scale`` says which values lie between two stops (a kernel computes there too): "linear",
    "log", or "choice" where there are none.  A control that is not ``tabulated`` only chooses
    what is emphasised; the arrays do not depend on it.
    """

    name: str
    label: str
    stops: tuple[float, ...]
    start: int
    scale: str
    unit: str = ""
    texts: tuple[str, ...] = ()
    tabulated: bool = True

    def value(self, position: float) -> float:
        """Value at a position; between stops by the control's scale."""
        last = len(self.stops) - 1
        position = real(self.name, position)
        if not 0 <= position <= last:
            raise fail(f"position of {self.name}", f"between 0 and {last}", position)
        below = math.floor(position)
        part = position - below
        if part == 0:
            return self.stops[below]
        if self.scale == "choice":
            raise fail(f"position of {self.name}", "a whole number", position)
        low, high = self.stops[below], self.stops[below + 1]
        if self.scale == "log":
            return low * (high / low) ** part
        return low + part * (high - low)

    def position(self, value: float | str) -> int:
        """Position of a stop (by its text, for a choice that has texts); else refused."""
        if self.texts:
            if value in self.texts:
                return self.texts.index(value)
            raise fail(self.name, f"one of {', '.join(map(repr, self.texts))}", repr(value))
        for place, stop in enumerate(self.stops):
            if math.isclose(stop, real(self.name, value), rel_tol=1e-12):
                return place
        stops = ", ".join(format_number(stop) for stop in self.stops)
        raise fail(self.name, f"one of {stops}", value, "Move the control for values between.")

    def code(self, position: float) -> str:
        """The value at a position as Python code."""
        if self.texts:
            return repr(self.texts[round(position)])
        return f"{self.value(position):.6g}"

    def text(self, position: float) -> str:
        """The value at a position as the reader sees it."""
        if self.texts:
            return self.texts[round(position)]
        return format_number(self.value(position)) + self.unit


@dataclass(frozen=True)
class Axis:
    """A panel's axis: label, "linear" or "log", range, and ticks where the usual ones do not do."""

    label: str
    scale: str
    range: tuple[float, float]
    ticks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True)
class Series:
    """A curve: names of its arrays, a style ("exact", "bound", "run"), its direct label.

    "cross" makes crosses where "run" makes dots.  More styles serve as a background: "guide", a
    thin line; "region", a tinted area whose border the arrays give; "bound-region", one that a
    theorem speaks of.
    The label stands ``side`` ("right", "left", "above", "below", "upper right", "lower left") of
    the point that lies the part ``at`` of the way along the curve, or of its lowest point.
    ``only = (control, position)``: drawn strong at that position of that control, else faint;
    a ``quiet`` label is shown if strong, a guide or a curve that stands ``alone`` is drawn if
    strong.
    """

    x: str
    y: str
    style: str
    label: str = ""
    at: float | Literal["low"] = 1.0
    side: str = "right"
    only: tuple[str, int] | None = None
    quiet: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Mark:
    """A labelled vertical line at the first entry of an array."""

    x: str
    label: str


@dataclass(frozen=True)
class Panel:
    """Axes, curves and marks; ``alt`` says what it shows; a ``wide`` one has a row of its own."""

    title: str
    alt: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    wide: bool = False


@dataclass(frozen=True)
class Exploration:
    """A widget's content.

    ``compute`` takes the values of the tabulated controls by name and gives the arrays named in
    ``fields`` (name, length), among them ``sentence``: which of ``sentences`` holds.  Braces in
    a sentence name a control or an array, a tilde is a space that does not break; ``indexed``
    names the control that picks the array's entry (else its first entry is meant).  ``fixed``
    arrays are the same at all positions.
    """

    name: str
    title: str
    claim: str
    controls: tuple[Control, ...]
    fields: tuple[tuple[str, int], ...]
    compute: Callable[..., Arrays]
    panels: tuple[Panel, ...]
    sentences: tuple[str, ...]
    fixed: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    indexed: Mapping[str, str] = field(default_factory=dict)

    @property
    def start(self) -> tuple[int, ...]:
        """Positions of the controls at first and after a reset."""
        return tuple(control.start for control in self.controls)

    @property
    def tabulated(self) -> tuple[Control, ...]:
        """The controls on which the arrays depend."""
        return tuple(control for control in self.controls if control.tabulated)

    def places(self, positions: tuple[float, ...]) -> dict[str, float]:
        """Position of each control by the control's name."""
        return dict(zip((c.name for c in self.controls), positions, strict=True))

    def drawn(self, panel: Panel, places: dict[str, float]) -> list[tuple[Series, bool]]:
        """The curves drawn at some positions, and which of them are strong."""
        pairs = [
            (series, series.only is None or places[series.only[0]] == series.only[1])
            for series in panel.series
        ]
        return [
            (series, strong)
            for series, strong in pairs
            if strong or not (series.alone or series.style == "guide")
        ]

    def entry(self, name: str, arrays: Arrays, places: dict[str, float]) -> float:
        """The one number meant by an array's name: the entry its control picks, else the first."""
        index = int(places[self.indexed[name]]) if name in self.indexed else 0
        return float(arrays[name][index])

    def at(self, positions: tuple[float, ...]) -> Arrays:
        """Arrays computed afresh at any positions of the controls."""
        pairs = zip(self.controls, positions, strict=True)
        arrays = self.compute(**{c.name: c.value(p) for c, p in pairs if c.tabulated})
        for name, length in self.fields:
            if np.shape(arrays.get(name)) != (length,):
                raise fail(f"array {name}", f"of {length} entries", np.shape(arrays.get(name)))
        return arrays

    def summary(self, arrays: Arrays, positions: tuple[float, ...]) -> str:
        """One sentence that says what is seen; the front end makes the same one."""
        places = self.places(positions)
        words = {c.name: c.text(places[c.name]) for c in self.controls}
        numbers = {name: format_number(self.entry(name, arrays, places)) for name, _ in self.fields}
        sentence = self.sentences[int(self.entry("sentence", arrays, places))]
        return sentence.replace("~", "\u00a0").format(**(numbers | words))

    def front_end(self) -> dict[str, Any]:
        """The part of this that the front end reads, as JSON data."""
        content = {k: v for k, v in vars(self).items() if k != "compute"}
        order = {control.name: place for place, control in enumerate(self.controls)}
        content["controls"] = [asdict(control) for control in self.controls]
        content["panels"] = [asdict(panel) for panel in self.panels]
        content["indexed"] = {name: order[control] for name, control in self.indexed.items()}
        content["fixed"] = {name: list(values) for name, values in self.fixed.items()}
        content["start"] = list(self.start)
        return content
