"""Words and symbols of the book explain themselves where they stand.

The first time that a page uses a term of the glossary, the term becomes a link to its entry, with
the definition as its title.  A formula that is nothing but a symbol of the notation page gets that
page's words for it.  Without scripts these are links and titles; ``lindyn.js`` shows them as cards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"
NOTATION = "book/notation"
# Pages that are lists of words themselves.
SILENT = {GLOSSARY, NOTATION, "book/api", "book/references"}
BARRED = (nodes.reference, nodes.title, nodes.literal, nodes.term, nodes.caption, nodes.raw)

_SQUARE = ("foundations/clock-and-gear", "foundations/induced-flow", "eft/", "clz/", "synthesis/")
# Where the symbols of a table mean what it says: by its heading, everywhere unless named.
TABLES = {
    "The spherical logistic risk": ("lsz/",),
    "Rank-one matrices beside a target": ("eft/",),
    "Separable data": ("jt/",),
}
# Letters that keep their meaning on some pages only.
HOMES = {
    **dict.fromkeys(("s", "u", "v", r"\nu", r"\lambda"), _SQUARE),
    "w": ("foundations/", "lsz/", "jt/", "synthesis/"),
    r"\gamma": ("jt/", "synthesis/infinite-depth"),
    **dict.fromkeys(("t_1", "t_2", "C_1"), ("clz/", "synthesis/")),
}
# Letters that pages also use for something passing: no words are better than wrong ones.
PASSING = {*"achnqryFGLMSX", r"\alpha"}

_LOW = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_HIGH = str.maketrans("0123456789+-=()nNTi", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᴺᵀⁱ")
_SIGNS = {
    "top": "ᵀ",
    "tau": "τ",
    "theta": "θ",
    "varphi": "φ",
    "Phi": "Φ",
    "psi": "ψ",
    "rho": "ρ",
    "varrho": "ϱ",
    "sigma": "σ",
    "kappa": "κ",
    "gamma": "γ",
    "eta": "η",
    "ell": "ℓ",
    "alpha": "α",
    "beta": "β",
    "mu": "μ",
    "nu": "ν",
    "lambda": "λ",
    "zeta": "ζ",
    "pi": "π",
    "Pi": "Π",
    "partial": "∂",
    "nabla": "∇",
    "star": "⋆",
    "perp": "⊥",
    "cdots": "⋯",
    "dots": "…",
    "times": "×",
    "cdot": "·",
    "ge": " ≥ ",
    "le": " ≤ ",
    "pm": "±",
    "in": " ∈ ",
    "sum": "∑",
    "lVert": "‖",
    "rVert": "‖",
    "lvert": "|",
    "rvert": "|",
    "langle": "⟨",
    "rangle": "⟩",
    "cos": "cos ",
    "sin": "sin ",
    "ln": "ln ",
    "max": "max",
    "cosh": "cosh",
    "mathrm": "",
    "mathbf": "",
    "mathcal": "",
    "boldsymbol": "",
    "left": "",
    "right": "",
    "quad": " ",
}


def readable(tex: str) -> str:
    """Short TeX as plain text, ``W_{k+1}`` as ``Wₖ₊₁``; what it cannot say stays TeX."""
    text = re.sub(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", r"(\1)", tex)
    text = text.replace(r"\\", "; ").replace("&", " ").replace(r"\,", " ")
    text = re.sub(r"\\mathbb\s*\{?E\}?", "𝔼", text)
    text = re.sub(r"\\bar\s*\{?(\w)\}?", "{\\1\u0304}", text)
    text = re.sub(r"\\operatorname\{(\w+)\}", r"\1 ", text)
    text = re.sub(r"\\sqrt\s*(\w)", r"√\1", text)
    text = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"√(\1)", text)
    text = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2) ", text)
    text = re.sub(r"\\t?frac\s*(\w)\s*(\\[a-z]+|\w)", r"\1/\2 ", text)
    text = re.sub(r"\\([A-Za-z]+) ?", lambda m: _SIGNS.get(m[1], m[0]), text)
    text = re.sub(r"_(\w|\{[^{}]*\})", lambda m: _shifted(m[1], _LOW, "_"), text)
    text = re.sub(r"\^(\w|\{[^{}]*\})", lambda m: _shifted(m[1], _HIGH, "^"), text)
    text = text.replace("^ᵀ", "ᵀ").replace("_⋆", "⋆").replace("_⊥", "⊥").replace("^{", "{")
    text = re.sub(r"\s*=\s*", " = ", text.replace("{", "").replace("}", ""))
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip())


def _shifted(group: str, table: dict[int, int], sign: str) -> str:
    inner = group.strip("{}")
    if all(ord(letter) in table for letter in inner):
        return inner.translate(table)
    if inner in {"ᵀ", "⋆", "⊥"}:
        return inner
    return f"{sign}{inner}" if len(inner) == 1 else f"{sign}({inner})"


@dataclass(frozen=True)
class Symbol:
    """What a symbol means, and the pages on which it does (all, if none are named)."""

    words: str
    homes: tuple[str, ...]
    content: tuple[nodes.Node, ...] = ()
    """The words as they are typeset."""

    def holds_on(self, page: str) -> bool:
        """The symbol has this meaning on a page (``lsz/turning``)."""
        return not self.homes or page.startswith(self.homes)


def _plain(node: nodes.Node) -> str:
    pieces = [
        readable(part.astext()) if isinstance(part, nodes.math) else part.astext()
        for part in node.findall(lambda n: isinstance(n, nodes.math | nodes.Text))
        if isinstance(part, nodes.math) or not isinstance(part.parent, nodes.math)
    ]
    return re.sub(r"\s+", " ", "".join(pieces)).strip()


def _key(tex: str) -> str:
    return re.sub(r"\s+|(?<=\^)\{\\top\}", lambda m: r"\top" if m[0].strip() else "", tex)


def symbols(notation: nodes.document) -> dict[str, list[Symbol]]:
    """The symbols of the notation page's tables, by their TeX."""
    found: dict[str, list[Symbol]] = {}
    for table in notation.findall(nodes.table):
        section = table.parent
        while section is not None and not isinstance(section, nodes.section):
            section = section.parent
        heading = section[0].astext() if section is not None else ""
        for row in table.findall(nodes.row):
            cells = list(row.findall(nodes.entry))
            if isinstance(row.parent, nodes.thead):
                if cells[0].astext() != "symbol":
                    break
                continue
            signs = [math.astext() for math in cells[0].findall(nodes.math)]
            for sign, content in zip(signs, _shared(signs, cells[1]), strict=True):
                key = _key(sign.split(" = ")[0])
                homes = TABLES.get(heading, HOMES.get(key, ()))
                if key not in PASSING:
                    words = _plain(nodes.inline("", "", *content))
                    found.setdefault(key, []).append(Symbol(words, homes, content))
    return found


def _shared(signs: list[str], cell: nodes.entry) -> list[tuple[nodes.Node, ...]]:
    """What one cell says of each of several symbols: its own formula, or all of the cell."""
    content = tuple(part.deepcopy() for block in cell.children for part in block.children)
    if len(signs) == 1:
        return [content]
    formulas = [part for part in content if isinstance(part, nodes.math)]
    plain = ", ".join(readable(formula.astext()) for formula in formulas)
    if len(formulas) == len(signs) and _plain(cell) == plain:
        return [(formula,) for formula in formulas]
    named = [part for sign in signs for part in (nodes.Text(", "), nodes.math(sign, sign))][1:]
    return [(*named, nodes.Text(": "), *content)] * len(signs)


def meanings(known: dict[str, list[Symbol]], tex: str, page: str) -> list[Symbol]:
    """What a formula means on a page, if it is nothing but a symbol; a part's own table first."""
    fitting = [symbol for symbol in known.get(_key(tex), ()) if symbol.holds_on(page)]
    return [symbol for symbol in fitting if symbol.homes] or fitting


def meaning(known: dict[str, list[Symbol]], tex: str, page: str) -> str:
    """The same in plain words."""
    return "; or ".join(symbol.words for symbol in meanings(known, tex, page))


@dataclass(frozen=True)
class Term:
    """An entry of the glossary."""

    anchor: str
    definition: str


def terms(glossary: nodes.document) -> dict[str, Term]:
    """The entries of the glossary by each of their names, in lower case."""
    found: dict[str, Term] = {}
    for listing in glossary.findall(addnodes.glossary):
        for item in listing.findall(nodes.definition_list_item):
            first = next(item.findall(nodes.paragraph))
            for term in item.findall(nodes.term):
                found[term[0].astext().lower()] = Term(term["ids"][0], _plain(first))
    return found


def _barred(node: nodes.Node) -> bool:
    """It stands inside something that must stay as it is, such as a link or a heading."""
    while node.parent is not None:
        node = node.parent
        if isinstance(node, BARRED):
            return True
    return False


def _running(doctree: nodes.document) -> Iterator[nodes.Text]:
    """The words of paragraphs, lists and tables that are nothing else already."""
    for text in list(doctree.findall(nodes.Text)):
        if isinstance(text.parent, nodes.paragraph | nodes.strong) and not _barred(text):
            yield text


def link_terms(doctree: nodes.document, uri: str, known: dict[str, Term]) -> None:
    """Link the first use of every term to its entry."""
    names = sorted(known, key=len, reverse=True)
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, names))})s?\b", re.IGNORECASE)
    linked: set[str] = set()
    for text in _running(doctree):
        pieces: list[nodes.Node] = []
        end, whole = 0, str(text)
        for match in pattern.finditer(whole):
            term = known[match[1].lower()]
            if term.definition in linked:
                continue
            linked.add(term.definition)
            link = nodes.reference(
                "",
                "",
                nodes.Text(match[0]),
                refuri=f"{uri}#{term.anchor}",
                internal=True,
                classes=["lm-term"],
                reftitle=term.definition,
            )
            pieces += [nodes.Text(whole[end : match.start()]), link]
            end = match.end()
        if pieces:
            text.parent.replace(text, [*pieces, nodes.Text(whole[end:])])


def explain_symbols(doctree: nodes.document, page: str, known: dict[str, list[Symbol]]) -> None:
    """Give every formula that is a symbol the words of the notation page."""
    for math in list(doctree.findall(nodes.math)):
        words = meaning(known, math.astext(), page)
        if words and not _barred(math):
            math.replace_self(
                nodes.abbreviation(
                    "", "", math.deepcopy(), explanation=words, classes=["lm-symbol"]
                )
            )


def explain(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Explain the words and symbols of one page."""
    if app.builder.format != "html" or docname in SILENT:
        return
    known = getattr(app, "lindyn_words", None)
    if known is None:
        known = terms(app.env.get_doctree(GLOSSARY)), symbols(app.env.get_doctree(NOTATION))
        app.lindyn_words = known
    found, signs = known
    link_terms(doctree, app.builder.get_relative_uri(docname, GLOSSARY), found)
    explain_symbols(doctree, docname.removeprefix("book/"), signs)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("doctree-resolved", explain)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
