"""The command line: ``python -m lindyn verify | figures | bench``."""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path


def parser() -> argparse.ArgumentParser:
    """The arguments of every subcommand."""
    top = argparse.ArgumentParser(
        prog="python -m lindyn",
        description="Checks, figures and benchmarks of the book Dynamics of Deep Linear Networks.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    verify = commands.add_parser(
        "verify",
        help="run the checks of the ledger",
        description="Run the check and the negative control of each statement. "
        "Exit status 1 with any red row.",
    )
    verify.add_argument(
        "ids", nargs="*", metavar="ID", help="ids or patterns (lsz-*); default: all"
    )
    verify.add_argument("--json", action="store_true", help="print rows as JSON")
    verify.add_argument(
        "--deep",
        action="store_true",
        help="hunt for worst cases (at least 10,000 evaluations an id) and store them",
    )
    verify.add_argument(
        "--evaluations",
        type=_positive,
        default=10_000,
        metavar="N",
        help="evaluations of a deep search (default 10000; fewer while a check is being written)",
    )
    verify.add_argument("--complete", action="store_true", help="count open rows as red")
    verify.add_argument("--fresh", action="store_true", help="do not read reports kept on disk")
    verify.add_argument(
        "--jobs", type=_positive, default=2, metavar="N", help="processes (default 2)"
    )

    figures = commands.add_parser("figures", help="write figures as SVG and PNG")
    figures.add_argument("ids", nargs="*", metavar="ID", help="ids of figures; default: all")
    figures.add_argument(
        "--out",
        type=Path,
        default=Path("figures"),
        metavar="DIR",
        help="folder (default ./figures)",
    )

    commands.add_parser("bench", help="measure against SciPy's integrators", add_help=False)
    return top


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1; came {number}")
    return number


def _unknown(id: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(id, known, n=3)
    return f"unknown id {id}" + (f"; did you mean {', '.join(near)}?" if near else "")


def _figures(top: argparse.ArgumentParser, ids: Sequence[str], out: Path) -> int:
    from lindyn import figures

    for id in ids:
        if id not in figures.FIGURES:
            top.error(_unknown(id, list(figures.FIGURES)))
    out.mkdir(parents=True, exist_ok=True)
    for id in ids or figures.FIGURES:
        picture = figures.show(id)
        (out / f"{id}.svg").write_text(picture.svg, encoding="utf-8")
        (out / f"{id}.png").write_bytes(picture.png)
        print(out / f"{id}.svg", out / f"{id}.png")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return the exit status."""
    top = parser()
    given, rest = top.parse_known_args(arguments)
    if given.command == "bench":
        from lindyn import bench

        return bench.main(rest) or 0
    if rest:
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    if given.command == "figures":
        return _figures(top, given.ids, given.out)

    from lindyn.ledger import register, verify

    try:
        return verify.main(
            given.ids,
            as_json=given.json,
            deep=given.evaluations if given.deep else 0,
            complete=given.complete,
            jobs=given.jobs,
            fresh=given.fresh,
        )
    except verify.UnknownId as error:
        pattern = str(error).split()[0]
        top.error(_unknown(pattern, list(register.rows())))
    except register.RegisterError as error:
        print(f"the register is broken: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
