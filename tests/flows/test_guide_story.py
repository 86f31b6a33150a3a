"""The whole story of a text of the guide in a browser: proposed, merged, published, translated, renamed, reverted.

Each person is an account in a browser of its own; the fleet is the sample one.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from secdash.environment import BASE
from tests.engine import parts
from tests.flows import made_once, product
from tests.flows.browser import violations, visiting
from tests.flows.test_writing import holds

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("axe"), pytest.mark.timeout(600)]
KEY = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}
WORDS = BASE / "secdash" / "locale" / "fr" / "LC_MESSAGES" / "django.mo"
PEOPLE = {"Camille Roy": "contributor", "Marie Lambert": "reviewer", "Yanis Benali": "reviewer"}
ACCOUNTS = f"""
from secdash.accounts.models import User
for name, role in {PEOPLE!r}.items():
    first, last = name.split()
    person = dict(username=first.lower(), first_name=first, last_name=last, role=role)
    User.objects.create_user(password={product.PASSWORD!r}, **person)
"""
FRENCH, ENGLISH, RENAMED = "/guide/fr/cgroups/", "/guide/en/cgroups/", "/guide/fr/control-groups/"
SUMMARY = "Dire combien en manquent"
FIRST = "Deux conteneurs sur trois en manquent."
AMENDED = "Comptez ceux qui en manquent avant de choisir un nombre."
OTHERS = "Le cache compte aussi, mais le noyau le rend sous la pression."
TRANSLATED = "Count those without one before you choose a number."
CARELESS = "Rien de tout cela ne sert."


class Cast(NamedTuple):
    camille: Page
    marie: Page
    yanis: Page


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    parts.require(WORDS.is_file(), "the French texts are not compiled (make env)")
    folder = tmp_path_factory.mktemp("guide-story")
    made = ("shell", "--verbosity", "0", "--command", ACCOUNTS)
    made_once.prepare(folder, made_once.MIGRATE, ("load_guide",), ("load_samples",), made, **KEY)
    with product.services(folder, (), **KEY) as running:
        yield running


def test_a_text_goes_through_the_hands_of_three_people(chromium, server):
    with cast(chromium, server) as people:
        proposal = propose_in_french(people.camille)
        ask_for_changes(people.marie)
        publish_the_same_line(people.yanis)
        amend_and_merge(people.camille, proposal)
        approve(people.marie, proposal)
        translate(people.marie)
        see_the_fleet(people.camille)
        rename(people.marie)
        follow_the_old_link(people.camille)
        spoil(people.yanis)
        revert(people.marie)
        see_who_wrote_it(people.camille)


@contextmanager
def cast(chromium, server):
    """Everybody signed in; in the end, nobody's browser may have complained."""
    with ExitStack() as browsers:
        visits = [browsers.enter_context(visiting(chromium, server.url)) for _person in PEOPLE]
        for (page, _manners), name in zip(visits, PEOPLE, strict=True):
            sign_in(page, name)
        yield Cast(*(page for page, _manners in visits))
        for page, manners in visits:
            assert manners.faults == []
            assert violations(page) == []


def sign_in(page, name):
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(name.split()[0].lower())
    page.get_by_label("Password").fill(product.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def propose_in_french(page):
    """The product speaks French with her. The address of the proposal."""
    page.locator("form[action*=language] button").first.click()
    page.goto(FRENCH)
    page.get_by_role("link", name="Modifier la section « Limite de mémoire »").click()
    write_under_the_title(page, FIRST)
    page.get_by_label("Qu’avez-vous changé").fill(SUMMARY)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Envoyé en relecture.")).to_be_visible()
    expect(page.get_by_role("table", name="Limite de mémoire")).to_contain_text(FIRST)
    return page.url


def write_under_the_title(page, text):
    """A paragraph of its own, before what stands there."""
    write(page, ("Control+Home", "End"), f"\n\n{text}")


def write(page, keys, text):
    """At the place where these keys lead."""
    page.locator(".cm-content").click()
    for key in keys:
        page.keyboard.press(key)
    page.keyboard.type(text)


def ask_for_changes(page):
    """From the queue, with a comment on the line and the reason."""
    page.goto("/guide/")
    page.get_by_role("link", name="Proposals").click()
    page.get_by_role("link", name=SUMMARY).click()
    expect(page.get_by_text("Proposed by Camille Roy")).to_be_visible()
    page.get_by_label("Ask for changes").check()
    page.get_by_label("Message").fill("Say it without a number that ages.")
    page.get_by_role("button", name="Send the decision").click()
    expect(page.get_by_text("Decided: changes asked for.")).to_be_visible()


def publish_the_same_line(page):
    page.goto(f"{FRENCH}edit/?section=memory")
    write_under_the_title(page, OTHERS)
    page.get_by_label("What did you change, and why?").fill("Say what the cache counts")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="published, v2")).to_be_visible()
    expect(page.locator("article")).to_contain_text(OTHERS)


def amend_and_merge(page, proposal):
    """Her text is saved before it is merged; both paragraphs stand in the one place that both changed."""
    page.goto(proposal)
    expect(page.get_by_text("Say it without a number that ages.")).to_be_visible()
    page.get_by_role("link", name="Modifier", exact=True).click()
    expect(page.get_by_text("La version 2 a été publiée")).to_be_visible()
    replace_the_first_paragraph(page, AMENDED)
    saved_in_french(page)
    page.get_by_role("link", name="Mettre votre texte à jour").click()
    expect(page.locator("fieldset.conflict")).to_have_count(1)
    expect(page.locator("fieldset.conflict")).to_contain_text("Yanis Benali")
    page.get_by_label("Les deux, l’un après l’autre").check()
    page.get_by_role("button", name="Mettre à jour").click()
    holds(page, AMENDED)
    holds(page, OTHERS)
    page.get_by_role("button", name="Envoyer en relecture").click()
    expect(page.get_by_text("Envoyé en relecture.")).to_be_visible()


def replace_the_first_paragraph(page, text):
    write(page, ("Control+Home", "ArrowDown", "ArrowDown", "Home", "Shift+End"), text)
    expect(page.locator("#preview")).to_contain_text(text)
    expect(page.locator("#preview")).not_to_contain_text(FIRST)


def saved_in_french(page):
    expect(page.locator("[data-state]")).to_have_text(re.compile(r"Enregistré à \d\d:\d\d"))


def approve(page, proposal):
    page.goto(proposal)
    expect(page.get_by_role("table", name="Limite de mémoire")).to_contain_text(AMENDED)
    page.get_by_label("Approve and publish").check()
    page.get_by_role("button", name="Send the decision").click()
    expect(page.get_by_text("Published as version 3.", exact=True)).to_be_visible()
    page.goto(FRENCH)
    expect(page.get_by_role("link", name="published, v3")).to_be_visible()
    for text in (AMENDED, OTHERS):
        expect(page.get_by_role("paragraph").filter(has_text=text)).to_have_text(text)


def translate(page):
    """From the article that is behind, with the French text and what changed in it beside."""
    page.goto(ENGLISH)
    behind = page.locator("details.behind")
    expect(behind.locator("summary")).to_have_text("behind in 1 section")
    behind.locator("summary").click()
    expect(behind.get_by_role("link", name="Limite de mémoire")).to_be_visible()
    page.get_by_role("button", name="Bring up to date").click()
    expect(page.locator(".side-text tr.add")).to_contain_text([AMENDED, OTHERS])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Memory limit")
    write_under_the_title(page, TRANSLATED)
    page.get_by_label("What did you change, and why?").fill("Follow the French text")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("article")).to_contain_text(TRANSLATED)
    expect(page.locator(".toc-rail dl.facts")).to_contain_text("in step")
    expect(page.locator("details.behind")).to_have_count(0)


def see_the_fleet(page):
    """Whoever reads the published text sees the team's hosts in it."""
    page.goto(f"{FRENCH}#memory")
    live = page.locator("section", has=page.locator("#memory")).get_by_role("complementary")
    expect(live).to_contain_text(re.compile(r"\d+\s+sur \d+ conteneurs"))
    for host in ("web-01", "ci-runner-03"):
        expect(live.get_by_role("link", name=host, exact=True)).to_be_visible()
    live.get_by_role("link", name=re.compile(r"Voir les \d+ constats")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Constats")


def rename(page):
    page.goto(FRENCH)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("New key").fill("control-groups")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("The article has a new key.")).to_be_visible()


def follow_the_old_link(page):
    page.goto(f"{FRENCH}#memory")
    expect(page).to_have_url(re.compile(f"{RENAMED}#memory$"))
    expect(page.get_by_role("heading", name="Limite de mémoire")).to_be_in_viewport()


def spoil(page):
    """A careless change to what the others wrote."""
    page.goto(f"{RENAMED}edit/?section=memory")
    write_under_the_title(page, CARELESS)
    page.get_by_label("What did you change, and why?").fill("Shorten")
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(re.compile(f"{RENAMED}#memory$"))
    expect(page.get_by_role("link", name="published, v4")).to_be_visible()
    expect(page.locator("article")).to_contain_text(CARELESS)


def revert(page):
    """From the history, to the version before."""
    page.goto(f"{RENAMED}history/")
    row = page.get_by_role("row").filter(has_text=SUMMARY)
    places = [radio.bounding_box() for radio in row.get_by_role("radio").all()]
    assert len({round(place["y"]) for place in places}) == 1, "the choices of one revision stand side by side"
    row.get_by_role("link", name="Revert to this").click()
    page.get_by_role("button", name="Revert to revision 3").click()
    expect(page.get_by_text("The article says again what revision 3 said.")).to_be_visible()
    expect(page.get_by_role("link", name="published, v5")).to_be_visible()
    expect(page.locator("article")).to_contain_text(AMENDED)
    expect(page.locator("article")).not_to_contain_text(CARELESS)


def see_who_wrote_it(page):
    page.goto(RENAMED)
    page.get_by_text("Plus", exact=True).click()
    page.get_by_role("link", name="Qui a écrit cela").click()
    for name in PEOPLE:
        expect(page.locator(".contributors")).to_contain_text(name)
    for text, name in ((AMENDED, "Camille Roy"), (OTHERS, "Yanis Benali")):
        expect(page.locator(".blame-row").filter(has_text=text)).to_contain_text(name)
