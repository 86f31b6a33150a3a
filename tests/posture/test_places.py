"""Where a page stands in the sidebar, and which tabs of the settings a person sees."""

from __future__ import annotations

import pytest

from secdash.accounts.roles import Role
from secdash.posture.places import ROOMS, room_of, tabs_for
from tests.cast import a_member


@pytest.mark.parametrize(
    ("page", "room"),
    [
        ("finding-group", "findings"),
        ("host-connection", "hosts"),
        ("groups", "hosts"),
        ("maintenance", "hosts"),
        ("host-stories", "threats"),
        ("plan", "causes"),
        ("mfa_activate_totp", "settings"),
        ("token-add-service", "settings"),
        ("api-reference", "settings"),
        ("person", "settings"),
        ("search", ""),
        ("", ""),
    ],
)
def test_a_page_belongs_to_one_room(page, room):
    assert room_of(page) == room


def test_no_beginning_names_two_rooms():
    beginnings = [beginning for each in ROOMS.values() for beginning in each]

    assert len(beginnings) == len(set(beginnings))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.VIEWER, ["Account", "Messages", "Tokens"]),
        (Role.ADMINISTRATOR, ["Account", "Messages", "Tokens", "Health", "Policy", "People", "Audit log"]),
    ],
)
def test_the_tabs_are_those_one_may_open(role, seen):
    tabs = tabs_for(a_member(role), "token-add")

    assert [str(tab.label) for tab in tabs] == seen
    assert [str(tab.label) for tab in tabs if tab.current] == ["Tokens"]
