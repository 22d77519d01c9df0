"""The package has layers, and imports go downwards only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import lindyn

PACKAGE = Path(lindyn.__file__).parent

# From the top to the bottom. A module may import what stands below it, and its own package.
LAYERS = (
    {"__init__", "__main__", "bench"},
    {"explore"},
    {"figures"},
    {"ledger"},
    {"descent", "nonlinear", "risk_clock"},
    {"natural", "flows", "landscape", "growing_ball"},
    {"risks", "margins"},
    {"networks", "losses", "laws", "data", "images", "bounds", "sweeps"},
    {"_norm_equation"},
    {"_norm_march"},
    {"_radial"},
    {"_chebyshev"},
    {"_check", "_cache", "_wording"},
)
LEVEL = {name: level for level, layer in enumerate(LAYERS) for name in layer}

# Who may import which libraries.
RESERVED = {
    "matplotlib": {"figures", "explore"},
    "IPython": {"explore"},
    "ipywidgets": {"explore"},
    "anywidget": {"explore"},
    "flint": {"ledger"},
}

MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def part(path: Path) -> str:
    """The layer's name of a module: its file or its package right under lindyn."""
    return path.parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Dotted names of everything a module imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_every_module_has_a_layer(path: Path) -> None:
    assert part(path) in LEVEL, f"{path} stands in no layer: add it to LAYERS"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_go_downwards(path: Path) -> None:
    own = part(path)
    if LEVEL[own] == 0:
        return
    for name in imported(path):
        package, *rest = name.split(".")
        if package != "lindyn":
            continue
        target = rest[0] if rest and rest[0] in LEVEL else "__init__"
        if target != own:
            assert LEVEL[target] > LEVEL[own], f"{path} imports {name}, which is not below it"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_drawing_and_widgets_stay_at_the_top(path: Path) -> None:
    for name in imported(path):
        library = name.split(".")[0]
        allowed = RESERVED.get(library, {part(path)})
        assert part(path) in allowed, f"{path} imports {library}; only {sorted(allowed)} may"
