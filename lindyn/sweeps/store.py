"""Finished points on disk: one SQLite file, which no interruption leaves half written."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from lindyn import _check
from lindyn._check import Array

Values = Mapping[str, Array]


class Store:
    """Results by the key of their point, in a file that belongs to one function and one seed.

    Parameters
    ----------
    path : the file; made where it is missing.
    owner : what the results depend on besides the point.

    Raises
    ------
    ValueError
        If the file holds results of another owner, or is no store.
    """

    def __init__(self, path: str | Path, owner: str) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(self.path)
        try:
            with self._base:
                self._base.execute("CREATE TABLE IF NOT EXISTS owner (name TEXT PRIMARY KEY)")
                self._base.execute(
                    "CREATE TABLE IF NOT EXISTS result (point TEXT PRIMARY KEY, value BLOB)"
                )
                found = self._base.execute("SELECT name FROM owner").fetchone()
                if found is None:
                    self._base.execute("INSERT INTO owner VALUES (?)", (owner,))
        except sqlite3.DatabaseError as error:
            self.close()
            raise _check.fail("store", "a file of lindyn.sweep", f"{self.path}: {error}") from error
        if found is not None and found[0] != owner:
            self.close()
            raise _check.fail(
                "store",
                f"a file of {owner}",
                f"{self.path} of {found[0]}",
                "The function or the seed changed: use another file, or remove this one.",
            )

    def finished(self) -> set[str]:
        """Keys of the points that are there."""
        return {key for (key,) in self._base.execute("SELECT point FROM result")}

    def read(self, keys: Iterable[str]) -> dict[str, Values]:
        """Results of these points."""
        rows = self._base.execute("SELECT point, value FROM result")
        wanted = set(keys)
        return {key: _unpacked(value) for key, value in rows if key in wanted}

    def write(self, results: Mapping[str, Values]) -> None:
        """Add results; they are on disk when this returns."""
        rows = [(key, _packed(values)) for key, values in results.items()]
        with self._base:
            self._base.executemany("INSERT OR REPLACE INTO result VALUES (?, ?)", rows)

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()


def _packed(values: Values) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **values)
    return buffer.getvalue()


def _unpacked(value: bytes) -> Values:
    with np.load(io.BytesIO(value), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
