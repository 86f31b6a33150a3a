"""Writing the guide in a browser: a section edited and sent, two tabs, an ended session, a merge with one conflict."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.engine import parts
from tests.flows import made_once, product
from tests.flows.browser import WIDE, Manners, signed_in, violations, visiting
from tests.flows.test_axe import AXE, look_at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("writing"), pytest.mark.timeout(600)]
KEY = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}
ARTICLE = "/guide/en/chroot/"
SIGNED_OUT = "Status Error Code 401"  # htmx says so on the console once the session has ended


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("writing")
    made_once.prepare(folder, made_once.MIGRATE, ("load_guide",), **KEY)
    with product.services(folder, (), **KEY) as running:
        yield running


@pytest.fixture(scope="module")
def people(server):
    """A contributor and a reviewer, signed in."""
    return {name: a_person(server, name, role) for name, role in (("camille", "contributor"), ("marie", "reviewer"))}


def a_person(server, name, role):
    return product.choose_password(product.LINK.findall(server.manage("add_member", name, "--role", role))[-1])


@contextmanager
def writing(chromium, server, session):
    with visiting(chromium, server.url, **signed_in(session, server.url)) as (page, manners):
        yield page
        assert [fault for fault in manners.faults if SIGNED_OUT not in fault] == []
        assert page.is_closed() or violations(page) == []


def type_at_the_end(page, text):
    page.get_by_role("textbox", name="Text", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def holds(page, text):
    """The whole text: the editor draws only the lines that are seen."""
    expect(page.locator("textarea[name=body]")).to_have_value(re.compile(re.escape(text)))


def saved(page):
    """Within the pause after the last change, or the longer one after a failure."""
    expect(page.locator("[data-state]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))


def test_a_section_is_edited_saved_by_itself_completed_and_sent(chromium, server, people):
    with writing(chromium, server, people["camille"]) as page:
        page.goto(ARTICLE)
        page.get_by_role("link", name="Edit the section “What it is for”").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Edit “What it is for”")
        type_at_the_end(page, "Camille wrote this.\n\n::: check priv")
        expect(page.get_by_role("option").first).to_contain_text("privileged")
        page.keyboard.press("Escape")
        expect(page.locator("#preview")).to_contain_text("Camille wrote this.")
        expect(page.locator("#preview .problems")).to_contain_text("no check named “priv”")
        expect(page.locator(".cm-lint-marker-error").first).to_be_visible()
        for _letter in "::: check priv":
            page.keyboard.press("Backspace")
        saved(page)

        page.reload()
        holds(page, "Camille wrote this.")
        expect(page.locator("textarea[name=body]")).not_to_have_value(re.compile("Definition"))
        page.get_by_label("What did you change, and why?").fill("Say who wrote this")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Sent for review.")).to_be_visible()


def test_a_second_tab_and_an_ended_session_lose_nothing(chromium, server, people):
    with writing(chromium, server, people["camille"]) as page:
        page.goto("/guide/en/seccomp/edit/")
        second = page.context.new_page()
        second.goto("/guide/en/seccomp/edit/")
        type_at_the_end(page, "From the first tab.")
        saved(page)
        type_at_the_end(second, "From the second tab.")
        second.get_by_role("link", name="compare the two").click()
        expect(second.locator(".side-text")).to_contain_text("From the second tab.")
        holds(second, "From the first tab.")
        second.close()

        page.context.clear_cookies(name="sessionid")
        with page.expect_response(lambda answer: "/preview/" in answer.url):
            type_at_the_end(page, " And signed")
        page.keyboard.type(" out.")  # what came in place of the preview has not taken the keys away
        expect(page.locator("[data-state]")).to_contain_text("you are signed out")
        expect(page.locator("[data-signed-out]")).to_be_hidden()  # it would say the same once more, over the text
        sign_in(page.context.new_page(), "camille")
        saved(page)

        page.context.clear_cookies(name="sessionid")
        type_at_the_end(page, " Only in this browser.")
        expect(page.locator("[data-state]")).to_contain_text("you are signed out")
        again = page.context.new_page()
        page.close()
        sign_in(page.context.new_page(), "camille")
        again.goto("/guide/en/seccomp/edit/")
        holds(again, "And signed out.")
        again.get_by_role("button", name="Show it").click()
        holds(again, "Only in this browser.")
        saved(again)


def test_a_search_after_the_session_ended_leads_to_the_door(chromium, server, people):
    with writing(chromium, server, people["marie"]) as page:
        page.goto("/guide/en/")
        page.context.clear_cookies(name="sessionid")
        page.locator("#guide-q").fill("seccomp")

        expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/guide/en/"))
        expect(page.get_by_label("Password")).to_be_visible()


def test_what_was_typed_anywhere_stays_when_the_session_has_ended_and_a_notice_says_so(chromium, server, people):
    with writing(chromium, server, people["marie"]) as page:
        page.goto("/settings/account/")
        page.get_by_label("First name").fill("Marie-Claire")
        page.context.clear_cookies(name="sessionid")
        page.locator("#q").fill("seccomp")

        expect(page.get_by_text("You are signed out.")).to_be_visible()
        expect(page.get_by_label("First name")).to_have_value("Marie-Claire")
        sign_in(page.context.new_page(), "marie")
        page.locator("#q").fill("chroot")
        expect(page.get_by_text("You are signed out.")).to_be_hidden()


def sign_in(page, name):
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(product.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.close()


def test_two_people_change_one_line_and_one_of_them_merges(chromium, server, people):
    parts.require(AXE.is_file(), "axe-core is not installed (make env)")
    with (
        writing(chromium, server, people["camille"]) as camille,
        writing(chromium, server, people["marie"]) as marie,
    ):
        for page in (camille, marie):
            page.goto("/guide/en/libcontainer/edit/")
        expect(marie.get_by_text("Also editing: camille")).to_be_visible()
        for page, name in ((camille, "Camille"), (marie, "Marie")):
            type_at_the_end(page, f"\n{name} was here.")
            page.get_by_label("What did you change, and why?").fill(f"Say that {name} was here")
            saved(page)
        marie.get_by_role("button", name="Publish").click()
        expect(marie.get_by_text("Published.", exact=True)).to_be_visible()

        camille.reload()
        camille.get_by_role("link", name="Bring your text up to date").click()
        look_at(camille, Manners(server.url), AXE.read_text(encoding="utf-8"), camille.url)
        camille.set_viewport_size({"width": WIDE, "height": 900})
        expect(camille.get_by_text("in one place")).to_be_visible()
        camille.get_by_label("Both, one after the other").check()
        camille.get_by_role("button", name="Bring up to date").click()
        holds(camille, "Camille was here.")
        holds(camille, "Marie was here.")
