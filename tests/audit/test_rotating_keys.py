"""One command seals everything with a new key; what no key opens is named, by the command and by a system check."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from secdash import keeping_sealed, sealing
from secdash.audit.models import AuditEntry
from secdash.facts.endpoint import TlsIdentity
from secdash.findings.models import BulkAct
from secdash.fleet import credentials
from secdash.fleet.models import Connection
from secdash.messaging.models import Channel
from tests.cast import a_member
from tests.fleet.hosts import a_host
from tests.messaging.world import a_channel

pytestmark = pytest.mark.django_db
PEM = "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"
ADDRESS = "slack://TOKEN-A/TOKEN-B/TOKEN-C"


def an_identity():
    return TlsIdentity(authority=PEM, certificate=PEM, key=PEM)


@pytest.fixture
def sealed_with_old(settings):
    """A host and a channel, sealed while "old" was the only key."""
    settings.SEALING_KEYS = ["old"]
    host = a_host()
    Connection.objects.filter(host=host).update(sealed=credentials.sealed(an_identity()))
    a_channel(ADDRESS)
    return host


def opened():
    connection, channel = Connection.objects.get(), Channel.objects.get()
    return credentials.identity_of(connection.sealed, ""), sealing.unseal(channel.sealed)


def test_after_it_the_new_key_alone_opens_everything(sealed_with_old, settings, capsys):
    settings.SEALING_KEYS = ["new", "old"]

    call_command("rotate_keys")

    settings.SEALING_KEYS = ["new"]
    assert opened() == (an_identity(), ADDRESS)
    assert "Sealed anew: 2." in capsys.readouterr().out
    assert AuditEntry.objects.get(act="keys.rotated").after == {"sealed": 2, "lost": 0}


def test_what_no_key_opens_is_named_and_left_as_it_is(sealed_with_old, settings):
    settings.SEALING_KEYS = ["new"]

    with pytest.raises(CommandError, match=r"connection web-01 .*, channel Team chat ") as caught:
        call_command("rotate_keys")

    settings.SEALING_KEYS = ["old"]
    assert opened() == (an_identity(), ADDRESS)
    assert "PRIVATE" not in str(caught.value)
    assert "TOKEN" not in str(caught.value)


def test_a_system_check_says_what_no_key_opens(sealed_with_old, settings):
    before = run_checks(tags=["database"], databases=["default"])
    settings.SEALING_KEYS = ["new"]

    found = run_checks(tags=["database"], databases=["default"])

    assert [each.id for each in before] == []
    assert [each.id for each in found] == ["secdash.W010"]
    assert "web-01" in found[0].msg
    assert "SECDASH_SEALING_KEYS" in found[0].hint


def test_a_row_that_was_changed_meanwhile_is_left_to_whoever_changed_it(sealed_with_old, settings):
    settings.SEALING_KEYS = ["new", "old"]
    shelf = keeping_sealed.Shelf("messaging.Channel", "sealed")
    (row,) = shelf.rows()
    Channel.objects.update(sealed=sealing.seal("slack://X/Y/Z"))

    assert not shelf.reseal(row)
    assert sealing.unseal(Channel.objects.get().sealed) == "slack://X/Y/Z"


def test_of_json_the_named_entries_are_sealed_anew(settings):
    settings.SEALING_KEYS = ["old"]
    held = {"secret": sealing.seal("JBSWY3DP"), "digits": 6, "seed": ""}
    act = BulkAct.objects.create(kind="comment", arguments=held, by=a_member(), at=timezone.now())
    settings.SEALING_KEYS = ["new", "old"]
    shelf = keeping_sealed.Shelf("findings.BulkAct", "arguments", ("secret", "seed"))

    (row,) = shelf.rows()
    assert shelf.reseal(row)

    settings.SEALING_KEYS = ["new"]
    act.refresh_from_db()
    assert sealing.unseal(act.arguments["secret"]) == "JBSWY3DP"
    assert (act.arguments["digits"], act.arguments["seed"]) == (6, "")


def test_second_factors_are_sealed_anew_too(settings):
    settings.SEALING_KEYS = ["old"]
    held = {"secret": sealing.seal("JBSWY3DP")}
    factor = Authenticator.objects.create(user=a_member(), type=Authenticator.Type.TOTP, data=held)
    settings.SEALING_KEYS = ["new", "old"]

    call_command("rotate_keys")

    settings.SEALING_KEYS = ["new"]
    factor.refresh_from_db()
    assert sealing.unseal(factor.data["secret"]) == "JBSWY3DP"


def test_every_column_that_is_called_sealed_is_on_a_shelf():
    columns = {
        (model._meta.label, column.name)
        for model in apps.get_models()
        for column in model._meta.get_fields()
        if isinstance(column, models.TextField) and "sealed" in column.name
    }

    assert columns
    assert columns - {(shelf.model, shelf.column) for shelf in keeping_sealed.shelves()} == set()
