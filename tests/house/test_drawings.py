"""The drawings that come with the guide: harmless, alike in both languages, and each of them used and described."""

from __future__ import annotations

import re
from functools import cache

import pytest

from knowledge import shipped
from knowledge.drawings import ADDRESS, CLASSES, FOLDER, faults, inlined
from knowledge.rendering import render
from secdash.checks import CATALOGUE
from secdash.environment import BASE

FILES = sorted(path.name for path in FOLDER.iterdir())
PICTURE = re.compile(
    r'<figure class="drawing"><img alt="([^"]*)" src="([^"]*)"><figcaption>([^<]*)</figcaption></figure>'
)
STYLE = re.compile(r"<style>(.*)</style>", re.DOTALL)
WORDS = re.compile(r'(<(?:text|title)\b[^>]*>)[^<]*|lang="[a-z]+"')


def drawing(name):
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def html(language):
    renderings = (render(article.body, checks=CATALOGUE) for article in shipped.articles(language))
    return "\n".join(section.html for rendering in renderings for section in rendering.sections)


@pytest.mark.parametrize("name", FILES)
def test_a_drawing_may_stand_in_a_page(name):
    assert faults(drawing(name)) == []


@pytest.mark.parametrize("name", FILES)
def test_a_drawing_refers_to_nothing_outside(name):
    text = drawing(name).replace('xmlns="http://www.w3.org/2000/svg"', "")

    assert re.findall(r"https?:|href|url\(|@import|<script|\bon\w+=|style=", text) == []


def test_all_drawings_have_the_same_style_of_their_own():
    assert len({STYLE.search(drawing(name))[1] for name in FILES}) == 1


def test_both_style_sheets_know_every_class():
    page = (BASE / "static" / "css" / "drawings.css").read_text(encoding="utf-8")
    alone = STYLE.search(drawing(FILES[0]))[1]

    assert set(re.findall(r"\.(d-[a-z-]+)", page)) == set(re.findall(r"\.(d-[a-z-]+)", alone)) == CLASSES


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".en.svg")])
def test_a_drawing_is_the_same_in_both_languages_but_for_its_words(name):
    other = drawing(name.replace(".en.", ".fr."))

    assert WORDS.sub(r"\1", drawing(name)) == WORDS.sub(r"\1", other)
    assert drawing(name) != other


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_each_drawing_is_shown_once_and_described(language):
    shown = {address: (name, caption) for name, address, caption in PICTURE.findall(html(language))}

    assert sorted(shown) == [ADDRESS + name for name in FILES if name.endswith(f".{language}.svg")]
    assert {address: words for address, words in shown.items() if len(words[0]) < 40 or len(words[1]) < 20} == {}


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_no_drawing_is_named_that_is_not_there(language):
    assert [name for name in re.findall(rf"{ADDRESS}([\w.-]+)", html(language)) if name not in FILES] == []


@pytest.mark.parametrize("language", shipped.LANGUAGES)
def test_every_shipped_drawing_comes_to_stand_in_the_page(language):
    filled = inlined(html(language))

    assert filled.count("<svg ") == len(FILES) // 2
    assert "<img" not in filled
