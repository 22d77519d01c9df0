"""A widget's public function, from its signature and its content: :func:`shows`."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, ParamSpec

from lindyn.explore.spec import Control, Exploration
from lindyn.explore.widget import Explorer

P = ParamSpec("P")

_EXAMPLES = "Examples\n--------\n"
_OUTCOME = """\
Returns
-------
Explorer
    The widget; show it as the value of a cell.

Raises
------
ValueError
    If a value is not a stop of its control; the message lists the stops.

"""


def shows(exploration: Exploration) -> Callable[[Callable[P, Any]], Callable[P, Explorer]]:
    """Make a function without a body one that shows the exploration.

    Its parameters are the controls, None where they stay as they are at first.  Its docstring
    describes them, and has examples; the stops, and what the function returns and raises, are
    added to it.

    Parameters
    ----------
    exploration
        The content of the widget.

    Returns
    -------
    Callable
        The decorator.

    Raises
    ------
    ValueError
        If the parameters are not the controls, or the docstring does not describe them all.
    """

    def decorate(function: Callable[P, Any]) -> Callable[P, Explorer]:
        signature = inspect.signature(function)
        names = {control.name for control in exploration.controls}
        if set(signature.parameters) != names:
            raise ValueError(f"{exploration.name}: its parameters are not {sorted(names)}")

        @functools.wraps(function)
        def show(*args: P.args, **kwargs: P.kwargs) -> Explorer:
            return Explorer(exploration, **signature.bind(*args, **kwargs).arguments)

        show.__doc__ = _completed(inspect.getdoc(function) or "", exploration)
        return show

    return decorate


def _completed(doc: str, exploration: Exploration) -> str:
    """The docstring with the stops of every control, and with what comes back."""
    for control in exploration.controls:
        line = rf"^{control.name}$"
        doc, found = re.subn(line, lambda _, c=control: f"{c.name} : {_choice(c)}", doc, flags=re.M)
        if found != 1:
            raise ValueError(f"{exploration.name}: {control.name} is described {found} times")
    head, examples, tail = doc.partition(_EXAMPLES)
    return head + _OUTCOME + examples + tail


def _choice(control: Control) -> str:
    """Stops and start of a control, as numpydoc writes a choice."""
    stops = ", ".join(control.code(place) for place in range(len(control.stops)))
    return f"{{{stops}}}, default {control.code(control.start)}"
