"""Comments as HTML: what may be in them, and who is mentioned."""

from __future__ import annotations

import pytest

from secdash.findings.remarks import Refused, as_html, names_in

BOB = frozenset({"bob", "j.doe"})


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("**now** and `then`", "<p><strong>now</strong> and <code>then</code></p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", '<p><a rel="noopener noreferrer">x</a></p>'),
        ("[x](//example.org)", '<p><a rel="noopener noreferrer">x</a></p>'),
        ("[x](https://example.org)", '<p><a href="https://example.org" rel="noopener noreferrer">x</a></p>'),
        ("![a drawing](https://example.org/x.png)", "<p>a drawing</p>"),
        ("# Loud", "<p><b>Loud</b></p>"),
        ("---\ntitle: none\n---\n\nrest", "<hr>\n<p>title: none</p>\n<hr>\n<p>rest</p>"),
    ],
)
def test_markdown_is_rendered_and_nothing_else_gets_through(typed, shown):
    assert as_html(typed).strip() == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("ask @bob.", '<p>ask <span class="mention">@bob</span>.</p>'),
        ("@j.doe, please", '<p><span class="mention">@j.doe</span>, please</p>'),
        ("@nobody", "<p>@nobody</p>"),
        ("mail bob@example.org", "<p>mail bob@example.org</p>"),
        ("`@bob`", "<p><code>@bob</code></p>"),
    ],
)
def test_a_mention_is_a_mark_and_no_link(typed, shown):
    assert as_html(typed, BOB).strip() == shown


def test_a_title_that_looks_like_a_mention_stays_in_its_attribute():
    html = as_html('[x](https://example.org "a> @bob b")', BOB)

    assert 'title="a' in html
    assert "mention" not in html


def test_a_name_is_read_with_and_without_what_ends_a_sentence():
    assert names_in("ask @j.doe. or @bob-") == {"j.doe", "j.doe.", "bob", "bob-"}


def test_what_no_parser_should_read_is_refused():
    with pytest.raises(Refused):
        as_html("> " * 200 + "x")
