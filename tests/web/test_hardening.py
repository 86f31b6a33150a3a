"""What every answer says to the browser, and what no request gets through with."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from django.views.debug import get_exception_reporter_class

from knowledge.models import Picture
from secdash.accounts.roles import Role
from secdash.environment import BASE
from tests.audit.world import url_of
from tests.cast import PASSWORD, a_member, signed_in
from tests.house.test_access import OPEN, RULES

pytestmark = pytest.mark.django_db
EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
OWN_ALONE = ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'")
WEAK = ("unsafe-inline", "unsafe-eval", "*", "data:", "http:", "https:")
ELSEWHERE = "https://evil.example/"
TRICKS = [
    ELSEWHERE,
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "///evil.example",
]
LARGE = 3000
PLANTED = [f"planted-{number}-Zq7vX9s" for number in range(7)]
SHOWN = "what-may-be-shown"
HTTPS_SETTINGS = (
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "SECURE_SSL_REDIRECT",
)
ANSWERS = """
import django, json
django.setup()
from django.test import Client
secure, plain = (Client(headers={"host": "secdash.example.org"}).get(*asked, secure=on)
                 for asked, on in ((("/health/live",), True), (("/findings/?q=x",), False)))
print(json.dumps([dict(secure.headers), plain.status_code, dict(plain.headers)]))
"""
TELL = "import json, sys, secdash.settings as s; print(json.dumps({n: getattr(s, n) for n in sys.argv[1:]}))"


def every_url():
    """An address of each rule; of what does not exist there, since a refusal has the same headers."""
    yield from (url_of(name, {}) for name in RULES if name != "picture")
    for name in sorted(OPEN - {"logout"}):
        with suppress(NoReverseMatch):  # what needs a token, or stands there while developing
            yield reverse(name)


def faults(response):
    found = [name for name, value in EXPECTED.items() if response.headers.get(name) != value]
    policy = response.headers.get("Content-Security-Policy", "")
    if not all(own in policy for own in OWN_ALONE) or any(word in policy.split() for word in WEAK):
        found.append("Content-Security-Policy")
    if "camera=()" not in response.headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    return found


def test_every_address_answers_with_every_header():
    clients = {"no-cache": Client(), "no-store": signed_in(Role.ADMINISTRATOR)}

    bad = {}
    for kept, client in clients.items():
        for url in every_url():
            response = client.get(url)
            found = faults(response)
            caching = response.headers.get("Cache-Control", "")
            if kept not in caching and "no-store" not in caching and "max-age=0" not in caching:
                found.append(f"Cache-Control: {caching}")
            if found:
                bad[url] = (response.status_code, found)

    assert bad == {}


def test_a_page_of_another_host_is_refused():
    assert Client().get(reverse("login"), headers={"host": "evil.example"}).status_code == 400
    assert Client().get(reverse("login"), headers={"x-forwarded-host": "evil.example"}).status_code == 200


@pytest.mark.parametrize("trick", TRICKS)
def test_nobody_is_led_elsewhere(trick):
    member = a_member(Role.OPERATOR)
    sent = {"username": member.username, "password": PASSWORD, "next": trick}
    answers = [
        Client().post(f"{reverse('login')}?next={trick}", sent),
        signed_in(Role.OPERATOR).get(reverse("login"), {"next": trick}),
        Client().post(reverse("set-theme"), {"theme": "dark", "next": trick}),
        Client().post(reverse("set-language"), {"language": "fr", "next": trick}),
        Client().post(reverse("set-language"), {"language": "fr"}, headers={"referer": trick}),
        signed_in(Role.OPERATOR).post(reverse("logout"), {"next": trick}),
    ]

    for answer in answers:
        assert answer.status_code in (302, 204)
        target = urlsplit(answer.headers.get("Location", "/").replace("\\", "/"))
        assert (target.scheme, target.netloc) == ("", "")
        assert not answer.headers.get("Location", "/").startswith(("//", "/\\"))


def test_an_upload_that_is_too_large_is_refused_before_it_is_kept(settings):
    settings.UPLOAD_MOST_BYTES = LARGE
    sent = {"file": SimpleUploadedFile("x.png", b"x" * LARGE, content_type="image/png"), "words": "Large"}

    answer = signed_in(Role.ADMINISTRATOR).post(reverse("pictures"), sent)

    assert answer.status_code == 400
    assert not Picture.objects.exists()


def test_with_https_cookies_and_pages_stay_with_this_very_host():
    environment = {"SECDASH_URL": "https://secdash.example.org", "SECDASH_SECRET_KEY": "x" * 50, "PATH": "/usr/bin"}

    done = subprocess.run(
        [sys.executable, "-c", TELL, *HTTPS_SETTINGS],
        cwd=BASE,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    told = json.loads(done.stdout)
    assert told.pop("SESSION_COOKIE_NAME") == "__Host-sessionid"
    assert told.pop("CSRF_COOKIE_NAME") == "__Host-csrftoken"
    assert set(told.values()) == {True}


def test_with_https_browsers_keep_to_it_for_a_year_and_the_clear_leads_there_alone():
    environment = {"SECDASH_URL": "https://secdash.example.org", "SECDASH_SECRET_KEY": "x" * 50, "PATH": "/usr/bin"}
    environment["DJANGO_SETTINGS_MODULE"] = "secdash.settings"

    done = subprocess.run([sys.executable, "-c", ANSWERS], cwd=BASE, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    secure, status, plain = json.loads(done.stdout)
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert (status, plain["Location"]) == (301, "https://secdash.example.org/findings/?q=x")
    assert "Strict-Transport-Security" not in plain


def test_no_cookie_goes_with_a_form_of_another_site():
    client, member = Client(), a_member(Role.OPERATOR)
    answers = [
        client.get(reverse("login")),
        client.post(reverse("login"), {"username": member.username, "password": PASSWORD}),
        client.post(reverse("set-theme"), {"theme": "dark"}),
        client.post(reverse("set-language"), {"language": "fr"}),
    ]

    given = {name: cookie["samesite"] for answer in answers for name, cookie in answer.cookies.items()}
    assert {"sessionid", "csrftoken"} <= set(given)
    assert set(given.values()) <= {"Lax", "Strict"}


def fails(passphrase, address, shown):
    raise ValueError(len(passphrase + address + shown))


def test_a_page_of_an_error_shows_nothing_that_opens_something(settings):
    settings.DEBUG = True
    settings.DATABASE_URL, settings.CELERY_BROKER_URL = PLANTED[0], PLANTED[1]
    request = RequestFactory().post("/", {"password": PLANTED[2], "private_key": PLANTED[3], "name": SHOWN})
    request.COOKIES["sessionid"] = PLANTED[4]

    with pytest.raises(ValueError, match="51") as caught:
        fails(PLANTED[5], PLANTED[6], SHOWN)
    reporter = get_exception_reporter_class(request)(request, caught.type, caught.value, caught.tb)
    pages = reporter.get_traceback_text(), reporter.get_traceback_html()

    assert SHOWN in pages[0]
    assert SHOWN in pages[1]
    assert [secret for secret in PLANTED for page in pages if secret in page] == []


def test_an_error_shows_a_plain_page_and_logs_where_it_happened_without_what_was_sent(settings, caplog):
    settings.ROOT_URLCONF = "tests.web.failing"
    client = signed_in(Role.OPERATOR)
    client.raise_request_exception = False

    answer = client.post("/fail/", {"private_key": PLANTED[0]}, headers={"authorization": f"Bearer {PLANTED[1]}"})

    assert answer.status_code == 500
    assert faults(answer) == []
    assert "RuntimeError" in caplog.text
    assert [secret for secret in PLANTED for text in (caplog.text, answer.content.decode()) if secret in text] == []


@pytest.mark.parametrize("name", ["scan-all", "sample-remove", "policy-dues", "logout", "login"])
def test_a_form_of_another_site_does_nothing(name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_member(Role.ADMINISTRATOR))

    assert client.post(reverse(name), {"sure": "yes"}).status_code == 403
