"""An administrator adds an app and a passkey in a real browser, and comes in with each; devices are listed."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect

from tests.flows import made_once, product
from tests.flows.browser import violations, visiting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sign-in")]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("door")
    seen = {
        "SECDASH_SECRET_KEY": "a key of the tests, which is long enough to be taken",
        "SECDASH_REQUIRE_MFA": "administrators",
    }
    made_once.prepare(folder, made_once.MIGRATE, **seen)
    with product.services(folder, (), **seen) as server:
        yield server


def shown_code(secret):
    """What the app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, list(totp.yield_hotp_counters_from_time())[1]))


def sign_out(page):
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def give_password(page):
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(product.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_app_then_a_passkey_let_the_administrator_in(chromium, running):
    # Passkeys belong to a name, and 127.0.0.1 is none.
    origin = running.url.replace("127.0.0.1", "localhost")
    link = product.LINK.findall(running.manage("first_admin"))[-1].replace(running.url, origin)
    with visiting(chromium, origin) as (page, manners):
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

        page.goto(link)
        page.get_by_label("New password", exact=True).fill(product.PASSWORD)
        page.get_by_label("New password confirmation").fill(product.PASSWORD)
        page.get_by_role("button", name="Set password and sign in").click()
        expect(page.get_by_text("Add one to go on")).to_be_visible()

        page.get_by_role("link", name="Add an app").click()
        expect(page.get_by_role("img", name="The secret as a QR code")).to_be_visible()
        secret = page.get_by_label("Secret", exact=True).input_value()
        page.get_by_role("textbox", name="Authenticator code").fill(shown_code(secret))
        page.get_by_role("button", name="Add the app").click()
        codes = page.locator("#codes").inner_text().split()
        assert len(codes) == 10
        page.get_by_role("link", name="Done").click()
        assert not violations(page)

        sign_out(page)
        give_password(page)
        page.get_by_label("Code").fill(codes[0])
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()

        page.goto("/settings/account/")
        expect(page.get_by_text("this one")).to_have_count(1)
        page.get_by_role("link", name="Add a passkey").click()
        if page.get_by_role("heading", name="Is it you?").is_visible():
            page.get_by_label("Password").fill(product.PASSWORD)
            page.get_by_role("button", name="Continue").click()
        page.get_by_label("Name").fill("This laptop")
        page.get_by_role("button", name="Add the passkey").click()
        expect(page.get_by_text("This laptop", exact=True)).to_be_visible()
        assert not violations(page)

        sign_out(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        assert not violations(page)

        sign_out(page)
        give_password(page)
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()

        assert not violations(page)
        assert not manners.faults
