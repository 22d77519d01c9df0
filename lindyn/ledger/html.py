"""Small pieces of HTML that cards, tables and the errata share."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from lindyn.ledger.model import Cited, Proof, Row, Verdict
from lindyn.ledger.register import OWN, rows

KINDS = {
    "asm": "Assumption",
    "cor": "Corollary",
    "def": "Definition",
    "eq": "Equation",
    "ex": "Example",
    "fig": "Figure",
    "lem": "Lemma",
    "prop": "Proposition",
    "rem": "Remark",
    "thm": "Theorem",
    "txt": "Text",
}
SHORT = {"Assumption": "Asm", "Corollary": "Cor", "Definition": "Def", "Equation": "Eq"} | {
    "Example": "Ex",
    "Figure": "Fig",
    "Lemma": "Lem",
    "Proposition": "Prop",
    "Remark": "Rem",
    "Theorem": "Thm",
}
PAPERS = {"lsz": "LSZ", "eft": "EFT", "clz": "CLZ", "jt": "JT", OWN: "this book"}

# A sign and a word for each verdict: colour is never the only carrier.
VERDICTS = {
    Verdict.HOLDS: ("✓", "holds as printed"),
    Verdict.REPAIRED: ("↻", "true, printed proof repaired"),
    Verdict.MISPRINT: ("✎", "misprint, corrected here"),
    Verdict.FALSE: ("✗", "false as printed, corrected here"),
    Verdict.UNCHECKED: ("?", "not checked"),
    Verdict.OPEN: ("○", "open"),
}
OWN_WORDS = {Verdict.HOLDS: "proved here", Verdict.OPEN: "open"}
PROOFS = {Proof.FULL: "in full", Proof.CITED: "cited", Proof.OPEN: "open"}

_INLINE = re.compile(
    r"\$(?P<math>[^$]+)\$|`(?P<code>[^`]+)`|\*\*(?P<bold>.+?)\*\*|\*(?P<it>[^*]+)\*"
)
# A letter alone bears an index, a word (the name of a function, say) does not.
_LOW = re.compile(
    r"((?<![A-Za-z_])(?:min|max|[^\W\d_])|[‖∂])"
    r"_(max|prod|low|[^\W_](?![A-Za-z0-9_])|[⋆∞⊥]|\{[^{}]+\})"
)
_HIGH = re.compile(r"(?<=[\w)\]|‖>])\^(\w\b|\{[^{}]+\})")


def escape(text: object) -> str:
    """Text made safe for HTML."""
    return html.escape(str(text), quote=True)


def prose(markdown: str) -> str:
    """One paragraph with ``$mathematics$``, code, bold and italic as HTML.

    Short mathematics may stand in plain Unicode: ``v_⋆`` and ``e^{at}`` get their heights.
    The class on mathematics is the one that MathJax looks for on the published page; JupyterLab
    typesets the delimiters themselves.
    """
    pieces, end = [], 0
    for match in _INLINE.finditer(markdown):
        pieces.append(_heights(markdown[end : match.start()]))
        pieces.append(_inline(match))
        end = match.end()
    return "".join([*pieces, _heights(markdown[end:])])


def _heights(text: str) -> str:
    """Escaped text with the subscripts and superscripts of single letters."""
    text = _LOW.sub(lambda m: f"{m[1]}<sub>{m[2].strip('{}')}</sub>", escape(text))
    return _HIGH.sub(lambda m: f"<sup>{m[1].strip('{}')}</sup>", text)


def _inline(match: re.Match[str]) -> str:
    if match["math"]:
        return f'<span class="math notranslate nohighlight">\\({escape(match["math"])}\\)</span>'
    if match["code"]:
        return f"<code>{escape(match['code'])}</code>"
    tag, text = ("strong", match["bold"]) if match["bold"] else ("em", match["it"])
    return f"<{tag}>{prose(text)}</{tag}>"


def verdict(row: Row, found: Verdict) -> tuple[str, str]:
    """The sign and the words for a verdict; our own results were never in print."""
    sign, words = VERDICTS[found]
    return sign, OWN_WORDS.get(found, words) if row.paper == OWN else words


def href(row: Row, page: str) -> str | None:
    """Where a statement stands, seen from ``page``; None while it has no page."""
    if row.page is None:
        return None
    if row.page == page:
        return f"#{row.id}"
    folder = posixpath.dirname(page) or "."
    return f"{posixpath.relpath(row.page, folder)}.ipynb#{row.id}"


def link(row: Row, page: str, text: str | None = None) -> str:
    """A link to a statement, or its bare id while it has no page."""
    shown, target = escape(text or row.id), href(row, page)
    return shown if target is None else f'<a href="{escape(target)}">{shown}</a>'


def links(ids: Iterable[str], page: str) -> str:
    """Links to several statements, or a dash."""
    return ", ".join(link(rows()[id], page) for id in ids) or "–"


def check_link(row: Row, page: str) -> str:
    """The kind of a statement's check, linked to the card that shows what it found.

    A statement that shares a check has it at the other one; a cited one has no card, and a
    statement without a check gives nothing.
    """
    source = rows()[row.shares_check_of] if row.shares_check_of else row
    if source.check is None:
        return ""
    target = href(source, page)
    if target is None or isinstance(source.check, Cited):
        return source.check.kind
    place = target.replace(f"#{source.id}", f"#check-{source.id}")
    return f'<a href="{escape(place)}">{source.check.kind}</a>'


def map_href(row: Row, page: str) -> str:
    """Where a statement stands on the map, seen from ``page``."""
    folder = posixpath.dirname(page) or "."
    return f"{posixpath.relpath('map', folder)}.ipynb#at-{row.id}"


def label(id: str) -> str:
    """A short name for a picture: ``Thm 1 i``, and the bare name of one of our own."""
    paper, *rest = id.split("-")
    if paper == OWN or not rest or rest[0] not in KINDS:
        return " ".join(rest)
    kind = KINDS[rest[0]]
    if len(rest) > 2 and len(rest[1]) == 1 and rest[1].isalpha() and rest[2].isdigit():
        rest[1:3] = [f"{rest[1].upper()}.{rest[2]}"]  # of an appendix
    numbers = [part for part in rest[1:] if part.isdigit()]
    others = [part for part in rest[1:] if not part.isdigit()]
    separator = "–" if rest[0] == "eq" else "."
    if rest[0] == "txt":
        return " ".join(["Text", *rest[1:]])
    return " ".join(filter(None, [SHORT[kind], separator.join(numbers), *others]))


def script(name: str, **values: str) -> str:
    """A script of this package, to stand in a page, with its ``$NAMES`` filled in."""
    text = _asset(name)
    for key, value in values.items():
        text = text.replace(f"${key}", value)
    return f"<script>{text}</script>"


def style(name: str) -> str:
    """A style sheet of this package, for a picture that also stands where no theme is."""
    return f"<style>{_asset(name)}</style>"


def _asset(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
