"""Pictures with captions, and the shipped drawings that take their place at page time."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from knowledge.drawings import ADDRESS, FOLDER, faults, inlined
from knowledge.live import pieces
from knowledge.reading import explanation
from knowledge.rendering import render
from tests.knowledge.articles import a_body, a_published_article

NAME = "user-ids.en.svg"
DRAWING = (FOLDER / NAME).read_text(encoding="utf-8")


def html(text):
    return render(a_body(text), checks=()).sections[-1].html


def figure(alt="Ids inside and outside.", name=NAME):
    return html(f'## A {{#a}}\n\n![{alt}]({ADDRESS}{name} "The table")\n')


def test_a_picture_with_a_title_alone_in_its_paragraph_becomes_a_figure():
    found = html('## A {#a}\n\n![A *cat*](/static/cat.png "Asleep & <b>content</b>")\n')

    assert found == (
        '<figure class="drawing"><img alt="A *cat*" src="/static/cat.png">'
        "<figcaption>Asleep &amp; &lt;b&gt;content&lt;/b&gt;</figcaption></figure>"
    )


@pytest.mark.parametrize(
    "text", ["![A cat](cat.png)", 'See ![A cat](/static/cat.png "Asleep")', '![A cat](/static/cat.png "Asleep") there']
)
def test_any_other_picture_stays_in_its_paragraph(text):
    assert "<figure" not in html(f"## A {{#a}}\n\n{text}\n")


def test_a_shipped_drawing_stands_in_the_page_under_the_name_of_its_picture():
    svg = re.search(r"<svg .*?</svg>", inlined(figure()), re.DOTALL)[0]

    assert 'role="img" aria-label="Ids inside and outside."' in svg
    assert ">231072</text>" in svg
    assert not re.search(r"<style|<title|style=|\bid=|xmlns", svg)


def test_a_page_shows_the_drawing_and_keeps_the_caption():
    (piece,) = pieces(figure(), "en")

    assert "<svg " in piece.html
    assert "<figcaption>The table</figcaption>" in piece.html


@pytest.mark.parametrize(
    "name", ["nobody.en.svg", "user-ids.svg", "../guide/user-ids.en.svg", "user-ids.en.svg?x", "user-ids.en.png"]
)
def test_any_other_address_stays_a_picture_or_nothing(name):
    assert "<svg" not in inlined(figure(name=name))


@pytest.mark.django_db
def test_the_page_of_a_check_shows_the_drawing_of_its_section():
    claim = f'::: check no-memory-limit\n\n![Ids inside and outside.]({ADDRESS}{NAME} "The table")'
    a_published_article(f"## Memory {{#memory}}\n\n{claim}\n")

    page = Template("{{ guide.intro }}").render(Context({"guide": explanation("no-memory-limit", "en")}))

    assert 'role="img" aria-label="Ids inside and outside."' in page
    assert "<figcaption>The table</figcaption>" in page


def test_a_drawing_within_a_sentence_stays_a_picture():
    text = html(f"## A {{#a}}\n\nSee ![ids]({ADDRESS}{NAME}).\n")

    assert inlined(text) == text


@given(st.text(max_size=60))
def test_no_alternative_text_breaks_out_of_the_name(alt):
    found = inlined(figure(alt=alt))

    assert found.count("<svg ") <= 1
    if "<svg " in found:
        svg = re.search(r"<svg .*</svg>", found, re.DOTALL)[0]
        root = ElementTree.fromstring(svg)  # noqa: S314 - it was just made
        assert set(root.attrib) == {"viewBox", "width", "height", "role", "aria-label"}


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("</svg>", "<script>1</script></svg>", "title and a style come first"),
        ("</svg>", "<g><a><text>x</text></a></g></svg>", "unknown element"),
        ("</svg>", '<g onclick="x"/></svg>', "unknown attribute onclick"),
        ("</svg>", '<g style="fill:red"/></svg>', "unknown attribute style"),
        ("</svg>", '<g id="x"/></svg>', "unknown attribute id"),
        ("</svg>", '<rect class="btn"/></svg>', "unknown class btn"),
        ("</svg>", '<rect x="url(#y)"/></svg>', "not made of numbers"),
        ("<title>User ids inside and outside</title>", "<title> </title>", "title is empty"),
        ("viewBox=", 'onload="x" viewBox=', "the root is an svg"),
        ("</svg>", "", "no element found"),
    ],
)
def test_refuses_what_could_reach_or_disturb_the_page(before, after, fault):
    assert fault in "\n".join(faults(DRAWING.replace(before, after, 1)))
