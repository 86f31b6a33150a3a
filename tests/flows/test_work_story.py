"""Findings worked off in a browser: by a team member with the keyboard alone, an approver, a manager who asks why.

The team member works on a real Engine, with a real worker; the others on the sample fleet.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from secdash.environment import BASE
from tests.engine import parts
from tests.engine.dockerd import running_dockerd
from tests.flows import made_once, product
from tests.flows.browser import signed_in, violations, visiting

pytestmark = [
    pytest.mark.browser,
    pytest.mark.engine,
    pytest.mark.xdist_group("story"),
    pytest.mark.timeout(600),
]
KEY = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}
CONTAINER, CHECK = "batch-1", "no-memory-limit"
OPTIONS = ("run", "--detach", "--name", CONTAINER, "--network", "none")
PEOPLE = """
from secdash.accounts.models import User
from secdash.findings.models import SeverityPolicy
for name, role in (("olga", "operator"), ("rene", "reviewer"), ("mia", "viewer")):
    User.objects.create_user(username=name, password="a long enough phrase", role=role)
SeverityPolicy.objects.filter(severity__gte=3).update(approvals=1)
"""


@pytest.fixture
def engine():
    with running_dockerd() as engine:
        engine.import_image()
        engine.docker(*OPTIONS, "bb:1", "sleep", "600")
        yield engine


def test_a_team_member_goes_from_triage_to_a_verified_fix_by_keyboard(tmp_path, engine, chromium):
    with product.up(made_once.installed(tmp_path / "data"), engine=engine.url) as running:
        running.wait_for("Stop it with Ctrl+C.")
        session = product.choose_password(running.link)
        with visiting(chromium, running.url, **signed_in(session, running.url)) as (page, manners):
            wait_for_the_first_scan(page)
            press(page, "g", "f")
            expect(page.get_by_role("heading", level=1)).to_have_text("Findings")
            assign_it_to_oneself(page)
            open_it(page)
            say_something(page)
            engine.docker("rm", "--force", CONTAINER)
            engine.docker(*OPTIONS, "--memory", "64m", "bb:1", "sleep", "600")
            see_it_verified(page)
            assert not violations(page)
            assert not manners.faults


def press(page, *keys):
    page.wait_for_load_state()  # keys mean something once the page's scripts have run
    for key in keys:
        page.keyboard.press(key)


def wait_for_the_first_scan(page):
    def scanned():
        page.goto("/")
        return page.get_by_text(re.compile("1 host, 1 container")).count() > 0

    assert product.eventually(scanned), page.locator("main").inner_text()


def walk_to(page, selector):
    """With j, until the focus is in there."""
    inside = f"document.activeElement.closest('{selector}') !== null"
    for _ in range(120):
        press(page, "j")
        if page.evaluate(inside):
            return
    raise AssertionError(f"the keys do not lead to {selector}")


def walk_to_the_row(page):
    walk_to(page, f"#group-{CHECK}")
    press(page, "Enter")
    expect(page.locator(f"#group-{CHECK} tbody tr")).to_have_count(1)
    walk_to(page, f"#group-{CHECK} tbody tr")


def assign_it_to_oneself(page):
    walk_to_the_row(page)
    press(page, "x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    press(page, "a")
    dialog = page.get_by_role("dialog", name="Assign 1 finding")
    expect(dialog).to_be_visible()
    for _ in range(4):
        if page.evaluate("document.activeElement.matches('button.main')"):
            break
        press(page, "Tab")
    press(page, "Enter")
    expect(page.get_by_text("1 finding is assigned to admin.")).to_be_visible()


def open_it(page):
    walk_to_the_row(page)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{CONTAINER} – No memory limit")
    expect(page.locator("#work")).to_contain_text("admin")


def say_something(page):
    press(page, "c")
    page.keyboard.type("It is started again with **64 MiB**.")
    press(page, "Control+Enter")
    expect(page.locator("#comments, main").first).to_contain_text("It is started again with 64 MiB.")


def see_it_verified(page):
    press(page, "s")
    expect(page.get_by_text("resolved", exact=True).first).to_be_visible(timeout=90_000)
    expect(page.locator("main")).to_contain_text("67108864")
    page.get_by_role("link", name=re.compile("[Rr]eceipt")).first.focus()
    press(page, "Enter")
    expect(page.locator("main")).to_contain_text("admin")
    expect(page.locator("main")).to_contain_text("67108864")


# --- on the sample fleet ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    parts.require((BASE / "static" / "built" / "app.js").is_file(), "the scripts are not built (make env)")
    folder = tmp_path_factory.mktemp("work-story")
    made = ("shell", "--verbosity", "0", "--command", PEOPLE)
    made_once.prepare(folder, made_once.MIGRATE, ("load_guide",), ("load_samples",), made, **KEY)
    with product.services(folder, (), **KEY) as running:
        yield running


def enter(page, name):
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(product.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def test_a_second_person_approves_what_an_operator_asks_to_accept(chromium, fleet):
    with visiting(chromium, fleet.url) as (olga, _), visiting(chromium, fleet.url) as (rene, manners):
        enter(olga, "olga")
        olga.goto("/findings/?expand=docker-socket-mounted")
        olga.locator("#group-docker-socket-mounted tbody tr a").first.click()
        finding = olga.url
        olga.get_by_role("link", name="Accept risk").click()
        olga.get_by_role("textbox", name="Reason").fill("The proxy that will replace it is ordered.")
        olga.get_by_role("button", name="Accept risk").click()
        expect(olga.locator("main")).to_contain_text("waiting for approval")

        enter(rene, "rene")
        awaiting = rene.locator("main").get_by_role("link", name="An acceptance awaits your approval")
        awaiting.click()
        expect(rene.locator("main")).to_contain_text("The proxy that will replace it is ordered.")
        rene.get_by_role("button", name="Approve").click()
        expect(rene.locator("main")).to_contain_text("in force")
        rene.goto(finding)
        expect(rene.get_by_text("accepted", exact=True).first).to_be_visible()
        expect(rene.get_by_text("The proxy that will replace it is ordered.")).to_be_visible()

        olga.goto("/inbox/")
        expect(olga.locator("main")).to_contain_text("rene approved your acceptance of “Docker socket mounted”")
        assert not manners.faults


def test_a_manager_learns_in_three_clicks_why_the_score_dropped(chromium, fleet):
    with visiting(chromium, fleet.url) as (page, manners):
        enter(page, "mia")

        page.get_by_role("link", name="Open trends").click()
        fall = page.locator("ul.lines.bare li", has=page.locator(".worse")).first
        fall.get_by_role("link").click()
        steps = page.locator(".step-table")
        expect(page.get_by_role("heading", level=1)).to_have_text("Why the score moved")
        expect(steps).to_contain_text("Docker socket mounted")
        page.locator("#behind").get_by_role("link", name="Docker socket mounted").first.click()

        expect(page.get_by_role("heading", level=1)).to_contain_text("Docker socket mounted")
        assert not manners.faults
