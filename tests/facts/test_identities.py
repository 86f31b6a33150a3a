"""Examining certificates and keys before they are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from secdash.facts import identities
from secdash.facts.endpoint import TlsIdentity
from secdash.facts.identities import examine_tls
from tests.facts.certificates import NOW, SERVER, a_certificate, a_key, an_authority, pem

DAY = timedelta(days=1)


def examined(authority=None, certificate=None, key=None):
    return examine_tls(
        an_authority() if authority is None else authority,
        a_certificate() if certificate is None else certificate,
        pem(a_key("client")) if key is None else key,
        at=NOW,
    )


def test_what_is_in_order_becomes_an_identity_and_tells_its_last_moment():
    found = examined()

    assert (found.problems, found.remarks) == ((), ())
    assert isinstance(found.identity, TlsIdentity)
    assert (found.subject, found.issuer, found.expires_at) == ("CN=secdash", "CN=the authority", NOW + 365 * DAY)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"authority": "hello"}, "authority", "no certificate in PEM form"),
        ({"certificate": pem(a_key("client"))}, "certificate", "no certificate in PEM form"),
        ({"key": a_certificate()}, "key", "no private key in PEM form"),
        ({"key": pem(a_key("client"), b"secret")}, "key", "This key is encrypted"),
        ({"key": pem(a_key("another"))}, "key", "do not make a pair"),
        ({"certificate": a_certificate(usage=SERVER)}, "certificate", "has clientAuth"),
        ({"certificate": a_certificate(ends=NOW - DAY / 2)}, "certificate", "ended on 2026-11-27"),
        ({"certificate": a_certificate(begins=NOW + DAY)}, "certificate", "only from 2026-11-28 12:00 UTC on"),
        ({"authority": an_authority(ends=NOW - DAY / 2)}, "authority", "ended on"),
        ({"authority": a_certificate()}, "authority", "may not sign others"),
        ({"key": pem(a_key("small")), "certificate": a_certificate(key="small")}, "certificate", "1024 bits"),
        ({"key": pem(a_key("little")), "certificate": a_certificate(key="little")}, "certificate", "too small"),
        ({"authority": "x" * (identities.LARGEST + 1)}, "authority", "too long"),
    ],
)
def test_what_cannot_be_used_is_told_beside_its_field(given, field, words):
    found = examined(**given)

    assert found.identity is None
    assert [remark.field for remark in found.problems] == [field]
    assert words in str(found.problems[0].message)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"certificate": a_certificate(ends=NOW + 29 * DAY)}, "ends soon, on 2026-12-26"),
        ({"authority": an_authority(ends=NOW + 29 * DAY)}, "ends soon, on 2026-12-26"),
        ({"authority": an_authority("another authority")}, "signed by another authority"),
    ],
)
def test_what_is_worth_saying_forbids_nothing(given, words):
    found = examined(**given)

    assert found.identity is not None
    assert words in str(found.remarks[0].message)


def test_a_certificate_that_names_no_use_may_be_used():
    assert examined(certificate=a_certificate(usage=None)).identity is not None


def test_lines_are_kept_as_programs_write_them():
    found = examined(key="\n" + pem(a_key("client")).replace("\n", "\r\n") + "\n\n")

    assert found.identity is not None
    assert found.identity.key == pem(a_key("client"))


def test_nothing_of_a_key_stands_in_what_was_found():
    found = examined()

    assert "BEGIN" not in repr(found)
