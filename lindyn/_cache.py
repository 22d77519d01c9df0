"""Results that are computed once a run: stored under the hash of the package's source.

The book build, nbval and the tests need the same figure arrays and the same check reports.
Any change of the package's Python source or data changes the key, so nothing stale is read.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

PACKAGE = Path(__file__).parent


def cache_folder() -> Path:
    """Where results lie: ``$LINDYN_CACHE``, else the user's cache folder."""
    named = os.environ.get("LINDYN_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lindyn"


@functools.cache
def source_hash() -> str:
    """Hash of every source and data file of the package, and of the libraries it computes with."""
    import numpy
    import scipy

    digest = hashlib.sha256(f"{numpy.__version__} {scipy.__version__}".encode())
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".json", ".yml"} and path.is_file():
            digest.update(str(path.relative_to(PACKAGE)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


def cached(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what ``function`` returns on disk, keyed by its name, arguments and the source hash."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        call = repr((function.__module__, function.__qualname__, args, sorted(kwargs.items())))
        name = hashlib.sha256(call.encode()).hexdigest()[:24]
        path = cache_folder() / source_hash() / f"{name}.pickle"
        if path.exists():
            return pickle.loads(path.read_bytes())
        value = function(*args, **kwargs)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and moved, so that a parallel reader never sees half a file.
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(pickle.dumps(value))
        os.replace(file.name, path)
        return value

    return wrapper
