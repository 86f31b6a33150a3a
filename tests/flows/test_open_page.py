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


def the_feed(response):
    return "/changes/" in response.url


def test_it_shows_what_changes_and_asks_with_its_ticket_meanwhile(chromium, server, viewer):
    with visiting(chromium, server.url, **signed_in(viewer, server.url)) as (page, manners):
        with page.expect_response(the_feed) as first:
            page.goto("/")
        with page.expect_response(the_feed) as second:
            pass

        assert (second.value.status, "x-mark" in second.value.headers) == (204, False)
        assert second.value.request.headers["x-ticket"] == first.value.headers["x-ticket"]

        server.manage("shell", "--verbosity", "0", "--command", A_NEWCOMER)

        expect(page.locator("#changes")).to_contain_text("newcomer")
        with page.expect_response(the_feed) as later:
            pass
        assert later.value.request.headers["x-ticket"] != first.value.headers["x-ticket"]
        assert manners.faults == []
