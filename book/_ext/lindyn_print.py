"""Sphinx extension of the book in print: what LaTeX needs to set the pages well.

The pages are read once for all builders.  For LaTeX alone, outputs are pictures or text instead of
HTML, statements, proofs, exercises and notes get environments of ``lindynbook.sty``, captions of
the table of contents become parts, and the landing page becomes a chapter.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from lindyn_book import statement_heading
from lindyn_markup import between, from_html, printed
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.latex import LaTeXTranslator
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node, solution_node
from sphinx_proof.nodes import NODE_TYPES, proof_node, unenumerable_node

# Cells that only call what is shown below them say nothing on paper.
ONLY_SHOWS = re.compile(r"(ledger|figures|explore|report)\.\w+\([^\n]*\)\Z")
DRAWING = "application/pdf"
WIDGET = "application/vnd.jupyter.widget-view+json"
FIRST_CHAPTER = "What this book is"
# Displays that bring their own environment.
OWN_DISPLAY = re.compile(r"\\(label|begin\{(align|gather|equation|multline|eqnarray)\*?\})")
# Where code may be broken in a narrow column of a table.
BREAKS = re.compile(r"(?<=[_(=])")
FEW, MANY = 5, 6  # columns
OWN_NUMBER = re.compile(r"\d+\. ")  # of a heading; in print every heading has one
TAG = re.compile(r"\\tag\{([^}]*)\}")


def page_of(node: nodes.Node | None, root: str) -> str:
    """The page on which a node of the whole book stands."""
    while node is not None:
        # Sphinx says it at the sections; files do not know all of their children.
        if isinstance(node, nodes.section) and "docname" in node:
            return str(node["docname"])
        node = node.parent
    return root


class ChoosePrinted(SphinxPostTransform):
    """Choose what of an output is printed: its picture, else its HTML as text, else its text."""

    default_priority = 3  # before MyST-NB chooses
    formats = ("latex",)

    def run(self, **kwargs: Any) -> None:
        """Run the transform."""
        for cell in list(self.document.findall(nodes.container)):
            if cell.get("nb_element") == "cell_code_source":
                if ONLY_SHOWS.match(cell.astext().strip()):
                    cell.parent.remove(cell)
            elif cell.get("nb_element") == "mime_bundle":
                self.choose(cell)

    def choose(self, bundle: nodes.container) -> None:
        """Replace a bundle by what is printed of it."""
        forms = {form["mime_type"]: form for form in bundle.children}
        if DRAWING in forms:
            chosen = [between("\n{\\centering\n", "\\par}\n", *forms[DRAWING].children)]
            if WIDGET in forms:
                words = forms["text/plain"].astext()
                chosen.append(between("\n\\lmwords{", "}\n", nodes.Text(words)))
            bundle.replace_self(chosen)
        elif "text/html" in forms:
            markup = forms["text/html"].astext()
            bundle.replace_self(from_html(markup, page_of(bundle, self.config.root_doc)))


def prepare(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Bring the whole book into the form that LaTeX writes."""
    if app.builder.format != "latex":
        return
    for node in list(doctree.findall(nodes.Element)):
        if isinstance(node, (unenumerable_node, *NODE_TYPES.values())):
            kind = node["realtype"].capitalize()
            before, title = statement_heading(kind, node["title"])
            heading = [nodes.Text(before), *(node[0].children if title else ())]
            _frame(node, "lmstatement", heading, node[1].children, node["ids"])
        elif isinstance(node, proof_node):
            _prove(node)
        elif isinstance(node, exercise_node | exercise_enumerable_node | solution_node):
            name = "lmsolution" if isinstance(node, solution_node) else "lmexercise"
            body = [part for child in node[1:] for part in _unwrapped(child)]
            # LaTeX loses a space at the beginning of a link.
            first, *others = node[0].children
            heading = [nodes.Text(first.astext() + " "), *others] if others else [first]
            _frame(node, name, heading, body, node["ids"])
        elif isinstance(node, nodes.container) and node.get("design_component") == "dropdown":
            _frame(node, "lmproof", node[0].children, node[1:], node["ids"] + node[0]["ids"])
        elif isinstance(node, nodes.admonition) and isinstance(node[0], nodes.title):
            _frame(node, "lmnote", node[0].children, node[1:], node["ids"])
        elif isinstance(node, nodes.math_block) and not node.get("label"):
            _measure(node)
        elif isinstance(node, nodes.table):
            _tighten(node)
        elif isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
            first = node[0]
            if isinstance(first, nodes.Text) and OWN_NUMBER.match(first):
                node.replace(first, nodes.Text(OWN_NUMBER.sub("", first, count=1)))
    _divide(app, doctree, docname)


def _frame(
    node: nodes.Element,
    name: str,
    heading: list[nodes.Node],
    body: list[nodes.Node],
    ids: list[str],
) -> None:
    """Replace a node by a LaTeX environment with a heading, to which references lead."""
    body = list(body)
    if name == "lmproof" and body and isinstance(body[-1], nodes.paragraph):
        body[-1] += between(r"\lmend{}", "")
    # sphinx-exercise refers to exercises by a label of its own.
    label = rf"\label{{exercise:{node['label']}}}" if name == "lmexercise" else ""
    head = between("{" + label, "}\n", *heading)
    head["ids"] = list(dict.fromkeys(ids))
    framed = between(f"\n\\begin{{{name}}}", f"\\end{{{name}}}\n", head, *body)
    node.replace_self(framed)
    framed["ids"] = []  # docutils has handed them down


def _unwrapped(node: nodes.Node) -> list[nodes.Node]:
    """A section without a title is no level of its own."""
    return list(node.children) if isinstance(node, nodes.section) else [node]


def _prove(node: proof_node) -> None:
    """A proof: its first word, which sphinx-proof writes into the text, becomes the heading."""
    body = list(node[0].children)
    first = body[0]
    if isinstance(first, nodes.paragraph) and isinstance(first[0], nodes.Text):
        first[0].parent.replace(first[0], nodes.Text(first[0].astext().removeprefix("Proof.")))
        if not first.astext().strip():
            body = body[1:]
    _frame(node, "lmproof", [nodes.Text("Proof")], body, [])


def _measure(node: nodes.math_block) -> None:
    """A display that can be measured, and shrunk where it is wider than the line."""
    formula = node.astext().strip()
    if OWN_DISPLAY.search(formula):
        return
    tag = TAG.search(formula)
    formula = TAG.sub("", formula)
    if r"\\" in formula and r"\begin" not in formula:
        formula = rf"\begin{{aligned}}{formula}\end{{aligned}}"
    number = rf"\tag{{{tag[1]}}}" if tag else ""
    display = nodes.raw("", f"\\lmdisplay{{{formula}}}{{{number}}}\n", format="latex")
    node.replace_self(display)


def _tighten(table: nodes.table) -> None:
    """Code in a table may be broken, and a table of many columns is set in small type."""
    for literal in list(table.findall(nodes.literal)):
        first, *others = BREAKS.split(literal.astext())
        parts = (part for text in others for part in (_breaking(), nodes.Text(text)))
        literal.children = []
        literal.extend([nodes.Text(first), *parts])
    columns = len(list(table.findall(nodes.colspec)))
    wide = columns > MANY or "colwidths-given" in table["classes"]
    look = r"\lmwide" if wide else r"\lmnarrow" if columns < FEW else ""
    parent = table.parent
    parent[parent.index(table)] = between(f"{{{look}\n", "}\n", table)


def _breaking() -> nodes.Node:
    return between(r"\allowbreak{}", "")


def _divide(app: Sphinx, doctree: nodes.document, root: str) -> None:
    """Parts from the captions of the table of contents; the landing page as the first chapter."""
    parts = {
        toctree["entries"][0][1]: toctree["caption"]
        for toctree in app.env.get_doctree(root).findall(addnodes.toctree)
        if toctree.get("caption") and toctree["entries"]
    }
    for page in list(doctree.findall(addnodes.start_of_file)):
        if page["docname"] in parts:
            caption = nodes.Text(parts[page["docname"]])
            page.parent.insert(page.parent.index(page), between("\n\\part{", "}\n", caption))
    book = next(iter(doctree.findall(nodes.section)))
    own = [part for part in book[1:] if not _holds_pages(part)]
    for part in own:
        book.remove(part)
    title = nodes.title("", FIRST_CHAPTER)
    welcome = addnodes.start_of_file("", nodes.section("", title, *own), docname=root)
    book.insert(1, welcome)


def _holds_pages(node: nodes.Node) -> bool:
    return any(True for _ in node.findall(addnodes.start_of_file))


def visit_printed(translator: LaTeXTranslator, node: printed) -> None:
    """Write what stands before, then the labels."""
    translator.body.append(node["before"])
    if node["ids"]:
        translator.body.append(translator.hypertarget_to(node, anchor=True))


def depart_printed(translator: LaTeXTranslator, node: printed) -> None:
    """Write what stands after."""
    translator.body.append(node["after"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_node(printed, latex=(visit_printed, depart_printed))
    app.add_post_transform(ChoosePrinted)
    app.connect("doctree-resolved", prepare, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
