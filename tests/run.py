"""Every check of the project, stage by stage: what `make test` and .ci/run call.

``python tests/run.py`` runs all stages but the printed book's, which takes ``book pdf``;
``python tests/run.py lint unit`` runs some of them.  A failed
stage does not hide the next ones, except that built pages are not read where the build failed.
Without Chromium or LaTeX the stages that need them are not run and the last lines say so; with
``CI`` set this is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import chromium
import latex

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q", "-rs")
PARALLEL = ("-n", str(min(4, os.cpu_count() or 1)))


@dataclass(frozen=True)
class Stage:
    """A stage: its name, what it checks, the commands, and what it needs first."""

    name: str
    checks: str
    commands: tuple[tuple[str, ...], ...]
    needs_book: bool = False
    tool: ModuleType | None = None
    by_name: bool = False  # run only where it is named


STAGES = (
    Stage(
        "lint",
        "lint and format",
        (
            (PYTHON, "-m", "ruff", "check", "."),
            (PYTHON, "-m", "ruff", "format", "--check", "."),
        ),
    ),
    # Early, and in parallel: what the checks find is kept, and tests and pages read it.
    Stage(
        "verify",
        "statements and their controls",
        ((PYTHON, "-m", "lindyn", "verify", "--complete"),),
    ),
    Stage(
        "unit",
        "unit tests and doctests",
        (
            (
                *(*PYTEST, *PARALLEL, "--dist", "loadfile", "--doctest-modules"),
                *("tests", "lindyn"),
                *(f"--ignore=tests/{name}" for name in ("book", "browser", "lab")),
            ),
        ),
    ),
    Stage(
        "notebooks",
        "every notebook runs",
        ((*PYTEST, *PARALLEL, "--dist", "loadfile", "--nbval-lax", "book"),),
    ),
    Stage(
        "sources",
        "pages as stored",
        ((*PYTEST, "tests/book/test_sources.py", "tests/book/test_solutions.py"),),
    ),
    Stage("book", "strict build", (("make", "--no-print-directory", "book"),)),
    Stage(
        "site",
        "built pages",
        ((*PYTEST, "tests/book/test_site.py", "tests/book/test_words.py"),),
        needs_book=True,
    ),
    Stage(
        "browser",
        "pages in Chromium, from a server and unzipped",
        (
            ("make", "--no-print-directory", "zipped"),
            (*PYTEST, *PARALLEL, "tests/browser"),
        ),
        needs_book=True,
        tool=chromium,
    ),
    Stage(
        "pdf",
        "the book in print",
        (
            ("make", "--no-print-directory", "printed"),
            (*PYTEST, "tests/book/test_pdf.py"),
        ),
        needs_book=True,
        tool=latex,
        by_name=True,
    ),
    Stage(
        "lab",
        "pages in JupyterLab",
        ((*PYTEST, "tests/lab"),),
        tool=chromium,
    ),
)


def environment() -> dict[str, str]:
    """One cache for the whole run, one thread for each process."""
    return {
        "LINDYN_CACHE": str(ROOT / ".lindyn-cache"),
        "OMP_NUM_THREADS": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    } | dict(os.environ)


def run(stage: Stage) -> bool:
    """Run a stage; True where all of its commands succeed."""
    print(f"\n== {stage.name}: {stage.checks}", flush=True)
    results = [
        subprocess.run(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL).returncode
        for command in stage.commands
    ]
    return not any(results)


def main(names: list[str]) -> int:
    """Run the named stages, or all; print what came out."""
    known = [stage.name for stage in STAGES]
    unknown = sorted(set(names) - set(known))
    if unknown:
        print(f"unknown stage {', '.join(unknown)}; there are: {' '.join(known)}")
        return 2
    results: dict[str, tuple[str, float]] = {}
    for stage in STAGES:
        if stage.name not in names if names else stage.by_name:
            continue
        start = time.monotonic()
        if stage.tool and stage.tool.find() is None:
            outcome = "NOT RUN"
        elif stage.needs_book and results.get("book", ("",))[0] == "FAILED":
            print(f"\n== {stage.name}: the book was not built")
            outcome = "FAILED"
        else:
            outcome = "passed" if run(stage) else "FAILED"
        results[stage.name] = (outcome, time.monotonic() - start)
    return report(results)


def report(results: dict[str, tuple[str, float]]) -> int:
    """Print outcome and time of every stage; what was not run comes last."""
    print("\n== Result")
    for name, (outcome, seconds) in results.items():
        print(f"{name:<10} {outcome:<8} {seconds:7.1f} s")
    print(f"{'in all':<19} {sum(seconds for _, seconds in results.values()):7.1f} s")
    left_out = [name for name, (outcome, _) in results.items() if outcome == "NOT RUN"]
    failed = any(outcome == "FAILED" for outcome, _ in results.values())
    if left_out:
        print(f"NOT RUN: {', '.join(left_out)}")
        tools = dict.fromkeys(stage.tool for stage in STAGES if stage.name in left_out)
        for tool in filter(None, tools):
            print(f"         {tool.MISSING}")
    return int(failed or bool(left_out and os.environ.get("CI")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
