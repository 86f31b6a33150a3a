"""What an author's text becomes, and what it can never become."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.rendering import NOTES, Refused, render
from tests.knowledge.articles import a_body

CHECKS = {"no-memory-limit", "privileged-container"}


def rendered(text):
    return render(a_body(text), checks=CHECKS)


def html(text):
    return "\n".join(section.heading + section.html for section in rendered(text).sections)


def section(text, anchor):
    return next(one for one in rendered(text).sections if one.anchor == anchor)


class Attributes(HTMLParser):
    """Collects what a browser would see: tags and attributes."""

    def __init__(self, markup):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_reads_the_metadata():
    meta = rendered("").meta

    assert (meta.title, meta.order, meta.part, meta.summary) == ("Limits", 10, "I", "What a container may take.")


def test_a_value_may_hold_a_colon_and_quotes_around_it_are_taken_off():
    meta = render('---\ntitle: "Networking: ports"\nsummary: a: b\n---\n', checks=()).meta

    assert (meta.title, meta.summary) == ("Networking: ports", "a: b")


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("no metadata", 1, "must begin with its metadata"),
        ("---\ntitle: x\n", 1, "never closed"),
        ("---\norder: 1\n---\n", 1, "lacks a title"),
        ("---\ntitle: x\norder: first\n---\n", 1, "whole number"),
        ("---\ntitle: x\npart: IV\n---\n", 1, "I, II, III"),
        ("---\ntitle: x\ncolour: red\n---\n", 3, "colour: red"),
        ("---\ntitle: x\ntitle: y\n---\n", 3, "title: y"),
        ("---\ntitle: x\n---\n## A {#a}\n\n::: check nobody-knows\n", 6, "no check named “nobody-knows”"),
        ("---\ntitle: x\n---\n## A {#a}\n\n## B {#a}\n", 6, "“a” is already used"),
        ("---\ntitle: x\n---\n::: check no-memory-limit\n", 4, "before the first heading"),
        ("---\ntitle: x\n---\n## A {#a}\n::: chekc no-memory-limit\n", 5, "not known"),
        ("---\ntitle: x\n---\n## A {#a}\n::: check no-memory-limit\n::: check no-memory-limit\n", 6, "already claims"),
        ("---\ntitle: x\n---\n```sh\nls\n", 4, "never closed"),
    ],
)
def test_says_what_is_wrong_and_on_which_line(body, line, words):
    problems = render(body, checks=CHECKS).problems

    assert [problem.line for problem in problems] == [line]
    assert words in str(problems[0].message)


def test_cuts_the_text_at_its_headings():
    found = rendered("## Memory `--memory` {#memory}\n\nText.\n\n### Why *it* matters {#memory-why}\n\nBecause.\n")

    assert [(one.anchor, one.level, one.title) for one in found.sections] == [
        ("", 1, ""),
        ("memory", 2, "Memory --memory"),
        ("memory-why", 3, "Why it matters"),
    ]
    assert found.sections[1].heading == "Memory <code>--memory</code>"
    assert found.sections[0].html == "<p>Lead.</p>"
    assert found.sections[2].html == "<p>Because.</p>"
    assert [entry.anchor for entry in found.toc] == ["memory", "memory-why"]


def test_a_heading_without_an_anchor_gets_one_that_is_free():
    assert [one.anchor for one in rendered("## Réseau & ports\n\n## Réseau, ports\n\n## ?\n").sections[1:]] == [
        "reseau-ports",
        "reseau-ports-2",
        "section",
    ]


def test_a_heading_right_under_text_and_one_without_a_space_are_headings():
    assert [one.title for one in rendered("text\n##I.\tTitle\nmore text\n").sections] == ["", "I.\tTitle"]


@pytest.mark.parametrize(
    "text", ["> ## In a quote\n", "- ## in a list\n", "    ## in code\n", "```\n## in code\n```\n"]
)
def test_only_headings_of_the_article_itself_make_sections(text):
    assert len(rendered(text).sections) == 1


def test_a_directive_becomes_an_empty_element_and_a_claim_of_its_section():
    one = section("## Memory {#memory}\n\nText.\n::: check no-memory-limit\nMore.\n", "memory")

    assert one.checks == ("no-memory-limit",)
    assert one.html == '<p>Text.</p>\n<div data-check="no-memory-limit"></div>\n<p>More.</p>'


@pytest.mark.parametrize(
    "text",
    [
        "```\n::: check no-memory-limit\n```\n",
        "~~~~sh\n~~~\n::: check no-memory-limit\n~~~~\n",
        "    ::: check no-memory-limit\n",
        "`::: check no-memory-limit`\n",
        "- item\n\n    ::: check no-memory-limit\n",
    ],
)
def test_a_directive_in_code_or_inside_a_list_is_text(text):
    one = section(f"## A {{#a}}\n\n{text}", "a")

    assert one.checks == ()
    assert "::: check no-memory-limit" in one.html


def test_an_unknown_check_leaves_nothing_behind():
    assert section("## A {#a}\n\n::: check nobody-knows\n", "a").html == ""


def test_code_keeps_every_character_and_names_its_language():
    one = section("## A {#a}\n\n```yaml\nweb:\n  image: <b>&amp;\n\ttab\n```\n", "a")

    assert "<span>YAML</span>" in one.html
    assert "web" in one.html
    assert "&lt;b&gt;&amp;amp;" in one.html
    assert "\ttab" in one.html
    assert 'class="tk-k"' in one.html


def test_code_in_a_list_stays_in_its_item():
    assert re.search(r"<li>.*<figure", html("1. step\n\n    ```sh\n    ls\n    ```\n"), re.DOTALL)


def test_footnotes_stand_in_a_section_of_their_own_at_the_end():
    found = rendered("## A {#a}\n\nText[^1].\n\n## B {#b}\n\n[^1]: See https://example.org/x.\n").sections

    assert [one.anchor for one in found] == ["", "a", "b", NOTES]
    assert 'href="#a-fn-1"' in found[1].html
    assert 'id="a-fn-1"' in found[3].html
    bare = '<a class="bare" href="https://example.org/x" rel="noopener noreferrer">https://example.org/x</a>.'
    assert bare in found[3].html


def test_tables_scroll_in_their_box_and_align_without_style():
    found = html("| a | b |\n|---|--:|\n| 1 | 2 |\n")

    assert '<div class="tbl" tabindex="0"><table>' in found
    assert '<td align="right">2</td>' in found
    assert "style" not in found


def test_admonitions_keep_their_classes():
    assert '<div class="admonition warning">' in html('!!! warning "Mind"\n    Text.\n')


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("cgroups.md#memory", "../cgroups/#memory"),
        ("cgroups.md", "../cgroups/"),
        ("../cgroups/#memory", "../cgroups/#memory"),
        ("#here", "#here"),
        ("#elsewhere", "#a-elsewhere"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&amp;b=2"),
        ("mailto:a@example.org", "mailto:a@example.org"),
    ],
)
def test_links_lead_where_their_author_meant(written, href):
    assert f'<a href="{href}" rel="noopener noreferrer">x</a>' in html(f"## H {{#here}}\n\n[x]({written})\n")


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "&#x6a;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example.org",
        "file:///etc/passwd",
    ],
)
def test_no_link_runs_code_or_leaves_by_a_side_door(written):
    for text in (f"[x]({written})", f"[x]: {written}\n\n[x]", f"<{written}>"):
        assert "href" not in dict(Attributes(html(text)).attributes)


@pytest.mark.parametrize("source", ["https://example.org/x.png", "//e.org/x.png", "../../x.png", "data:image/png,x"])
def test_pictures_come_from_here_or_not_at_all(source):
    assert "src" not in dict(Attributes(html(f"![x]({source})")).attributes)


def test_a_picture_of_our_own_is_shown():
    assert 'src="/static/img/x.svg"' in html("![x](/static/img/x.svg)")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<iframe src='javascript:alert(1)'></iframe>",
        "<div hx-get='/x' hx-trigger='load'>x</div>",
        "<style>*{display:none}</style>",
        "<a href='javascript:x'>x</a>",
        "<p style='position:fixed'>x</p>",
        '<div data-check="no-memory-limit"></div>',
        "text {: onclick=alert(1) hx-post=/x style=x }",
        "## Title {#t onclick=alert(1) hx-get=/x}",
        "## <img src=x onerror=alert(1)> {#t}",
        "`<script>`{: onclick=x }",
        "```sh onclick=x\n<script>\n```",
        "[x](http://e.org 'a\" onclick=\"x')",
        "\x02wzxhzdk:0\x03 <script>",
        "\x02c:0\x03\x02h:0\x03",
    ],
)
def test_nothing_an_author_writes_acts_in_a_readers_browser(text):
    found = Attributes(html(f"## A {{#a}}\n\n{text}\n"))

    assert not found.tags & {"script", "style", "iframe", "svg", "img", "form", "input", "button", "object"}
    assert {name for name, _ in found.attributes} <= {"href", "rel", "class", "title", "tabindex"}


def test_raw_html_is_shown_as_it_was_typed():
    assert "docker run &lt;image&gt; &lt;b&gt;x&lt;/b&gt;" in html("docker run <image> <b>x</b>\n")


def test_other_ids_never_meet_those_of_headings():
    found = rendered("## A {#fn-1}\n\nText[^1].\n\n[^1]: Note.\n")

    ids = [value for one in found.sections for name, value in Attributes(one.html).attributes if name == "id"]
    assert ids == ["a-fnref-1", "a-fn-1"]


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + " deep",
        "- " * 10_000,
        "[" * 20_000,
        "![a](" * 10_000,
        "[a][" * 10_000,
        "\n\n".join(f"[^{n}] x" for n in range(500)),
        "\n".join("    " * n + "- a" for n in range(100)),
        "".join("`" * n + " " for n in range(200)),
        "|a|b|\n|-|-|\n" + "|x|y|\n" * 200_000,
        "x" * 1_000_000,
        "```\n```\n" * 2_500,
        "x\n" * 5_000,
    ],
    ids=lambda text: text[:8],
)
def test_refuses_in_words_what_no_article_needs(text):
    began = time.monotonic()
    with pytest.raises(Refused) as refused:
        rendered(text)

    assert str(refused.value).endswith(".")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        ("` " * 9_900 + "``\n\n") * 3,
        ("\\*" * 9_900 + "\n\n") * 3,
        ("*a **b " * 2_800 + "\n\n") * 3,
        "[^1] " * 390 + "\n\n[^1]: a",
        "# a\n```sh\nls\n```\n" * 900,
        "|a|b|\n|-|-|\n" + "|x|y|\n" * 3_000,
        "> " * 20 + "deep",
        "![" * 400 + "x",
    ],
    ids=lambda text: text[:8],
)
def test_renders_the_heaviest_text_it_takes_in_good_time(text):
    began = time.monotonic()
    assert rendered(text).sections
    assert time.monotonic() - began < 5


def test_the_same_text_renders_the_same():
    text = "## A {#a}\n\nText[^n] `c` [l](x.md).\n\n::: check no-memory-limit\n\n```json\n{}\n```\n\n[^n]: N.\n"

    assert rendered(text) == rendered(text)


LINE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            *(
                "# a",
                "## A {#a}",
                "### b #",
                "#",
                "##\\",
                "::: check no-memory-limit",
                ":::",
                "```",
                "```sh",
                "~~~",
                "---",
            ),
            *("> q", "- l", "    code", "\ttab", "[^1]", "[^1]: n", "|a|b|", "|-|-|", "!!! note", "    in", ": d", ""),
            *(
                "<script>",
                "{: onclick=x}",
                "[x](javascript:y)",
                "<a onclick=x>",
                "`<b>`",
                "&#60;script&#62;",
                "\x02h:0\x03",
            ),
        ]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINE, max_size=25).map("\n".join))
@example("a\n:   # b\n\n# c")
@example("[^1]: a\n# b\n    c\n# d")
def test_no_text_at_all_breaks_it_or_slips_through(text):
    try:
        found = rendered(text)
    except Refused:
        return
    markup = Attributes("".join(one.heading + one.html for one in found.sections))
    assert not markup.tags & {"script", "style", "iframe", "svg", "form", "object"}
    assert {name for name, _ in markup.attributes} <= {
        *("href", "rel", "class", "title", "id", "align", "start", "alt", "data-check", "tabindex")
    }
    assert not [value for name, value in markup.attributes if name == "href" and "javascript:" in value.lower()]


def test_the_empty_corner_of_a_table_is_no_heading():
    [section] = [one for one in rendered("## A {#a}\n\n| | left |\n|---|---|\n| up | x |\n").sections if one.anchor]

    assert section.html.count("<th>") == 1
    assert "<td></td>" in section.html
