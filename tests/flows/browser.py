"""A real Chromium for tests of what people see, and what every page must keep to wherever it goes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.engine import parts

# It phones nobody, needs no graphics card, and runs as root where the tests do.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Without a window it is the same engine at half the cost.
PROGRAMS = ("chromium-headless-shell", "chromium")
WIDE, NARROW = 1440, 400
PATIENCE = 30_000  # milliseconds, with what a machine may have to do besides
expect.set_options(timeout=PATIENCE)

VIOLATIONS = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The browser. End it before other tests of this process touch the database (decision 0007)."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    parts.require(program is not None, "chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


class Manners:
    """What a page did that none may do: errors on the console, dialogs, requests to another origin."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.faults: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _console(self, message: ConsoleMessage) -> None:
        # The browser itself reports an answer that is not a success; a page that says "not found" is one.
        if message.type == "error" and "Failed to load resource: the server responded" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "about:")):
            self.faults.append(f"elsewhere: {request.url}")


@contextmanager
def visiting(browser: Browser, origin: str, **options: Any) -> Iterator[tuple[Page, Manners]]:
    """One person's browser, with nothing kept from before, and the faults that are found on the way."""
    options.setdefault("viewport", {"width": WIDE, "height": 900})
    context: BrowserContext = browser.new_context(base_url=origin, locale="en-GB", **options)
    context.set_default_timeout(PATIENCE)
    manners = Manners(origin)
    try:
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        manners.watch(page)
        yield page, manners
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What the content security policy stopped on this page."""
    return list(page.evaluate("window.__violations || []"))


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def signed_in(session: requests.Session, origin: str) -> dict[str, Any]:
    """Options of a context that holds the session of a person who signed in otherwise."""
    cookie = {
        "name": "sessionid",
        "value": session.cookies["sessionid"],
        "domain": str(urlsplit(origin).hostname),
        "path": "/",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    return {"storage_state": {"cookies": [cookie], "origins": []}}
