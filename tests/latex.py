"""Whether the book can be printed here, and what is needed for it."""

from __future__ import annotations

import shutil
import subprocess

import pages

PACKAGES = (pages.BOOK / "_latex" / "debian-packages.txt").read_text(encoding="utf-8").split()
TOOLS = ("latexmk", "xelatex", "kpsewhich", "pdfinfo", "pdffonts", "pdftotext")
# One file of each package that is not a tool.
FILES = (
    *("titlesec.sty", "unicode-math.sty", "pzdr.tfm"),
    *("texgyrepagella-regular.otf", "texgyrepagella-math.otf", "DejaVuSansMono.ttf"),
)
MISSING = f"no LaTeX found that can print the book; Debian's packages: {' '.join(PACKAGES)}"


def find() -> str | None:
    """Path of latexmk, or None where a tool or a file is missing."""
    if not all(shutil.which(tool) for tool in TOOLS):
        return None
    asked = subprocess.run(["kpsewhich", *FILES], capture_output=True, text=True)
    return shutil.which("latexmk") if len(asked.stdout.split()) == len(FILES) else None
