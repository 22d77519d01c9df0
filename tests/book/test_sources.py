"""The pages as they are stored: no outputs, thin, whole, and in step with the ledger."""

from __future__ import annotations

import ast
import re
from collections import Counter

import nbformat
import pytest

import pages
from lindyn import bounds, ledger

CODE_LINES = 100
CELL_LINES = 15
EXERCISES = 3
MAY_DEFINE = {"book/using-lindyn", "book/add-a-paper"}
CELL_METADATA = {"tags", "mystnb", "editable", "slideshow"}
FORBIDDEN_CODE = {
    "an install": r"^\s*[!%]|\bpip\b|\bconda install\b",
    "a warnings filter": r"\bwarnings\b|filterwarnings",
    "a check of nothing": r"NBVAL_CHECK_OUTPUT|NBVAL_IGNORE|NBVAL_SKIP",
}
MACHINE_PATH = re.compile(r"(?<![\w.:/-])(/(?:home|Users|root|work|tmp|mnt|opt|var)/\w|[A-Z]:\\\w)")
LEDGER_LABEL = re.compile(r"(?:eft|clz|jt|lsz|own)-[a-z0-9-]+")
ROWS = ledger.rows()


def registered(page: str) -> list[str]:
    """Ids of the ledger that stand on a page."""
    return [id for id, row in ROWS.items() if row.page and f"book/{row.page}" == page]


def test_every_notebook_is_in_the_table_of_contents() -> None:
    stored = {
        str(path.relative_to(pages.ROOT).with_suffix(""))
        for path in pages.BOOK.rglob("*.ipynb")
        if not any(part.startswith(".") for part in path.parts)
    }
    assert stored == set(pages.notebooks())


def test_every_page_of_the_ledger_is_in_the_table_of_contents() -> None:
    named = {f"book/{row.page}" for row in ROWS.values() if row.page}
    assert named <= set(pages.toc())


@pytest.mark.parametrize("page", pages.toc())
def test_page_exists(page: str) -> None:
    assert pages.source(page).exists()


@pytest.mark.parametrize("page", pages.notebooks())
def test_notebook_is_stored_clean(page: str) -> None:
    notebook = pages.notebook(page)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec"}, "only the kernel's name is stored"
    assert notebook.metadata.kernelspec.name == "python3"
    ids = Counter(cell.id for cell in notebook.cells)
    assert [id for id, count in ids.items() if count > 1] == []
    for cell in notebook.cells:
        assert set(cell.metadata) <= CELL_METADATA, cell.id
        assert cell.source.strip(), f"{cell.id} is empty"
        if cell.cell_type == "code":
            assert cell.outputs == [], f"{cell.id} has outputs"
            assert cell.execution_count is None, f"{cell.id} has an execution count"


@pytest.mark.parametrize("page", pages.notebooks())
def test_code_is_thin(page: str) -> None:
    total = 0
    for cell in pages.cells(page, "code"):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= CELL_LINES, f"{cell.id} has {len(lines)} lines"
        total += len(lines)
        for what, pattern in FORBIDDEN_CODE.items():
            assert not re.search(pattern, cell.source, re.MULTILINE), f"{cell.id} has {what}"
        if page in MAY_DEFINE:
            continue
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.While
            ), f"{cell.id} defines or loops: that belongs to the package"
    assert total <= CODE_LINES, f"{total} lines of code"


@pytest.mark.parametrize("page", pages.toc())
def test_no_path_of_a_machine(page: str) -> None:
    everything = pages.source(page).read_text(encoding="utf-8")
    assert MACHINE_PATH.search(everything) is None


@pytest.mark.parametrize("page", pages.toc())
def test_no_macros(page: str) -> None:
    # The book, JupyterLab and print must agree, so that none of them may know a macro.
    assert not re.search(r"\\(?:new|renew|provide)command|\\def\\|\\require\b", pages.text(page))


@pytest.mark.parametrize("page", pages.toc())
def test_every_statement_of_the_ledger_stands_on_its_page(page: str) -> None:
    counts = Counter(pages.labels(page))
    wrong = {id: counts[id] for id in registered(page) if counts[id] != 1}
    assert wrong == {}, "labels of the ledger's rows that are not there exactly once"


@pytest.mark.parametrize("page", pages.toc())
def test_every_label_of_a_statement_is_in_the_ledger(page: str) -> None:
    statements = {label for label in pages.labels(page) if LEDGER_LABEL.fullmatch(label)}
    assert statements - set(registered(page)) == set()


@pytest.mark.parametrize("page", pages.chapters())
def test_a_chapter_states_checks_and_lists(page: str) -> None:
    assert registered(page), "no row of the ledger stands here"
    code = "\n".join(cell.source for cell in pages.cells(page, "code"))
    name = page.removeprefix("book/")
    assert re.search(rf"ledger\.covered\(\s*[\"']{name}[\"']", code), "no list of its statements"
    shown = set(re.findall(r"ledger\.(?:check|card)\(\s*[\"']([^\"']+)[\"']", code))
    assert shown - set(registered(page)) == set(), "a check of another page's statement"
    bare = [
        id
        for id in registered(page)
        if ROWS[id].check is not None and ROWS[id].shares_check_of is None and id not in shown
    ]
    assert bare == [], "statements whose check the page does not run"


@pytest.mark.parametrize("page", pages.chapters())
def test_a_chapter_has_exercises_with_solutions(page: str) -> None:
    words = pages.text(page)
    exercises = re.findall(r"^`{3,}\{exercise\}.*\n(?:.*\n)*?:label: (\S+)", words, re.MULTILINE)
    exercises += re.findall(r"^:{3,}\{exercise\}.*\n(?:.*\n)*?:label: (\S+)", words, re.MULTILINE)
    solutions = re.findall(r"^[`:]{3,}\{solution(?:-start)?\} (\S+)", words, re.MULTILINE)
    assert len(exercises) >= EXERCISES
    assert sorted(exercises) == sorted(solutions)
    folded = re.findall(r"^[`:]{3,}\{solution(?:-start)?\} \S+\n:class: dropdown", words, re.M)
    assert len(folded) == len(solutions), "a solution stands open"
    assert any("hide-cell" in cell.metadata.get("tags", ()) for cell in pages.cells(page, "code"))


@pytest.mark.parametrize("id", sorted(bounds.BOUNDS))
def test_the_page_shows_the_bound_that_the_code_computes(id: str) -> None:
    bound = bounds.BOUNDS[id]
    page = f"book/{bound.page}"
    assert page in pages.toc()
    assert bound.latex.strip()
    assert bound.latex in pages.text(page), f"{page} does not hold this bound's LaTeX"


@pytest.mark.parametrize("page", pages.notebooks())
def test_a_proof_ends_in_words(page: str) -> None:
    """The mark of its end would stand beside a displayed formula, not after it."""
    for proof in re.findall(r"```\{prf:proof\}\n(.*?)\n```", pages.text(page), re.DOTALL):
        assert not proof.rstrip().endswith("$$"), proof[-120:]
