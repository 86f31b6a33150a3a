"""Rows that are only added, each holding the digest of the one before."""

from __future__ import annotations

import pytest

from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.audit.recording import FIRST, digest_of, record
from tests.cast import a_member
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db


def test_each_row_holds_the_digest_of_the_one_before():
    first, second = record("host.added", on=a_host()), record("host.changed", by=a_member(Role.OPERATOR))

    AuditEntry.objects.get(pk=first.pk)
    assert AuditEntry.objects.filter(previous=FIRST).count() == 1
    assert second.previous == first.digest


def test_what_is_read_back_has_the_digest_that_was_written():
    kept = AuditEntry.objects.get(
        pk=record("host.changed", by=a_member(), on=a_host(), before={"tags": ("é", 1)}, after={"tags": None}).pk
    )

    assert digest_of(kept) == kept.digest
    kept.after = {"tags": "pci"}
    assert digest_of(kept) != kept.digest
