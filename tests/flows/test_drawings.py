"""The drawings of the guide as a browser sets them: no word is cut off, leaves its box or covers another."""

from __future__ import annotations

import pytest

from knowledge.drawings import ADDRESS, inlined, shipped
from secdash.environment import BASE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("drawings")]
STYLES = ("tokens.css", "drawings.css")
# A text belongs to each box in which its middle lies; the circle of a number may sit on the edge of one.
MISPLACED = """() => [...document.querySelectorAll('figure')].flatMap((figure) => {
  const size = figure.querySelector('svg').viewBox.baseVal;
  const texts = [...figure.querySelectorAll('text')].map((text) => ({words: text.textContent, box: text.getBBox()}));
  const boxes = [...figure.querySelectorAll('rect')].map((rect) => rect.getBBox());
  const within = (box, x, y) => x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height;
  const before = (a, b) => a.x + a.width < b.x || a.y + a.height < b.y + 6;
  const apart = (a, b) => before(a, b) || before(b, a);
  const wrong = ({words, box}, index) => [
    (box.x < 2 || box.x + box.width > size.width - 2 || box.y < 0 || box.y + box.height > size.height) && 'is cut off',
    boxes.some((one) => within(one, box.x + box.width / 2, box.y + box.height / 2) && words.length > 1
      && (box.x < one.x + 2 || box.x + box.width > one.x + one.width - 2)) && 'leaves its box',
    texts.some((other, at) => at !== index && !apart(box, other.box)) && 'covers another',
  ].filter(Boolean).map((fault) => `${figure.querySelector('svg').ariaLabel}: ${words} ${fault}`);
  return texts.flatMap(wrong);
})"""


def page_of(names):
    """All of them at once: what a page of the guide would hold, without the rest of it."""
    styles = "\n".join((BASE / "static" / "css" / name).read_text(encoding="utf-8") for name in STYLES)
    figures = (inlined(f'<figure class="drawing"><img alt="{name}" src="{ADDRESS}{name}"></figure>') for name in names)
    return f"<style>{styles}</style>{''.join(figures)}"


def test_every_word_has_its_place(chromium):
    names = list(shipped())
    page = chromium.new_page()
    page.set_content(page_of(names))

    assert page.locator("figure svg").count() == len(names) > 0
    assert page.evaluate(MISPLACED) == []
    page.close()


def test_a_word_out_of_place_would_be_seen(chromium):
    name = "user-ids.en.svg"
    page = chromium.new_page()
    page.set_content(page_of([name]).replace(">escapes as root<", ">escapes as root, and goes on and on and on<"))

    assert page.evaluate(MISPLACED) != []
    page.close()


def test_colours_follow_the_theme_and_print_is_light(chromium):
    page = chromium.new_page()
    page.set_content(page_of(["user-ids.en.svg"]))
    ink = "getComputedStyle(document.querySelector('figure text.d-code:not(.d-own-ink, .d-bad-ink, .d-good-ink)')).fill"
    light = page.evaluate(ink)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    dark = page.evaluate(ink)
    page.emulate_media(media="print")

    assert light != dark
    assert page.evaluate(ink) == light
    page.close()
