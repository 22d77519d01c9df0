"""The decorator that makes a widget's public function."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable

import numpy as np
import pytest

from lindyn import explore
from lindyn.explore import table
from lindyn.explore.shows import shows
from lindyn.explore.spec import Control, Exploration
from lindyn.explore.widget import Explorer

EXPLORATION = Exploration(
    name="example",
    title="Example",
    claim="It is there.",
    controls=(
        Control("size", "Size", (0.5, 1, 2), 1, "log"),
        Control("kind", "Kind", (0, 1), 0, "choice", texts=("round", "square")),
    ),
    fields=(("sentence", 1),),
    compute=lambda size, kind: {"sentence": np.zeros(1)},
    panels=(),
    sentences=("Nothing.",),
)
EVERY = {exploration.name: exploration for exploration in table.explorations()}


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Explorer]:
    monkeypatch.setattr(table, "table", lambda name: b"")

    @shows(EXPLORATION)
    def example(kind: str | None = None, size: float | None = None) -> Explorer:
        """Nothing at all.

        More words.

        Parameters
        ----------
        kind
            What it is like.
        size
            How large
            it is.

        Examples
        --------
        >>> 1 + 1
        2
        """

    return example


def test_docstring_gets_stops_and_outcome(example: Callable[..., Explorer]) -> None:
    assert example.__doc__ == inspect.cleandoc(
        """Nothing at all.

        More words.

        Parameters
        ----------
        kind : {'round', 'square'}, default 'round'
            What it is like.
        size : {0.5, 1, 2}, default 1
            How large
            it is.

        Returns
        -------
        Explorer
            The widget; show it as the value of a cell.

        Raises
        ------
        ValueError
            If a value is not a stop of its control; the message lists the stops.

        Examples
        --------
        >>> 1 + 1
        2"""
    )


def test_a_call_gives_the_widget_at_the_values(example: Callable[..., Explorer]) -> None:
    assert repr(example()) == "explore.example(size=1, kind='round')"
    assert repr(example("square", size=2)) == "explore.example(size=2, kind='square')"
    assert repr(example(None, 0.5)) == "explore.example(size=0.5, kind='round')"


def test_bad_calls_are_refused(example: Callable[..., Explorer]) -> None:
    with pytest.raises(ValueError, match="size: must be one of 0.5, 1, 2"):
        example(size=3)
    with pytest.raises(TypeError, match="colour"):
        example(colour=1)
    with pytest.raises(ValueError, match="control: must be one of 'size', 'kind'; came 'colour'"):
        Explorer(EXPLORATION, colour=1)


def test_a_function_that_does_not_fit_is_refused() -> None:
    def without_kind(size: float | None = None) -> Explorer: ...

    def undescribed(size: float | None = None, kind: str | None = None) -> Explorer:
        """Nothing.

        Parameters
        ----------
        kind
            What it is like.
        """

    with pytest.raises(ValueError, match=r"example: its parameters are not \['kind', 'size'\]"):
        shows(EXPLORATION)(without_kind)
    with pytest.raises(ValueError, match="example: size is described 0 times"):
        shows(EXPLORATION)(undescribed)


@pytest.mark.parametrize("name", EVERY)
def test_public_functions_are_typed_described_and_have_an_example(name: str) -> None:
    function = getattr(explore, name)
    assert (function.__name__, function.__module__) == (name, f"lindyn.explore.{name}")
    parameters = inspect.signature(function).parameters
    hints = typing.get_type_hints(function)
    assert hints.pop("return") is Explorer
    assert list(hints) == list(parameters)
    assert all(parameter.default is None for parameter in parameters.values())
    headings = re.findall(r"^(\w+)\n-+$", function.__doc__, flags=re.M)
    assert headings == ["Parameters", "Returns", "Raises", "Examples"]
    assert f">>> {name}(" in function.__doc__
