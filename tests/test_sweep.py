"""Sweeps: the same results on every executor, after every interruption, and clear errors."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from lindyn import RankOneFlow, sweep
from lindyn.sweeps import PointError
from lindyn.sweeps.grid import point_generator, point_key

GRID = {"depth": [2, 3, 5], "start": [0.1, 0.5]}


def late_size(depth, start):
    return RankOneFlow([[1.0]], [1.0], [1.0], s=start, depth=depth).at([0.5, 2.0]).s


def noise(n, rng):
    return {"mean": rng.standard_normal(n).mean(), "first": rng.random(2)}


def fails_at_two(x):
    if x == 2:
        raise ZeroDivisionError("two")
    return x


def test_axes_come_first_and_values_are_those_of_the_function():
    found = sweep(late_size, GRID, progress=False)
    assert found.array.shape == (3, 2, 2)
    assert found.axes == {"depth": (2, 3, 5), "start": (0.1, 0.5)}
    np.testing.assert_array_equal(found.array[2, 1], late_size(5, 0.5))


def test_a_list_of_points_has_one_axis():
    points = [{"depth": 2, "start": 0.1}, {"depth": 7, "start": 0.2}]
    assert sweep(late_size, points, progress=False).array.shape == (2, 2)


@pytest.mark.parametrize("pool", [ProcessPoolExecutor, ThreadPoolExecutor])
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("chunk", [1, 4])
def test_results_do_not_depend_on_the_workers(pool, workers, chunk):
    grid = {"n": list(range(1, 12))}
    here = sweep(noise, grid, seed=3, progress=False)
    with pool(workers) as executor:
        there = sweep(noise, grid, executor, seed=3, chunk=chunk, progress=False)
    for name in ("mean", "first"):
        np.testing.assert_array_equal(here[name], there[name])


def test_a_dask_cluster_gives_the_same():
    from distributed import Client, LocalCluster

    grid = {"n": list(range(1, 9))}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        there = sweep(noise, grid, client.get_executor(), chunk=2, progress=False)
    here = sweep(noise, grid, progress=False)
    np.testing.assert_array_equal(here["mean"], there["mean"])


def test_the_seed_and_the_point_decide_and_nothing_else():
    first = sweep(noise, {"n": [4, 5]}, progress=False)
    wider = sweep(noise, {"n": [3, 5, 4]}, progress=False)
    np.testing.assert_array_equal(first["mean"], wider["mean"][[2, 1]])
    other = sweep(noise, {"n": [4, 5]}, seed=1, progress=False)
    assert np.all(first["mean"] != other["mean"])
    assert first["mean"][0] != first["mean"][1]


def test_keys_tell_points_apart():
    points = [{"x": 1}, {"x": 1.0}, {"x": "1"}, {"y": 1}, {"x": (1,)}, {"x": np.array([1.0])}]
    assert len({point_key(point) for point in points}) == len(points)
    assert point_key({"x": np.float64(0.5), "y": 2}) == point_key({"y": 2, "x": 0.5})
    first, again = (point_generator(7, point_key({"x": 1})).random() for _ in range(2))
    assert first == again


def test_only_missing_points_are_evaluated(tmp_path):
    calls = []

    def counted(x):
        calls.append(x)
        return x**2

    store = tmp_path / "squares.sqlite"
    sweep(counted, {"x": [1, 2, 3]}, store=store, progress=False)
    found = sweep(counted, {"x": [2, 3, 4, 5]}, store=store, progress=False)
    assert calls == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(found.array, [4, 9, 16, 25])


@pytest.mark.parametrize("executor", [None, "threads"])
def test_a_failing_point_is_named_and_the_finished_ones_stay(tmp_path, executor):
    store = tmp_path / "some.sqlite"
    with ThreadPoolExecutor(1) as pool:
        chosen = pool if executor else None
        with pytest.raises(PointError, match=r"\{'x': 2\}: ZeroDivisionError: two"):
            sweep(fails_at_two, {"x": [0, 1, 2, 3]}, chosen, store=store, progress=False)
    from lindyn.sweeps.store import Store
    from lindyn.sweeps.sweep import _owner

    kept = Store(store, _owner(fails_at_two, 0))
    assert {point_key({"x": 0}), point_key({"x": 1})} <= kept.finished()
    kept.close()


SLOW = """
import sys, time
from lindyn import sweep
def slow(x):
    time.sleep(0.05)
    print(x, flush=True)
    return x
found = sweep(slow, {"x": list(range(40))}, store=sys.argv[1], progress=False)
assert found.array.tolist() == list(range(40))
"""


def test_a_killed_run_is_resumed(tmp_path):
    script, store = tmp_path / "slow.py", tmp_path / "slow.sqlite"
    script.write_text(SLOW)
    command = [sys.executable, str(script), str(store)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
        printed = [run.stdout.readline() for _ in range(10)]
        os.kill(run.pid, signal.SIGKILL)
    assert len(printed) == 10
    time.sleep(0.1)
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    evaluated = again.stdout.split()
    # The tenth point was printed; whether it was stored before the end came is left open.
    assert 0 < len(evaluated) <= 31 and evaluated[-1] == "39" and "8" not in evaluated


def test_a_store_belongs_to_one_function_and_one_seed(tmp_path):
    store = tmp_path / "one.sqlite"
    sweep(noise, {"n": [2]}, store=store, progress=False)
    with pytest.raises(ValueError, match="seed changed"):
        sweep(noise, {"n": [2]}, seed=1, store=store, progress=False)
    with pytest.raises(ValueError, match="function"):
        sweep(fails_at_two, {"x": [1]}, store=store, progress=False)
    (tmp_path / "text.sqlite").write_text("no store, only words, more than a header's length" * 9)
    with pytest.raises(ValueError, match="file of"):
        sweep(noise, {"n": [2]}, store=tmp_path / "text.sqlite", progress=False)


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "at least one parameter"),
        ({"x": []}, "at least one value"),
        ({"x": 3}, "sequence"),
        ({"x": "ab"}, "sequence"),
        ([], "mappings"),
        ([3], "mappings"),
        (3, "list of mappings"),
        ({"x": [object()]}, "inside the function"),
    ],
)
def test_bad_grids_are_named(grid, message):
    with pytest.raises(ValueError, match=message):
        sweep(fails_at_two, grid, progress=False)


def test_results_have_to_be_alike():
    with pytest.raises(ValueError, match="one shape"):
        sweep(lambda x: np.zeros(x), {"x": [1, 2]}, progress=False)
    with pytest.raises(ValueError, match="numbers"):
        sweep(lambda x: object(), {"x": [1]}, progress=False)
    with pytest.raises(ValueError, match="one value"):
        _ = sweep(noise, {"n": [2]}, progress=False).array
    with pytest.raises(ValueError, match="chunk"):
        sweep(fails_at_two, {"x": [1]}, chunk=0, progress=False)
