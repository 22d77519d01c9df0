"""A function at every point of a grid: :func:`sweep`."""

from __future__ import annotations

import hashlib
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lindyn import _check
from lindyn._check import Array
from lindyn.sweeps.grid import Grid, Point, point_generator, point_key
from lindyn.sweeps.store import Store, Values

ONLY = ""  # the name of a result that is not a mapping
IN_FLIGHT = 256  # tasks handed to an executor at once
Task = list[tuple[str, Point]]


class PointError(RuntimeError):
    """The function failed at a point; the message names the point and the first error."""


@dataclass(frozen=True)
class Sweep:
    """Results at the points of a grid.

    Attributes
    ----------
    axes : the values of each parameter, in the order of the axes; empty for a list of points.
    values : result by name; the axes of the grid come first, then those of one result; a function
        that returns a bare number or array has the one name ``""``, which ``array`` gives.
    """

    axes: Mapping[str, tuple[Any, ...]]
    values: Values

    @property
    def array(self) -> Array:
        """The results of a function that returns one number or array."""
        if set(self.values) != {ONLY}:
            raise _check.fail(
                "array", "the results of a function with one value", sorted(self.values)
            )
        return self.values[ONLY]

    def __getitem__(self, name: str) -> Array:
        return self.values[name]


def sweep(
    function: Callable[..., Any],
    grid: Mapping[str, Sequence[Any]] | Sequence[Point],
    executor: Executor | None = None,
    *,
    seed: int = 0,
    store: str | Path | None = None,
    chunk: int = 1,
    progress: bool = True,
) -> Sweep:
    r"""Evaluate ``function(**point)`` at every point of a grid.

    Parameters
    ----------
    function : called with the parameters of a point by name, and with ``rng`` besides if it has a
        parameter of that name: a generator that depends on ``seed`` and the point alone, so that
        results do not depend on the order, the number of workers or the rest of the grid.  Returns
        a number, an array, or a mapping from names to numbers or arrays, of one shape for all
        points.  With processes it has to be importable, as always there.
    grid : a mapping from parameter names to values (all combinations are points), or a list of
        mappings (these are the points).
    executor : any :class:`concurrent.futures.Executor`: a ``ProcessPoolExecutor``, that of a Dask
        client (``client.get_executor()``), the ``MPIPoolExecutor`` of mpi4py; by default the
        points are evaluated here, one after the other.  It is not shut down.
    seed : of the generators, an integer of at least 0.
    store : a file that keeps every finished point.  Called again with the same function and seed,
        only points that are missing are evaluated; other grids may share the file.
    chunk : points to a task; more than one where a point takes less than the hand-over, some
        milliseconds.  The points of a task are stored together.
    progress : show a progress bar.

    Returns
    -------
    Sweep
        ``.axes``, ``.values`` by name, ``.array`` for bare results.

    Raises
    ------
    ValueError
        For a grid without points, parameters that are no numbers, strings, arrays or tuples, a
        result of another kind or shape, or a store of another function or seed.
    PointError
        If the function fails.  Points that were finished until then are in the store.

    Examples
    --------
    >>> from lindyn import RankOneFlow
    >>> def size(depth, start):
    ...     return float(RankOneFlow([[1.0]], [1.0], [1.0], s=start, depth=depth).at(2.0).s)
    >>> found = sweep(size, {"depth": [2, 3, 4], "start": [0.1, 0.5]}, progress=False)
    >>> found.array.shape, bool(found.array[0, 0] > 0.8)
    ((3, 2), True)
    >>> def mean(n, rng):
    ...     return rng.standard_normal(n).mean()
    >>> one, two = (sweep(mean, [{"n": n}, {"n": 5}], progress=False).array for n in (3, 4))
    >>> bool(one[1] == two[1])
    True
    """
    points = Grid.of(grid)
    seed, chunk = _check.integer("seed", seed), _check.integer("chunk", chunk, least=1)
    keyed = [(point_key(point), point) for point in points]
    results: dict[str, Values] = {}
    kept = None if store is None else Store(store, _owner(function, seed))
    try:
        if kept is not None:
            results |= kept.read(key for key, _ in keyed)
        missing = {key: point for key, point in keyed if key not in results}
        with _bar(len(keyed), len(keyed) - len(missing), progress) as bar:
            for task in _evaluated(function, seed, list(missing.items()), executor, chunk):
                results |= task
                if kept is not None:
                    kept.write(task)
                bar.update(len(task))
    finally:
        if kept is not None:
            kept.close()
    return Sweep(points.axes or {}, _stacked([results[key] for key, _ in keyed], points.shape))


def _bar(total: int, done: int, shown: bool) -> Any:
    from tqdm.auto import tqdm  # slow to import

    return tqdm(total=total, initial=done, unit="point", disable=not shown)


def _owner(function: Callable[..., Any], seed: int) -> str:
    """Function, its source, and seed: what a stored result depends on besides its point."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):  # built in, or typed at a prompt
        source = ""
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{function.__module__}.{name} {digest}, seed {seed}"


def _evaluated(
    function: Callable[..., Any], seed: int, work: Task, executor: Executor | None, chunk: int
) -> Iterator[dict[str, Values]]:
    """Results, task by task, in the order in which they finish."""
    tasks = [work[begin : begin + chunk] for begin in range(0, len(work), chunk)]
    if executor is None:
        for task in tasks:
            yield _run(function, seed, task)
        return
    running: set[Future[dict[str, Values]]] = set()
    waiting = iter(tasks)
    try:
        while True:
            for task in itertools.islice(waiting, IN_FLIGHT - len(running)):
                running.add(executor.submit(_run, function, seed, task))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            # What has succeeded is handed on before a failure ends the sweep.
            for future in sorted(done, key=lambda one: one.exception() is not None):
                yield future.result()
    finally:
        for future in running:
            future.cancel()


def _run(function: Callable[..., Any], seed: int, task: Task) -> dict[str, Values]:
    """Evaluate the points of a task; runs on a worker."""
    random = "rng" in inspect.signature(function).parameters
    results = {}
    for key, point in task:
        extra = {"rng": point_generator(seed, key)} if random else {}
        try:
            value = function(**point, **extra)
        except Exception as error:
            raise PointError(f"{dict(point)}: {type(error).__name__}: {error}") from error
        results[key] = _named(value, point)
    return results


def _named(value: Any, point: Point) -> Values:
    named = value if isinstance(value, Mapping) else {ONLY: value}
    arrays = {str(name): np.asarray(entry) for name, entry in named.items()}
    for name, array in arrays.items():
        if array.dtype.kind not in "biufcUS":
            raise _check.fail(
                "function", "a result of numbers or strings", f"{name or 'a result'} {array.dtype}"
            ) from None
    return arrays


def _stacked(results: Sequence[Values], shape: tuple[int, ...]) -> Values:
    first = results[0]
    shapes = {name: array.shape for name, array in first.items()}
    for found in results:
        other = {name: array.shape for name, array in found.items()}
        if other != shapes:
            raise _check.fail(
                "function", "results of one shape at all points", f"{shapes} and {other}"
            )
    return {
        name: np.stack([found[name] for found in results]).reshape(*shape, *first[name].shape)
        for name in first
    }
