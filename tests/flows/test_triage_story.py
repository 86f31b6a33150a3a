"""Triage by keyboard alone, in a real browser: walk the list, choose, assign, take it back, never lose the place."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.flows import made_once, product
from tests.flows.browser import signed_in, visiting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("triage"), pytest.mark.timeout(600)]
KEY = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server with the sample fleet, and the session of its administrator."""
    folder = tmp_path_factory.mktemp("triage")
    made_once.prepare(folder, made_once.MIGRATE, ("load_samples",), **KEY)
    with product.services(folder, (), **KEY) as server:
        session = product.choose_password(product.LINK.findall(server.manage("first_admin"))[-1])
        yield server.url, signed_in(session, server.url)


def press(page, *keys):
    page.wait_for_load_state()  # keys mean something once the page's scripts have run
    for key in keys:
        page.keyboard.press(key)


def test_findings_are_chosen_assigned_and_taken_back_by_keyboard_alone(chromium, served):
    origin, administrator = served
    with visiting(chromium, origin, **administrator) as (page, manners):
        page.goto("/findings/?check=no-memory-limit")
        chevron, chosen = page.locator("#chev-no-memory-limit"), page.locator("[data-chosen]")

        press(page, "j")
        expect(chevron).to_be_focused()
        press(page, "Enter")
        expect(chevron).to_have_attribute("aria-expanded", "true")
        expect(chevron).to_be_focused()
        press(page, "j", "x", "j", "x")
        expect(chosen).to_have_text("2 selected")
        expect(page.locator("tr.on")).to_have_count(2)

        press(page, "k", "k", "Enter")
        expect(chevron).to_have_attribute("aria-expanded", "false")
        expect(chevron).to_be_focused()
        expect(chosen).to_have_text("2 selected")

        press(page, "a")
        expect(page.locator("#id_assignee")).to_be_focused()
        press(page, "Tab", "Enter")
        expect(page.locator(".scan-h")).to_contain_text("2 findings are assigned to")
        page.get_by_role("button", name="Undo").focus()
        press(page, "Enter")
        expect(page.locator(".scan-h")).to_contain_text("Undone: 2 findings are as they were before.")
        assert manners.faults == []


def test_the_filters_open_in_place_and_give_the_focus_back(chromium, served):
    origin, administrator = served
    with visiting(chromium, origin, **administrator) as (page, manners):
        page.goto("/findings/")
        page.keyboard.press("f")
        expect(page.locator("#f-q")).to_be_focused()
        page.get_by_role("link", name="Cancel").press("Enter")
        expect(page.locator("#filter-open")).to_be_focused()

        press(page, "f")
        page.locator("#f-q").fill("pgbackrest")
        press(page, "Enter")
        expect(page.locator(".filter", has_text="pgbackrest")).to_be_visible()
        assert manners.faults == []


def test_a_list_is_walked_from_finding_to_finding_by_keyboard_also_while_it_is_worked_off(chromium, served):
    origin, administrator = served
    with visiting(chromium, origin, **administrator) as (page, manners):
        page.goto("/findings/?check=no-memory-limit&check=docker-socket-mounted&expand=docker-socket-mounted")
        page.locator("[id^=row-]").first.press("Enter")
        place = page.get_by_role("navigation", name="In the list")
        expect(place).to_contain_text("1 of ")
        first = page.url

        press(page, "j")
        expect(place).to_contain_text("2 of ")
        press(page, "k")
        expect(place).to_contain_text("1 of ")
        assert page.url == first

        page.get_by_role("link", name="Accept risk").press("Enter")
        page.get_by_role("textbox", name="Reason").fill("The proxy that will replace it is ordered.")
        press(page, "Control+Enter")
        expect(place).to_contain_text("no longer in the list of ")
        press(page, "j")
        expect(place).to_contain_text("1 of ")
        assert page.url != first
        place.get_by_role("link", name="1 of ").press("Enter")
        expect(page.locator("[id^=row-]").first).to_be_visible()
        assert manners.faults == []
