"""Nothing that people type acts in a reader's browser: hundreds of payloads, in every place, on every page.

`tests/flows/test_scripts.py` opens the same pages in a browser.
"""

from __future__ import annotations

import json
import re

import pytest
from defusedxml.ElementTree import fromstring
from django.db import transaction
from django.test import Client

from knowledge.models import Article
from knowledge.rendering import Refused, render
from secdash.accounts.models import User
from tests.knowledge.acting import acting
from tests.knowledge.articles import a_body
from tests.knowledge.hostile import populate
from tests.knowledge.payloads import ADDRESSES, MARK, MARKUP, PAYLOADS, PLACES, UNPUBLISHED, cases

DATA = re.compile(r'<script type="application/(?:ld\+)?json"[^>]*>(.*?)</script>', re.DOTALL)


@pytest.mark.parametrize(("group", "least"), [(PAYLOADS[: len(MARKUP)], 90), (PAYLOADS[-len(ADDRESSES) :], 20)])
def test_the_judge_of_these_tests_sees_what_acts(group, least):
    """Some payloads act only after a second reading; the others must be seen where nothing was taken out."""
    asked = [payload if group[0].startswith("<") else f'<a href="{payload}">' for payload in group]

    assert sum(bool(acting(text)) for text in asked) >= least


def test_no_payload_acts_from_any_place_of_a_text():
    found = {}
    for case in cases((*PLACES, *UNPUBLISHED)):
        try:
            sections = render(a_body(f"## A {{#a}}\n\n{case}"), checks=()).sections
        except Refused:
            continue
        if faults := acting("".join(section.heading + section.html for section in sections)):
            found[case] = faults

    assert found == {}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Once for all tests, which only read it; taken back as a whole."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield populate("marie")
        transaction.set_rollback(True)


@pytest.fixture
def client(world, db):
    client = Client()
    client.force_login(User.objects.get(username="marie"))
    return client


def test_no_payload_acts_on_any_page_that_shows_it(world, client):
    found = {}
    for path in world.pages:
        answer = client.get(path)
        assert answer.status_code in (200, 410), path
        if faults := acting(answer.content.decode()):
            found[path] = faults[:5]

    assert found == {}


def test_a_picture_that_was_sent_only_draws(world, client):
    for path in world.pictures:
        answer = client.get(path)
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert acting(answer.content.decode().replace("<style />", "")) == []


def test_what_is_not_html_is_never_taken_for_it(world, client):
    raw = client.get(f"/guide/en/{world.texts[0]}/revisions/1/raw/")

    assert raw["Content-Type"].startswith("text/markdown") or raw["Content-Type"].startswith("text/plain")
    assert raw["X-Content-Type-Options"] == "nosniff"


def test_feeds_are_well_formed_and_hold_words_only(world, client, settings):
    settings.PUBLIC_GUIDE = True
    for path in ("/guide/changes.atom", f"/guide/en/{world.texts[0]}/changes.atom"):
        for reader in (client, Client()):
            feed = fromstring(reader.get(path).content)
            assert MARK in "".join(feed.itertext())
            # A feed reader takes titles as text, and summaries and contents as HTML.
            typed = [one.text or "" for one in feed.iter() if one.get("type") == "html"]
            assert [faults for text in typed if (faults := acting(text))] == []


def test_what_search_engines_read_stays_in_its_block(world, db, settings):
    settings.PUBLIC_GUIDE = True
    for article in Article.objects.standing()[:20]:
        page = Client().get(f"/guide/en/{article.key}/").content.decode()
        [block] = [json.loads(text) for text in DATA.findall(page)]
        assert block[0]["headline"] == article.title
        assert acting(page) == []
    assert fromstring(Client().get("/sitemap.xml").content) is not None


def test_the_forms_show_again_what_was_typed_as_text(world, client):
    for payload in PAYLOADS[::6]:
        typed = {
            "title": payload,
            "key": payload,
            "summary": payload,
            "place": payload,
            "body": payload,
            "words": payload,
        }
        typed |= {
            "why": payload,
            "to": payload,
            "anchor": payload,
            "section": payload,
            "message": payload,
            "quote": payload,
        }
        for path in ("new/", "text-0/preview/", "text-0/rename/", "text-0/comments/"):
            answer = client.post(f"/guide/en/{path}", typed | {"anchor": payload, "decision": payload})
            assert answer.status_code in (200, 422), path
            assert acting(answer.content.decode()) == [], (path, payload)
