"""Charts in a real browser: drawn in both themes, under the content security policy, from the table behind them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.flows import made_once, product
from tests.flows.browser import NARROW, WIDE, Manners, overflow, signed_in, violations, visiting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("trends"), pytest.mark.timeout(600)]
CHARTS = ("score", "open", "moved", "due", "assessed", "accepted")
STROKES = """() => [...document.querySelectorAll('[data-chart=score] svg path')]
  .map((path) => path.getAttribute('stroke')).filter((colour) => colour && colour !== 'none')"""
TABLE = """(key) => [...document.querySelectorAll(`[data-chart=${key}] ~ .behind tbody tr`)]
  .map((row) => [...row.cells].map((cell) => cell.textContent))"""


class Seen(NamedTuple):
    page: Page
    manners: Manners


@pytest.fixture(scope="module")
def seen(chromium, tmp_path_factory) -> Iterator[Seen]:
    """The trends of the sample fleet, seen by its administrator."""
    folder = tmp_path_factory.mktemp("trends")
    key = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}
    made_once.prepare(folder, made_once.MIGRATE, ("load_samples",), **key)
    with product.services(folder, (), **key) as server:
        session = product.choose_password(product.LINK.findall(server.manage("first_admin"))[-1])
        with visiting(chromium, server.url, color_scheme="light", **signed_in(session, server.url)) as (page, manners):
            yield Seen(page, manners)


@pytest.fixture
def page(seen):
    seen.page.emulate_media(color_scheme="light")
    seen.page.goto("/trends/?days=30")
    seen.page.locator("[data-chart=accepted] svg").wait_for()
    return seen.page


def test_every_chart_is_drawn_and_nothing_is_refused(page, seen):
    assert [page.locator(f"[data-chart={key}] svg path").count() > 3 for key in CHARTS] == [True] * len(CHARTS)
    assert violations(page) == seen.manners.faults == []


def test_the_colours_follow_a_change_of_theme_without_another_visit(page, seen):
    light = page.evaluate(STROKES)
    page.emulate_media(color_scheme="dark")

    assert product.eventually(lambda: page.evaluate(STROKES) != light)
    page.emulate_media(color_scheme="light")
    assert product.eventually(lambda: page.evaluate(STROKES) == light)
    assert violations(page) == seen.manners.faults == []


def test_what_is_drawn_stands_in_the_table_and_in_the_file(page):
    drawn = page.evaluate("JSON.parse(document.getElementById('chart-data').textContent).charts")
    for key in CHARTS:
        answer = page.request.get(f"/trends/{key}.csv?days=30").text()
        rows = list(csv.reader(io.StringIO(answer)))[1:]
        numbers = [at for at, column in enumerate(drawn[key]["columns"]) if column["kind"] == "number"]
        shown = [
            ["" if row[at] == "–" else row[at].replace("−", "-") for at in numbers] for row in page.evaluate(TABLE, key)
        ]

        assert [[cell and float(cell) for cell in row] for row in shown] == [
            [row[at] and float(row[at]) for at in numbers] for row in rows
        ]
        assert [[float(cell) if cell else None for cell in (row[at] for at in numbers)] for row in rows] == [
            [row[at] for at in numbers] for row in drawn[key]["rows"]
        ]


def test_a_word_of_the_legend_takes_its_series_away_and_brings_it_back(page):
    word = page.locator("[data-legend=open] button").first
    areas = page.locator("[data-chart=open] svg path")
    before = areas.count()
    word.press("Enter")

    expect(word).to_have_attribute("aria-pressed", "false")
    assert product.eventually(lambda: areas.count() < before)
    word.press("Enter")
    expect(areas).to_have_count(before)


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg")])
def test_a_chart_can_be_taken_along_as_a_picture(page, seen, kind, begins):
    page.locator(".chart-files summary").first.click()
    with page.expect_download() as waiting:
        page.locator(f"[data-downloads=score] [data-picture={kind}]").click()

    assert waiting.value.suggested_filename == f"trends-score.{kind}"
    assert waiting.value.path().read_bytes().startswith(begins)
    assert violations(page) == seen.manners.faults == []


def test_charts_are_printed_in_light_on_paper_and_fit_a_telephone(page):
    light, drawn = page.evaluate(STROKES), page.locator("[data-chart=score] svg")
    page.emulate_media(color_scheme="dark", media="print")

    assert product.eventually(lambda: drawn.get_attribute("width") == "640")
    assert set(page.evaluate(STROKES)) == set(light)
    page.emulate_media(color_scheme="light", media="screen")
    assert product.eventually(lambda: drawn.get_attribute("width") != "640")
    page.set_viewport_size({"width": NARROW, "height": 900})
    assert overflow(page) == 0
    page.set_viewport_size({"width": WIDE, "height": 900})


def test_a_reader_who_hears_the_page_is_told_what_each_chart_says(page):
    names = [page.locator(f"[data-chart={key}]").get_attribute("aria-label") for key in CHARTS]

    assert all(name.endswith(".") for name in names)
    assert names[0].startswith("The score ")
