"""Sphinx extension of the book: nothing is loaded from another origin, statements have one heading.

It serves MathJax and the widgets' starter script from the book itself and lets ``{prf:proof}`` take
``:nonumber:`` (JupyterLab numbers proofs otherwise).  Links, words, code and print have extensions
of their own, which this one sets up.  It does not import ``jupyter_book``, so it also works under
plain Sphinx.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx_proof.directive import ElementDirective, ProofDirective

# The part of MathJax that suffices, the accessibility explorer included.
MATHJAX_PARTS = (
    "tex-mml-chtml.js",
    "output/chtml/fonts/woff-v2",
    "input/tex/extensions",
    "a11y",
    "sre/mathmaps/base.json",
    "sre/mathmaps/en.json",
    "sre/mathmaps/nemeth.json",
)
STARTER = "explore/static/starter.js"

_TITLE = re.compile(
    r"""<p\ class="admonition-title"(?:\ id="[^"]*")?>
        <span\ class="caption-number">(?P<kind>[A-Z][a-z]+)\ </span>(?P<title>[^<]*)""",
    re.VERBOSE,
)
_REPEATED_ID = re.compile(
    r'(<(?:section|div)(?: class="[^"]*")?) id="(?:proof|(?:proof|exercise|solution)-content)"'
)

_PROOF = re.compile(r'(<div class="proof admonition">\s*<p>)Proof\.')
_SOLUTION = re.compile(r"Solution to(<a [^>]*>) ")
# A browser may break a line between a formula and its comma.
_FORMULA = r'(?:<abbr[^>]*>)?<span class="math notranslate nohighlight">[^<]*</span>(?:</abbr>)?'
_PUNCTUATED = re.compile(rf"[(\[“]*{_FORMULA}[.,;:!?)\]”]+|[(\[“]+{_FORMULA}")


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the book needs the package {name}: run `make book`")
    return Path(next(iter(spec.submodule_search_locations)))


def copy_assets(app: Sphinx) -> None:
    """Put MathJax and the starter script where the pages look for them."""
    if app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    source = _package_folder("mathjax") / "static" / "mathjax" / "es5"
    for part in MATHJAX_PARTS:
        target = static / "mathjax" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source / part, target)
    shutil.copyfile(_package_folder("lindyn") / STARTER, static / "lindyn-starter.js")


def start_widgets_first(app: Sphinx, config: Config) -> None:
    """Let the pages load MathJax after the starter script: a widget need not wait for formulas."""
    config.mathjax_options = {"priority": 600} | (config.mathjax_options or {})


def tidy_body(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
) -> None:
    """Give statements one heading and one id each, lists their right role, formulas their comma.

    sphinx-proof writes headings and ids twice; docutils calls a bibliography a list without items.
    """
    if "body" in context:
        body = _TITLE.sub(_heading, context["body"])
        body = _REPEATED_ID.sub(r"\1", body)
        body = _PROOF.sub(r'\1<span class="lm-proof">Proof.</span>', body)
        body = _PUNCTUATED.sub(r'<span class="lm-together">\g<0></span>', body)
        body = _SOLUTION.sub(r"Solution to \1", body)
        context["body"] = body.replace('<div role="list" class="citation-list">', "<div>")


def _heading(match: re.Match[str]) -> str:
    kind, title = statement_heading(match["kind"], match["title"])
    return f'<p class="admonition-title"><span class="caption-number">{kind}</span>{title}'


def statement_heading(kind: str, title: str) -> tuple[str, str]:
    """What stands before the title of a statement, and the title."""
    # "Theorem 1 (LSZ)" says its kind itself; a property is an equation or a claim in the text.
    if title.startswith(kind) or (title and kind == "Property"):
        return "", title
    return (f"{kind}: " if title else kind), title


_run_element = ElementDirective.run


def _with_own_label(directive: ElementDirective) -> list[nodes.Node]:
    # Statements with items bear labels on the items only; sphinx-proof would count the statements
    # by page and then complain that two pages count alike.
    if not directive.options.get("label"):
        page = re.sub(r"[^a-z0-9]+", "-", directive.env.docname.lower())
        directive.options["label"] = f"{page}-{directive.env.new_serialno('statement')}"
    return _run_element(directive)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    ProofDirective.option_spec["nonumber"] = directives.flag
    ElementDirective.run = _with_own_label
    app.setup_extension("lindyn_words")
    app.setup_extension("lindyn_index")
    app.setup_extension("lindyn_code")
    app.setup_extension("lindyn_links")
    app.connect("config-inited", start_widgets_first)
    app.connect("builder-inited", copy_assets)
    app.connect("html-page-context", tidy_body)
    app.setup_extension("lindyn_print")
    return {"parallel_read_safe": True, "parallel_write_safe": True, "version": "1"}
