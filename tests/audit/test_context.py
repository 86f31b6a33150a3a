"""From where a change comes: the peer, or what the proxy of ours says of it, and never what a client claims."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from secdash.accounts.roles import Role
from secdash.audit.context import Origin, as_address, coming_from, origin
from secdash.audit.middleware import address_of
from secdash.audit.models import AuditEntry
from secdash.audit.recording import record
from tests.cast import PASSWORD, a_member

CLAIMED = "198.51.100.7, 203.0.113.9"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        (" 203.0.113.9:4711", "203.0.113.9"),
        ("2001:DB8::0001", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", None),
        ("unknown", None),
        ("<script>", None),
    ],
)
def test_addresses_are_read_as_databases_give_them_back(text, address):
    assert as_address(text) == address


@pytest.mark.parametrize(("behind", "address"), [(False, "192.0.2.4"), (True, "203.0.113.9")])
def test_only_behind_a_proxy_of_ours_its_header_counts_and_there_the_last_word(settings, behind, address):
    settings.BEHIND_PROXY = behind
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.4", HTTP_X_FORWARDED_FOR=CLAIMED)

    assert address_of(request) == address


@pytest.mark.django_db
def test_what_is_recorded_tells_from_where():
    with coming_from(Origin("2001:db8::1", "00ff")):
        entry = record("host.changed")

    assert (entry.address, entry.request) == ("2001:db8::1", "00ff")
    assert origin() == Origin()


@pytest.mark.django_db
def test_sign_ins_are_recorded_with_their_address_and_a_wrong_name_is_not():
    member, client = a_member(Role.OPERATOR), Client(REMOTE_ADDR="203.0.113.9")
    sent = {"username": member.username, "password": PASSWORD}

    client.post("/accounts/login/", sent | {"password": "wrong"})
    client.post("/accounts/login/", sent | {"username": "my password in the wrong field"})
    answer = client.post("/accounts/login/", sent)
    client.post("/accounts/logout/")

    rows = list(AuditEntry.objects.in_chain().values_list("act", "name", "by_name", "address"))
    assert rows == [
        ("person.refused", member.username, "", "203.0.113.9"),
        ("person.refused", "", "", "203.0.113.9"),
        ("person.signed_in", member.username, member.username, "203.0.113.9"),
        ("person.signed_out", member.username, member.username, "203.0.113.9"),
    ]
    assert AuditEntry.objects.filter(request=answer.headers["X-Request-ID"]).get().act == "person.signed_in"
