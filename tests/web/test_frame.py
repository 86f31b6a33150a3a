"""The frame: the theme and language are kept, error pages stand without a context, what is sent stays light."""

from __future__ import annotations

import gzip
from pathlib import Path

import django_htmx
import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

from secdash.web import views

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "static" / "built"
LIMIT = 100 * 1024


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_keeps_the_theme_in_a_cookie(theme):
    response = Client().post(reverse("set-theme"), {"theme": theme, "next": "/guide/?q=1"})

    assert response.cookies["theme"].value == theme
    assert response.headers["Location"] == "/guide/?q=1"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_never_leads_to_another_site(where):
    response = Client().post(reverse("set-theme"), {"theme": "dark", "next": where})

    assert response.headers["Location"] == "/"


def test_takes_no_theme_that_does_not_exist():
    response = Client().post(reverse("set-theme"), {"theme": '"><script>'})

    assert response.cookies["theme"].value == "system"


def test_theme_and_language_are_only_changed_by_posting():
    assert Client().get(reverse("set-theme")).status_code == 405


def test_strangers_may_choose_their_language():
    response = Client().post(reverse("set-language"), {"language": "fr", "next": "/accounts/login/"})

    assert response.cookies["django_language"].value == "fr"


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_stands_without_a_context(name):
    page = render_to_string(f"{name}.html")

    assert page.count("<h1") == 1
    assert 'href="/"' in page


def test_draws_every_part_on_one_page():
    request = RequestFactory().get("/parts/")
    request.user = AnonymousUser()

    page = views.parts(request).content.decode()

    assert page.count("<h1") == 1
    assert "{%" not in page
    assert 'class="skip" href="#main"' in page


@pytest.mark.skipif(not (BUILT / "app.js").is_file(), reason="the front is not built: npm run build")
def test_a_page_loads_at_most_100_kb_of_script_and_style():
    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    sent = [BUILT / "app.css", BUILT / "app.js", htmx]

    weight = sum(len(gzip.compress(path.read_bytes())) for path in sent)

    assert weight <= LIMIT
