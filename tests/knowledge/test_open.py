"""The guide as strangers read it where it is public, and what programs are told of it."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from knowledge.openness import data_block
from secdash.accounts.roles import Role
from tests.cast import a_member, signed_in
from tests.knowledge.articles import a_published_article
from tests.posture.world import a_fleet

pytestmark = pytest.mark.django_db
TEXT = "## Memory {#memory}\n\nText.\n\n::: check no-memory-limit\n"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
SITE = "https://guide.example.org"
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def public(settings):
    settings.PUBLIC_GUIDE = True
    settings.PUBLIC_URL = SITE


@pytest.fixture
def article(public):
    writer = a_member(Role.REVIEWER, first_name="Camille", last_name="Dupont")
    return a_published_article(TEXT, author=writer)


def strangers(path="/guide/en/limits/", status=200):
    answer = Client().get(path)
    assert answer.status_code == status, answer
    return answer.content.decode()


def test_a_stranger_reads_the_text_and_the_description_of_its_checks(article):
    shown = strangers()

    assert "<p>Text.</p>" in shown
    assert "judges each container" in shown
    assert "Sign in" in shown
    assert "/accounts/login/?next=/guide/en/limits/" in shown


@pytest.mark.parametrize("path", ["/guide/en/", "/guide/en/limits/", "/guide/en/whole/", "/guide/en/?q=memory"])
def test_nothing_of_hosts_people_or_rooms_is_on_a_strangers_page(article, path):
    a_fleet(2, 2)

    shown = strangers(path)

    assert set(re.findall(r'hx-get="([^"]*)"', shown)) <= {"/guide/en/"}  # its own search, as one types
    for inside in ("/live/", 'hx-trigger="load"', "fleet-0", "Camille", "Dupont", "/findings/", "/hosts/", "/checks/"):
        assert inside not in shown, inside
    for act in ("/edit/", "/history/", "/revisions/", "/translate/", "/work/"):
        assert act not in shown, act


def test_a_member_sees_everything_as_before(article):
    shown = signed_in().get("/guide/en/limits/").content.decode()

    assert "hx-get" in shown
    assert "Camille Dupont" in shown
    assert "/hosts/" in shown


def test_a_stranger_searches_the_guide_and_nothing_else(article):
    assert 'href="/guide/en/limits/#memory"' in strangers("/guide/en/?q=text")
    assert Client().get("/search/?q=text").status_code == 302


@pytest.mark.parametrize("path", ["/guide/en/limits/revisions/1/", "/guide/en/limits/history/", "/guide/work/"])
def test_older_texts_and_names_stay_inside(article, path):
    assert Client().get(path).url.startswith(reverse("login"))


def test_where_the_guide_is_not_public_strangers_are_led_to_the_door(article, settings):
    settings.PUBLIC_GUIDE = False

    for path in ("/guide/", "/guide/en/", "/guide/en/limits/", "/guide/en/whole/", "/guide/en/nothing/"):
        assert Client().get(path).url == f"{reverse('login')}?next={path}"
    assert Client().get("/sitemap.xml").status_code == 404


# --- what programs are told -----------------------------------------------------------------------------------------


def test_an_article_names_its_address_and_its_other_language(article):
    a_published_article(TEXT, language="fr", title="Limites")

    shown = strangers()

    assert f'<link rel="canonical" href="{SITE}/guide/en/limits/">' in shown
    alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', shown))
    assert alternates == {
        "en": f"{SITE}/guide/en/limits/",
        "fr": f"{SITE}/guide/fr/limits/",
        "x-default": f"{SITE}/guide/en/limits/",
    }
    assert '<meta name="description" content="What a container may take.">' in shown
    assert 'property="og:title" content="Limits"' in shown
    assert "noindex" not in shown


def test_a_text_that_stands_in_names_its_own_address(article):
    shown = strangers("/guide/fr/limits/")

    assert f'<link rel="canonical" href="{SITE}/guide/en/limits/">' in shown


def test_structured_data_says_what_it_is(article):
    text, crumbs = json.loads(DATA.search(strangers())[1])

    assert (text["@type"], text["headline"], text["inLanguage"]) == ("TechArticle", "Limits", "en")
    assert text["datePublished"] == text["dateModified"] == "2026-11-24T12:00:00+00:00"
    assert [item["name"] for item in crumbs["itemListElement"]] == ["The guide", "Limits"]
    assert "author" not in text


@given(st.text() | st.sampled_from(["</script><script>alert(1)</script>", "<!--", "]]>", "&lt;"]))
def test_no_text_ends_the_data_block(text):
    block = data_block({"headline": text})

    inner = DATA.fullmatch(block)[1]
    assert not set("<>&") & set(inner)
    assert json.loads(inner) == [{"headline": text}]


def test_a_title_that_means_harm_stays_data(public):
    a_published_article(TEXT, title="</script><script>alert(1)</script>")

    assert "<script>alert" not in strangers()


def test_pages_behind_the_door_are_for_no_index(article, settings):
    assert '<meta name="robots" content="noindex">' in strangers("/accounts/login/")
    assert '<meta name="robots" content="noindex">' in signed_in().get("/findings/").content.decode()
    assert '<meta name="robots" content="noindex">' in strangers("/guide/en/?q=memory")
    settings.PUBLIC_GUIDE = False
    shown = signed_in().get("/guide/en/limits/").content.decode()
    assert '<meta name="robots" content="noindex">' in shown
    assert "canonical" not in shown


def test_the_sitemap_lists_every_article_beside_its_counterpart(article):
    a_published_article(TEXT, language="fr")
    a_published_article("", key="alone", title="Alone")

    tree = ElementTree.fromstring(strangers("/sitemap.xml"))  # noqa: S314 - made by the product itself

    found = {
        url.find("s:loc", XML).text: [link.get("hreflang") for link in url.findall("x:link", XML)]
        for url in tree.findall("s:url", XML)
    }
    assert found == {
        f"{SITE}/guide/en/limits/": ["en", "fr"],
        f"{SITE}/guide/fr/limits/": ["en", "fr"],
        f"{SITE}/guide/en/alone/": ["en"],
    }
    assert {one.text for one in tree.iterfind(".//s:lastmod", XML)} == {"2026-11-24"}


def test_robots_may_read_the_public_guide_only(article, settings):
    assert strangers("/robots.txt").splitlines() == [
        "User-agent: *",
        "Allow: /guide/",
        "Allow: /static/",
        "Disallow: /",
        f"Sitemap: {SITE}/sitemap.xml",
    ]
    settings.PUBLIC_GUIDE = False
    assert strangers("/robots.txt").splitlines() == ["User-agent: *", "Disallow: /"]
