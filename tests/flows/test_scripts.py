"""Nothing that people type acts in a real browser, on any page that shows it: with the content policy, and without.

Without the policy, what survived would run, and is told; with it, what survived would be stopped, and is told as well.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.flows import made_once, product
from tests.flows.browser import signed_in, violations, visiting
from tests.knowledge.payloads import MARK

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("scripts"), pytest.mark.timeout(600)]
KEY = {"SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken"}
POPULATE = """
import msgspec
from tests.knowledge.hostile import populate
world = populate("marie")
print(msgspec.json.encode({**msgspec.structs.asdict(world), "pages": world.pages}).decode())
"""
A_MOMENT = 50  # milliseconds in which what was touched may act
# Every payload calls this where it runs, from whatever frame.
LISTENING = f"window.{MARK} = (number) => console.error(`ran: ${{number}}`);"
# Hover, focus and click all that was typed; links and forms are kept from leading away.
TOUCH = """() => {
  for (const kind of ["click", "submit"]) document.addEventListener(kind, (event) => {
    const link = event.target.closest?.("a[href]");
    if (kind === "submit" || (link && /^(https?|mailto):/.test(link.protocol))) event.preventDefault();
  }, { capture: true });
  const typed = document.querySelectorAll(".prose *, .comment *, .crumbs *, .title *, .me *, td, a, img");
  for (const element of typed) {
    if (element.closest("button, input, textarea, summary, [hx-get], [hx-post]")) continue;
    for (const kind of ["pointerenter", "mouseover", "mouseenter", "pointerdown", "focus", "animationstart", "toggle"])
      element.dispatchEvent(new Event(kind, { bubbles: kind !== "focus" }));
    element.click?.();
  }
}"""
# As the browser itself has read the page.
FOUND = """(mark) => {
  const found = [];
  const code = /^(javascript|data|vbscript|blob|file|filesystem):/i;
  const words = new Set(["title", "alt", "value", "content", "aria-label", "label", "href", "src", "action",
    "id", "for", "aria-labelledby", "data-lines", "name"]);
  const never = ["iframe, frame, object, embed, applet, base, template, math, foreignObject, animate, noscript",
    "marquee, audio, video, source, main style, main link, main meta"];
  for (const element of document.querySelectorAll(never)) found.push(element.outerHTML.slice(0, 200));
  for (const script of document.scripts) {
    const ours = script.src.startsWith(`${location.origin}/static/`) || script.type.startsWith("application/");
    if (!ours) found.push(script.outerHTML.slice(0, 200));
  }
  for (const element of document.querySelectorAll("*")) for (const { name, value } of element.attributes) {
    const acts = name.startsWith("on") || ["srcdoc", "srcset", "ping", "background", "xlink:href"].includes(name);
    const carried = value.toLowerCase().includes(mark) && !words.has(name);
    const leads = ["href", "src", "action", "formAction"].some((one) => code.test(element[one]));
    if (acts || carried || leads) found.push(`${element.tagName} ${name}=${value}`.slice(0, 200));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scripts")
    made_once.prepare(folder, made_once.MIGRATE, **KEY)
    with product.services(folder, (), **KEY) as running:
        yield running


@pytest.fixture(scope="module")
def reviewer(server):
    return product.choose_password(product.LINK.findall(server.manage("add_member", "marie", "--role", "reviewer"))[-1])


@pytest.fixture(scope="module")
def world(server, reviewer):
    return json.loads(server.manage("shell", "--verbosity", "0", "--command", POPULATE))


def opened(page, path):
    page.goto(path, wait_until="load")
    assert MARK in page.content(), path
    return violations(page)


def touched(page, path):
    """Touch everything on a page; what acted, or could."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, path)
    page.evaluate(TOUCH)
    page.wait_for_timeout(A_MOMENT)
    wrong = [f"asked for {url}" for url in asked if MARK in url and "?q=" not in url]
    return [*page.evaluate(FOUND, MARK), *wrong]


def looked_at(chromium, server, reviewer, paths, look, **options):
    """What is wrong with each page, by its path."""
    found = {}
    with visiting(chromium, server.url, **options, **signed_in(reviewer, server.url)) as (page, manners):
        page.context.add_init_script(LISTENING)
        for path in paths:
            if faults := [*look(page, path), *manners.faults]:
                found[path] = faults[:5]
                manners.faults.clear()
    return found


def test_nothing_that_was_typed_acts_on_any_page(chromium, server, reviewer, world):
    assert looked_at(chromium, server, reviewer, world["pages"], touched, bypass_csp=True) == {}


def test_nothing_that_was_typed_meets_the_policy(chromium, server, reviewer, world):
    assert looked_at(chromium, server, reviewer, world["pages"], opened) == {}


def test_no_heading_takes_the_place_of_a_part_of_the_page(chromium, server, reviewer, world):
    with visiting(chromium, server.url, **signed_in(reviewer, server.url)) as (page, manners):
        page.goto(f"/guide/en/{world['texts'][0]}/")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.goto(f"/guide/proposals/{world['draft']}/edit/")
        expect(page.locator("#preview h2#checks")).to_be_visible()
        expect(page.get_by_role("textbox", name="Text", exact=True)).to_be_visible()
        assert manners.faults == []


def test_a_picture_opened_by_itself_only_draws(chromium, server, reviewer, world):
    with visiting(chromium, server.url, bypass_csp=True, **signed_in(reviewer, server.url)) as (page, manners):
        page.context.add_init_script(LISTENING)
        for path in world["pictures"]:
            page.goto(path)
            page.locator("svg").dispatch_event("load")
            page.locator("rect").first.dispatch_event("click")

    assert manners.faults == []
