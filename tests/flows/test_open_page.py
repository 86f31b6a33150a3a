"""An overview that stays open, in a real browser: it shows what changes, and asks cheaply while nothing does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.flows import made_once, product
from tests.flows.browser import signed_in, visiting

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
KEY = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}
A_HOST = "from tests.posture.world import a_fleet; a_fleet(1, 1)"
A_NEWCOMER = """
from secdash.fleet.models import Host
from tests.posture.world import named, scan_of
scan_of(Host.objects.get(), named("app-0", memory=0, privileged=True), named("newcomer", memory=0, privileged=True))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("open")
    made_once.prepare(folder, made_once.MIGRATE, **KEY)
    with product.services(folder, (), **KEY) as running:
        running.manage("shell", "--verbosity", "0", "--command", A_HOST)
        yield running


@pytest.fixture(scope="module")
def viewer(server):
    return product.choose_password(product.LINK.findall(server.manage("add_member", "vera", "--role", "viewer"))[-1])


def ticket_of(request):
    return request.headers.get("x-ticket", "")


def feed_of(page):
    """The answers to what the page asks, as they come."""
    came = []
    page.on("response", lambda response: came.append(response) if "/changes/" in response.url else None)
    return came


def comes(page, true):
    """While the page goes on."""
    for _ in range(300):
        if true():
            return True
        page.wait_for_timeout(200)
    return False


def test_it_shows_what_changes_and_asks_with_its_ticket_meanwhile(chromium, server, viewer):
    with visiting(chromium, server.url, **signed_in(viewer, server.url)) as (page, manners):
        came = feed_of(page)
        page.goto("/")

        def spared():
            """Answers that asked for no session: they bear no mark."""
            return [each for each in came if each.status == 204 and "x-mark" not in each.headers]

        assert comes(page, spared)
        given = {each.headers.get("x-ticket") for each in came}
        assert {ticket_of(each.request) for each in spared()} <= given

        server.manage("shell", "--verbosity", "0", "--command", A_NEWCOMER)

        expect(page.locator("#changes")).to_contain_text("newcomer")
        assert comes(page, lambda: ticket_of(came[-1].request) not in {"", *given})
        assert manners.faults == []
