"""Live blocks within an article: one by one, or folded where many stand in a row."""

from __future__ import annotations

import re

from django.template.loader import render_to_string

from knowledge.live import FAMILY, pieces
from secdash.checks import CATALOGUE

NAMES = tuple(CATALOGUE)[: FAMILY + 1]


def slots(*names: str) -> str:
    return "".join(f'<div data-check="{name}"></div>\n' for name in names)


def test_few_blocks_in_a_row_stand_open() -> None:
    found = list(pieces(f"<p>Text.</p>{slots(*NAMES[: FAMILY - 1])}<p>More.</p>", "en"))

    assert [piece.check.name if piece.check else "" for piece in found] == ["", *NAMES[: FAMILY - 1], ""]


def test_many_blocks_in_a_row_are_folded_into_one() -> None:
    found = list(pieces(f"<p>Text.</p>{slots(*NAMES[:FAMILY])}<p>More.</p>{slots(NAMES[FAMILY])}", "en"))

    assert [len(piece.family) for piece in found] == [0, FAMILY, 0, 0]
    assert [piece.check.name for piece in found[1].family if piece.check] == list(NAMES[:FAMILY])
    assert found[3].check is CATALOGUE[NAMES[FAMILY]]


def test_a_folded_block_is_fetched_when_it_is_looked_at() -> None:
    html = render_to_string("knowledge/_pieces.html", {"pieces": pieces(slots(*NAMES[:FAMILY]), "en")})

    assert re.findall(r'hx-trigger="([^"]*)"', html) == ["intersect once"] * FAMILY
    assert html.count("<details") == 1
    assert f"{FAMILY} checks" in html
