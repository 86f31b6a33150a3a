"""Every page in a real browser, in both themes, wide and narrow: accessible by axe, quiet, and from one origin."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
import requests
from playwright.sync_api import expect

from secdash.environment import BASE
from tests.engine import parts
from tests.flows import made_once, pages, product
from tests.flows.browser import NARROW, WIDE, overflow, signed_in, violations, visiting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("axe"), pytest.mark.timeout(600)]
AXE = BASE / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
# What depends on the theme, and not on the width: all else is the same in the dark.
OF_COLOUR = ("color-contrast", "link-in-text-block")
ALL = {"runOnly": {"type": "tag", "values": LEVELS}}
COLOURS = {"runOnly": {"type": "rule", "values": OF_COLOUR}}
# Other words in the same page take other room, and have the same colours.
WORDS = {**ALL, "rules": {rule: {"enabled": False} for rule in OF_COLOUR}}
LOOKS = ((WIDE, "light", ALL), (WIDE, "dark", COLOURS), (NARROW, "light", ALL))
LOOKS_AT_WORDS = ((WIDE, "light", WORDS), (NARROW, "light", WORDS))
# Scripts and htmx are done: nothing is under way, and what they changed has been drawn.
UNDER_WAY = ".htmx-request, .htmx-settling, .htmx-swapping"
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
RUN = """async (asked) => {
  const found = await axe.run(document, {...asked, resultTypes: ['violations'], preload: {assets: ['media']}});
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary.split('\\n').slice(1, 3).join(' ').trim()}`));
}"""


class Served(NamedTuple):
    """A server, and the session of its administrator."""

    product: product.Product
    session: requests.Session

    @property
    def origin(self) -> str:
        return self.product.url

    @property
    def as_administrator(self) -> dict[str, Any]:
        return signed_in(self.session, self.origin)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Two data directories: one fresh, one with the sample fleet and the guide."""
    parts.require(AXE.is_file(), "axe-core is not installed (make env)")
    folder = tmp_path_factory.mktemp("axe")
    key = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}
    for name, commands in (("fresh", ()), ("full", (("load_guide",), ("load_samples",)))):
        (folder / name).mkdir()
        made_once.prepare(folder / name, made_once.MIGRATE, *commands, **key)
    return folder, key


@pytest.fixture(scope="module")
def full(prepared):
    folder, key = prepared
    with product.services(folder / "full", (), **key) as server:
        yield Served(server, product.choose_password(link_of(server)))


@pytest.fixture(scope="module")
def fresh(prepared):
    folder, key = prepared
    with product.services(folder / "fresh", (), **key) as server:
        yield Served(server, product.choose_password(link_of(server)))


def link_of(server):
    return product.LINK.findall(server.manage("first_admin"))[-1]


@pytest.fixture(scope="module")
def axe():
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def one_tab(chromium, full, axe):
    """The administrator's tab, which goes from page to page: style and scripts are read and compiled once."""
    with visiting(chromium, full.origin, **full.as_administrator) as (page, manners):
        page.add_init_script(axe)
        yield page, manners


@pytest.fixture
def tab(one_tab):
    """As it was when it was new."""
    page, manners = one_tab
    page.goto("about:blank")
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    manners.faults.clear()  # of the page before, which told of them itself
    return one_tab


@pytest.fixture
def in_french(tab, full):
    page, _manners = tab
    page.context.add_cookies([{"name": "django_language", "value": "fr", "url": full.origin}])
    yield
    page.context.clear_cookies(name="django_language")


def look_at(page, manners, axe, path, *, status=200, looks=LOOKS):
    """Fail with everything that is wrong with one page, in both themes, wide and narrow."""
    page.set_viewport_size({"width": WIDE, "height": 900})
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status, f"{path} answered {answer.status}"
    look_on(page, manners, axe, looks)


def look_on(page, manners, axe, looks=LOOKS):
    """The page that stands there. A window is made narrow as people do it, without asking for the page again."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(axe)
    found = []
    for width, theme, asked in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.evaluate(DRAWN)
        expect(page.locator(UNDER_WAY)).to_have_count(0)
        wider = overflow(page)
        if wider > 0:
            found.append(f"{width} px: {wider} px wider than its window")
        found += [f"{theme} {width} px: {fault}" for fault in page.evaluate(RUN, asked)]
    found += violations(page)
    found += manners.faults
    assert not found, "\n".join([page.url, *dict.fromkeys(found)])


def in_parts(names):
    """Some pages a worker: all of them by one would take longer than everything else together."""
    groups = [pytest.mark.xdist_group(f"axe {number}") for number in range(3)]
    return [pytest.param(name, marks=groups[place % 3]) for place, name in enumerate(names)]


@pytest.mark.parametrize("name", in_parts(pages.NAMES))
def test_a_page_keeps_the_rules(tab, full, axe, name):
    path = pages.path_to(name, full.session, full.origin)
    look_at(*tab, axe, path, status=404 if name in pages.ANSWERS_404 else 200)


@pytest.mark.parametrize("name", in_parts(pages.IN_FRENCH))
def test_a_page_keeps_the_rules_in_french(tab, in_french, axe, name):
    look_at(*tab, axe, pages.IN_FRENCH[name], looks=LOOKS_AT_WORDS)
    assert tab[0].locator("html").get_attribute("lang") == "fr"


@pytest.mark.parametrize("path", ["/", "/findings/", "/hosts/"])
def test_the_first_pages_of_all_keep_the_rules(chromium, fresh, axe, path):
    with visiting(chromium, fresh.origin, **fresh.as_administrator) as (page, manners):
        look_at(page, manners, axe, path)


def test_the_door_keeps_the_rules(chromium, fresh, axe):
    invited = product.LINK.findall(fresh.product.manage("add_member", "camille"))[-1]
    with visiting(chromium, fresh.origin) as (page, manners):
        look_at(page, manners, axe, "/accounts/login/")
        look_at(page, manners, axe, invited)
        look_at(page, manners, axe, "/accounts/welcome/MQ/used-up/")
        look_at(page, manners, axe, "/accounts/forgotten/")
        look_at(page, manners, axe, "/accounts/invited/used-up/", status=410)


WITH_A_FACTOR = """
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from secdash.accounts.models import User
eve = User.objects.create_user("eve", password="a long enough phrase")
TOTP.activate(eve, generate_totp_secret())
print(*RecoveryCodes.activate(eve).generate_codes())
"""


def test_a_second_factor_keeps_the_rules_at_the_door_and_behind_it(chromium, full, axe):
    code = full.product.manage("shell", "--verbosity", "0", "--command", WITH_A_FACTOR).split()[-1]
    with visiting(chromium, full.origin) as (page, manners):
        page.goto("/accounts/login/")
        page.get_by_label("Username").fill("eve")
        page.get_by_label("Password").fill("a long enough phrase")
        page.get_by_role("button", name="Sign in", exact=True).click()
        look_at(page, manners, axe, "/accounts/code/")
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{full.origin}/")  # "**/" is where it stood as well
        for path in ("codes/", "codes/new/", "passkeys/add/", "app/remove/", ""):
            look_at(page, manners, axe, f"/settings/account/{path}")


IMPORTED = """name,kind,address,owner,interval
web-01,unix,/run/docker.sock,,
an-island-with-a-long-name,offline,,Team Nine,
web-52,tls,a-host-with-a-long-name.internal.example.org:2376,,
web-54,carrier-pigeon,roof,,
web-56,unix,/run/docker.sock,,3
"""


def test_what_an_import_would_do_keeps_the_rules(chromium, full, axe):
    with visiting(chromium, full.origin, **full.as_administrator) as (page, manners):
        page.goto("/hosts/add/import/")
        page.get_by_label("Or its text").fill(IMPORTED)
        page.get_by_role("button", name="Look what it would do").click()
        expect(page.get_by_role("heading", name="What the import would do")).to_be_visible()
        look_on(page, manners, axe)


PROPOSE = """
from django.utils import timezone
from knowledge import proposing, talking
from knowledge.models import Article
from secdash.accounts.models import User
author, _ = User.objects.get_or_create(username="vera", defaults={"role": "contributor"})
article, at = Article.objects.with_text().get(language="en", key="cgroups"), timezone.now()
draft = proposing.start(article, by=author, at=at)
body = article.published.body.replace("the memory", "all memory") + "\\nA [link](nowhere.md).\\n"
sent = proposing.send(proposing.save(draft, body=body, summary="Name swap", edits=0, at=at).proposal, by=author, at=at)
talking.comment_on_proposal(sent, body="Thank you.", by=author, at=at)
talking.comment_on_line(sent, line=5, quote=body.split("\\n")[4].strip(), text=body, body="Why?", by=author, at=at)
print("proposal", sent.pk)
"""


@pytest.fixture(scope="module")
def proposal(full):
    return full.product.manage("shell", "--verbosity", "0", "--command", PROPOSE).split()[-1]


@pytest.mark.parametrize("query", ["", "?view=unified&line=1", "?view=rendered"])
def test_a_proposal_keeps_the_rules_in_each_view(chromium, full, axe, proposal, query):
    with visiting(chromium, full.origin, **full.as_administrator) as (page, manners):
        look_at(page, manners, axe, f"/guide/proposals/{proposal}/{query}")


def test_reading_needs_no_script(chromium, full):
    finding = pages.path_to("finding", full.session, full.origin)
    options = full.as_administrator
    with visiting(chromium, full.origin, java_script_enabled=False, **options) as (page, _manners):
        page.goto(finding)
        for heading in ("Why it matters", "How to fix it", "History"):
            assert page.get_by_role("heading", name=heading).is_visible()
        assert page.get_by_text("docker run --detach").first.is_visible()

        page.goto("/guide/en/cgroups/")
        assert page.get_by_role("heading", name="Memory limit").first.is_visible()

        page.goto("/findings/")
        page.locator("a[href*='expand=no-memory-limit']").first.click()
        assert page.get_by_role("cell", name="HostConfig.Memory = 0").first.is_visible()


def test_a_statement_is_sent_from_the_keyboard(chromium, full):
    with visiting(chromium, full.origin, **full.as_administrator) as (page, manners):
        page.goto("/benchmark/base-images-trusted/web-01/")
        page.get_by_label("It passes").check()
        page.get_by_label("What you state").fill("Only from our own registry.")
        page.get_by_label("What you state").press("Control+Enter")

        page.get_by_text("takes it in with the next scan").wait_for()
        assert page.get_by_text("Only from our own registry.").first.is_visible()
        assert manners.faults == []


def test_the_search_box_offers_as_one_types(chromium, full, axe):
    with visiting(chromium, full.origin, **full.as_administrator) as (page, manners):
        page.goto("/hosts/")
        box = page.get_by_role("combobox", name="Search")
        page.keyboard.press("/")
        with page.expect_response(lambda answer: "lim" in answer.url):  # what was offered for fewer letters is gone
            page.keyboard.type("memory lim")
        first = page.get_by_role("option").first
        first.wait_for()
        expect(page.locator(UNDER_WAY)).to_have_count(0)
        expect(box).to_have_attribute("aria-expanded", "true")
        page.evaluate(axe)
        assert page.evaluate(RUN, ALL) == []

        page.keyboard.press("ArrowDown")
        expect(first).to_have_attribute("aria-selected", "true")
        expect(box).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
        page.keyboard.press("Escape")
        expect(first).to_be_hidden()
        assert box.input_value() == "memory lim"

        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/guide/en/cgroups/#memory")
        assert manners.faults == []


def test_enter_without_a_choice_shows_all_results(chromium, full):
    with visiting(chromium, full.origin, **full.as_administrator) as (page, manners):
        page.goto("/")
        page.get_by_role("combobox", name="Search").press_sequentially("memory")
        page.get_by_role("combobox", name="Search").press("Enter")
        page.wait_for_url("**/search/?q=memory")
        assert page.get_by_role("link", name="No memory limit").first.is_visible()
        assert manners.faults == []


def test_the_guide_is_searched_as_one_types(chromium, full):
    with visiting(chromium, full.origin, **full.as_administrator) as (page, manners):
        page.goto("/guide/en/")
        page.get_by_label("Search the guide").last.press_sequentially("capab")
        page.locator("mark", has_text="Capabilities").first.wait_for()
        page.wait_for_url("**/guide/en/?q=capab")
        expect(page.get_by_role("status").filter(has_text="sections found")).to_have_count(1)
        assert manners.faults == []
