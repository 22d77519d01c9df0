"""Cards, table, errata and graph: links that fit their page, words beside every sign."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from lindyn import ledger
from lindyn.ledger import html, layout
from lindyn.ledger.model import Domain, Printed, Proof, Row, Searched, Uniform, Verdict

CHECK = Searched(lambda x, c: 1 - c * x, Domain(x=Uniform(0, 1)), {"c": 1.0}, {"c": 1.03})
PRINTED = Printed(
    Verdict.FALSE, "$x < 1$", "$x \\le 1$", "ends", lambda: -0.25, "$x = 1$", "nothing", weight=2
)


@pytest.fixture
def small(ledger_of):
    return ledger_of(
        Row("own-clock", "The *clock*", "foundations/clock-and-gear", Proof.FULL, check=CHECK),
        Row(
            "lsz-thm-1-i",
            "Theorem 1 (i), $\\theta<1$",
            "lsz/turning",
            Proof.FULL,
            uses=("own-clock", "lsz-lem-3-i"),
            check=CHECK,
            printed=PRINTED,
        ),
        Row("lsz-lem-3-i", "Lemma 3", "lsz/turning", Proof.FULL, shares_check_of="own-clock"),
        Row("lsz-lem-10", "Lemma 10", "lsz/x", Proof.FULL, repair="a <gap>", no_control="no"),
        Row("lsz-txt-comparison-1-b", "Rates", "lsz/x", Proof.CITED, unchecked="about others"),
    )


def test_check_runs_and_shows(small):
    card = ledger.check("lsz-thm-1-i")
    text, shown = repr(card), card._repr_html_()
    for words in ("false as printed", "searched", "refuted", "slack -0.25", "own-clock"):
        assert words in text
        assert words in shown
    assert 'href="../foundations/clock-and-gear.ipynb#own-clock"' in shown
    assert 'href="#lsz-lem-3-i"' in shown
    assert r"\(\theta&lt;1\)" in shown
    assert "0x" not in text


def test_card_on_another_page_links_from_there(small):
    assert (
        'href="lsz/turning.ipynb#lsz-thm-1-i"' in ledger.card("lsz-thm-1-i", "ledger")._repr_html_()
    )


def test_check_of_a_red_row_raises(ledger_of):
    ledger_of(
        Row("own-bad", "Bad", "lsz/x", Proof.FULL, check=Searched(lambda x: x - 1, CHECK.domain))
    )
    with pytest.raises(AssertionError, match="own-bad: slack"):
        ledger.check("own-bad")
    assert "Red: slack" in repr(ledger.card("own-bad"))


def test_a_trial_with_a_false_constant_is_red(small):
    assert "Trial: c = 0.99: holds" in repr(ledger.trial("own-clock", c=0.99))
    assert "Red: slack -0.01 at x = 1" in repr(ledger.trial("own-clock", c=1.01))
    with pytest.raises(ValueError, match=r"own-clock \(c\)"):
        ledger.trial("own-clock", gain=1.0)


def test_wrong_names_are_refused(small):
    with pytest.raises(ValueError, match="no check"):
        ledger.check("lsz-lem-10")
    with pytest.raises(ValueError, match="row of the ledger"):
        ledger.card("lsz-thm-9")
    with pytest.raises(ValueError, match="page"):
        ledger.covered("lsz/nowhere")
    with pytest.raises(ValueError, match="part"):
        ledger.graph("nowhere")


def test_covered_lists_the_page(small):
    covered = ledger.covered("lsz/turning")
    assert repr(covered).splitlines() == [
        "lsz-thm-1-i: false as printed, corrected here",
        "lsz-lem-3-i: holds as printed",
    ]
    assert '<a href="#lsz-lem-3-i">' in covered._repr_html_()


def test_the_table_is_complete_without_scripts(small):
    table = ledger.table()
    shown = table._repr_html_()
    assert shown.count("<tr data-paper") == len(small) - len(
        [r for r in small.values() if r.proof is Proof.OPEN]
    )
    assert '<form class="ledger-filter" hidden' in shown
    for row in small.values():
        assert row.id in shown
    assert "EFT: 64 statements still open" in shown
    assert "lsz-thm-1-i" in repr(table)


def test_errata_are_ordered_and_refuted(small):
    errata = ledger.errata()
    shown = errata._repr_html_()
    assert "slack of the printed form -0.25" in shown
    assert "a &lt;gap&gt;" in shown
    assert "about others" in shown
    assert 'href="lsz/turning.ipynb#lsz-thm-1-i"' in shown
    assert shown.index("Changes a statement") < shown.index("gap in the printed proof")
    assert "lsz-lem-10: proof repaired: a <gap>" in repr(errata)


def test_the_graph_has_nodes_edges_and_a_list(small):
    shown = ledger.graph("lsz")._repr_html_()
    nodes = re.findall(r'<a href="([^"]+)" class="node ([^"]+)" data-id="([^"]+)"', shown)
    assert {id for _, _, id in nodes} == {"own-clock", "lsz-lem-3-i", "lsz-thm-1-i"}
    assert {names for _, names, id in nodes if id == "own-clock"} == {"holds foreign"}
    assert shown.count("data-from=") == 2
    assert "lsz-lem-10" in shown  # not connected, but listed
    assert "own-clock" in repr(ledger.graph("foundations"))


def test_the_map_has_every_statement_and_every_use(small):
    shown = BeautifulSoup(ledger.atlas()._repr_html_(), "html.parser")
    nodes = {node["id"]: node for node in shown.select(".canvas .node")}
    assert set(nodes) == {f"at-{id}" for id in small}
    for id, row in small.items():
        node = nodes[f"at-{id}"]
        assert tuple(node.get("data-uses", "").split()) == row.uses
        assert node["data-verdict"] == row.verdict
        assert node.get("href") == html.href(row, "map")
    theorem = nodes["at-lsz-thm-1-i"]
    assert theorem.find_parent(class_="box")["data-page"] == "lsz/turning"
    assert (theorem["data-sort"], theorem["data-kind"]) == ("theorem", "searched")
    assert nodes["at-lsz-lem-3-i"]["data-kind"] == "searched"  # shared
    assert nodes["at-lsz-lem-10"]["data-kind"] == "none"
    assert nodes["at-own-clock"]["data-sort"] == "our own result"


def test_the_map_says_in_words_what_it_draws(small):
    shown = BeautifulSoup(ledger.atlas()._repr_html_(), "html.parser")
    entries = {entry["data-id"]: entry for entry in shown.select("details li[data-id]")}
    assert set(entries) == set(small)
    links = [link["href"] for link in entries["own-clock"].find_all("a")]
    place, users = "foundations/clock-and-gear.ipynb", "lsz/turning.ipynb#lsz-thm-1-i"
    assert links == [f"{place}#own-clock", f"{place}#check-own-clock", users]
    shared = [link["href"] for link in entries["lsz-lem-3-i"].find_all("a")]
    assert f"{place}#check-own-clock" in shared
    assert "lsz-thm-1-i uses own-clock, lsz-lem-3-i" in repr(ledger.atlas())


def test_the_form_of_the_map_offers_what_is_there(small):
    form = BeautifulSoup(ledger.atlas()._repr_html_(), "html.parser").find("form")
    assert form.has_attr("hidden")
    offered = {
        select["name"]: {option["value"] for option in select.find_all("option")} - {""}
        for select in form.find_all("select")
    }
    assert offered["paper"] == {row.paper for row in small.values()}
    assert offered["verdict"] == {str(row.verdict) for row in small.values()}
    assert {"searched", "none"} <= offered["kind"]
    assert {"foundations/clock-and-gear", "lsz/turning", "eft/"} <= offered["page"]


def test_a_card_has_a_place_of_its_own_and_leads_to_the_map(small):
    shown = ledger.check("lsz-thm-1-i")._repr_html_()
    assert 'id="check-lsz-thm-1-i"' in shown
    assert 'href="../map.ipynb#at-lsz-thm-1-i"' in shown
    elsewhere = ledger.card("lsz-thm-1-i", "ledger")._repr_html_()
    trial = ledger.trial("own-clock", c=0.99)._repr_html_()
    assert "check-" not in elsewhere + trial


def test_layout_puts_what_is_used_above():
    graph = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("c",), "e": ("a",)}
    assert layout.ancestors(graph)["d"] == {"a", "b", "c"}
    assert layout.reduced(graph)["c"] == ("b",)
    place = layout.layered(graph).place
    assert all(place[p][1] < place[n][1] for n, ps in graph.items() for p in ps)
    wide = layout.layered({str(k): () for k in range(20)} | {"z": ("1",)}, width=6)
    assert max(map(len, wide.lines)) <= 6


@pytest.mark.parametrize(
    ("id", "short"),
    [
        ("lsz-thm-1-i", "Thm 1 i"),
        ("clz-lem-4-2-i-a", "Lem 4.2 i a"),
        ("lsz-eq-28-30", "Eq 28–30"),
        ("clz-thm-d-1-a", "Thm D.1 a"),
        ("lsz-txt-lem-1", "Text lem 1"),
        ("own-oja-flow", "oja flow"),
    ],
)
def test_labels(id, short):
    assert html.label(id) == short


def test_prose_sets_plain_mathematics():
    assert html.prose("v_⋆·w(t), e^{a|t|} and x^2") == (
        "v<sub>⋆</sub>·w(t), e<sup>a|t|</sup> and x<sup>2</sup>"
    )
    assert html.prose("worst_cases") == "worst_cases"
    assert html.prose("10s_Z ≤ ‖W_kᵀW_{k+1}u_k‖_F²") == (
        "10s<sub>Z</sub> ≤ ‖W<sub>k</sub>ᵀW<sub>k+1</sub>u<sub>k</sub>‖<sub>F</sub>²"
    )


def test_no_index_is_left_raw():
    raw = {}
    for id, row in ledger.rows().items():
        printed = () if row.printed is None else vars(row.printed).values()
        words = (row.title, row.note, row.repair, row.unchecked, *printed)
        shown = "".join(html.prose(text) for text in words if isinstance(text, str))
        raw[id] = re.findall(r"\S*[_^]\S*", re.sub(r"<code>.*?</code>|<[^>]*>", "", shown))
    assert {id: found for id, found in raw.items() if found} == {}


def test_prose_escapes_and_keeps_mathematics():
    assert html.prose("a < b, **bold** and `x<y`") == (
        "a &lt; b, <strong>bold</strong> and <code>x&lt;y</code>"
    )
    assert (
        html.prose("$a_*b_*$") == '<span class="math notranslate nohighlight">\\(a_*b_*\\)</span>'
    )
