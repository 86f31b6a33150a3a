"""Two rendered texts compared: what it shows, that it loses nothing, and that nothing gets through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.comparing_rendered import compare_html, compare_rendered
from knowledge.rendering import render
from knowledge.sanitising import TAGS, clean
from tests.knowledge.articles import a_body

CHECKS = {"no-memory-limit"}

PIECES = st.sampled_from(
    [
        "Some words here.",
        "Some other words here.",
        "- one\n- two\n- three",
        "- one\n- two and a half\n\n    more\n- three",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
        "```yaml\nmem_limit: 512m\n```",
        "```yaml\nmem_limit: 1g\ncpus: 2\n```",
        "> quoted **strongly**",
        "a [link](other.md) and `code`",
        "a [link](third.md) and `more code`",
        "## A {#a}",
        "### B {#b}",
        "a<b & <script>alert(1)</script>",
        "::: check no-memory-limit",
        "!!! note\n    Mind this.",
        "Term\n:   what it means",
        "word[^1]\n\n[^1]: a note",
    ]
)
TEXTS = st.lists(PIECES, max_size=7).map(lambda parts: a_body("\n\n".join(parts)))


def rendered(body):
    return render(body, checks=CHECKS)


def words(html):
    return re.sub(r"<[^>]*>|\s", "", html)


def without(html, mark):
    return re.sub(rf"<{mark}>.*?</{mark}>", "", html, flags=re.DOTALL)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_without_its_marks_the_comparison_reads_as_either_text(old, new):
    before, after = rendered(old), rendered(new)
    old_html = {section.anchor: section.html for section in before.sections}
    new_html = {section.anchor: section.html for section in after.sections}

    for section in compare_rendered(before, after):
        old_words = words(old_html.get(section.anchor, "").replace(*SLOT))
        new_words = words(new_html.get(section.anchor, "").replace(*SLOT))
        assert words(without(section.html, "ins")) == old_words
        assert words(without(section.html, "del")) == new_words


SLOT = ('<div data-check="no-memory-limit"></div>', ":::checkno-memory-limit")


@settings(deadline=None)
@given(st.text(alphabet="<>/='\"& aponesrcimgtb\n", max_size=60), st.text(alphabet="<>/='\"& apins\n", max_size=60))
def test_whatever_goes_in_only_allowed_elements_come_out(old, new):
    html = compare_html(clean(old), clean(new))

    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= TAGS | {"ins", "del"}
    assert not re.search(r"<[^>]*\son\w+=", html)


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src="x" onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="//elsewhere.example/">x</a>',
        '<p style="position:fixed">x</p>',
        '<ins onmouseover="alert(1)">x</ins>',
        "<svg><script>alert(1)</script></svg>",
    ],
)
def test_html_that_was_never_sanitised_is_not_passed_on_either(attack):
    for html in (compare_html(attack, "<p>y</p>"), compare_html("<p>y</p>", attack), compare_html(attack, attack)):
        assert not re.search(r"<script|<svg|onerror|onmouseover=|javascript:|style=|//elsewhere", html)


def section(old, new, at=0):
    return compare_rendered(rendered(a_body(old)), rendered(a_body(new)))[at]


def test_changed_words_are_marked_within_the_text():
    shown = section("A process is **slowed** down.", "A process is **killed** down.")

    assert shown.change == "changed"
    assert "<strong><del>slowed</del><ins>killed</ins></strong>" in shown.html
    assert "<p>A process is " in shown.html


def test_a_new_line_of_a_table_leaves_the_others_alone():
    table = "| a | b |\n|---|---|\n| one | two |\n"

    html = section(table, table + "| three | four |\n").html

    assert "<td>one</td>" in html
    assert html.count("<table>") == 1
    assert html.count("<ins>") == 2


def test_spaces_in_code_are_kept():
    html = section("```\na:\n    b: 1\n```", "```\na:\n    b: 2\n```").html

    assert "a:\n    b: <del>1</del><ins>2</ins>" in html


def test_a_link_that_leads_elsewhere_shows_as_changed():
    html = section("[there](a.md)", "[there](b.md)").html

    assert '<a href="../a/" rel="noopener noreferrer"><del>there</del></a>' in html
    assert '<a href="../b/" rel="noopener noreferrer"><ins>there</ins></a>' in html


def test_a_check_that_is_no_longer_claimed_is_named():
    claim = "## A {#a}\n\nText.\n\n::: check no-memory-limit\n"

    assert "<del>::: check no-memory-limit</del>" in section(claim, "## A {#a}\n\nText.\n", 1).html


def test_sections_are_aligned_by_anchor_and_say_what_became_of_them():
    old = "## A {#a}\n\nText.\n\n## Gone {#gone}\n\nOld.\n\n## C {#c}\n\nSame.\n"
    new = "## A {#a}\n\nText, changed.\n\n## C renamed {#c}\n\nSame.\n\n## New {#new}\n\nHere.\n"

    shown = compare_rendered(rendered(a_body(old)), rendered(a_body(new)))

    assert [(one.anchor, one.change) for one in shown] == [
        ("", "same"),
        ("a", "changed"),
        ("gone", "removed"),
        ("c", "changed"),
        ("new", "added"),
    ]
    assert shown[3].heading == "C<ins> renamed</ins>"
    assert shown[0].heading == "Limits"


def test_no_ids_are_left_that_could_stand_twice_on_the_page():
    assert " id=" not in section("word[^1]\n\n[^1]: a note", "words[^1]\n\n[^1]: a note", 1).html


def test_cells_that_were_rewritten_stay_in_their_columns():
    html = section("| a | b |\n|---|---|\n| one | two |\n", "| x | b |\n|---|---|\n| one | three |\n").html

    assert "<th><del>a</del><ins>x</ins></th><th>b</th>" in html
    assert "<td>one</td><td><del>two</del><ins>three</ins></td>" in html
