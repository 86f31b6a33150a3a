"""Addresses are kept sealed; keys can be changed without losing one."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from secdash import sealing
from secdash.messaging.models import Channel
from tests.messaging.world import a_channel

SECRET = "slack://TOKEN-A/TOKEN-B/TOKEN-C"


def test_what_is_sealed_opens_again_and_shows_nothing():
    sealed = sealing.seal(SECRET)

    assert "TOKEN" not in sealed
    assert sealing.unseal(sealed) == SECRET
    assert sealing.seal(SECRET) != sealed


def test_an_older_key_still_opens_and_the_first_one_seals(settings):
    settings.SEALING_KEYS = ["old"]
    sealed = sealing.seal(SECRET)
    settings.SEALING_KEYS = ["new", "old"]
    renewed = sealing.reseal(sealed)
    settings.SEALING_KEYS = ["new"]

    assert sealing.unseal(renewed) == SECRET
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed)


def test_keys_beside_the_secret_key_leave_what_it_sealed_readable_where_it_stays_in_the_list(settings):
    sealed = sealing.seal(SECRET)
    settings.SEALING_KEYS = ["new", settings.SECRET_KEY]

    assert sealing.unseal(sealed) == SECRET


def test_reseal_rotates_every_address(db, settings, capsys):
    settings.SEALING_KEYS = ["old"]
    channel = a_channel(SECRET)
    settings.SEALING_KEYS = ["new", "old"]

    call_command("reseal")

    settings.SEALING_KEYS = ["new"]
    assert sealing.unseal(Channel.objects.get(pk=channel.pk).sealed) == SECRET
    assert "Sealed anew: 1." in capsys.readouterr().out


def test_reseal_names_what_no_key_opens(db, settings):
    settings.SEALING_KEYS = ["lost"]
    a_channel(SECRET, name="Old chat")
    settings.SEALING_KEYS = ["new"]

    with pytest.raises(CommandError, match="Old chat"):
        call_command("reseal")


def test_no_address_stands_in_the_database(db):
    channel = a_channel(SECRET)

    assert "TOKEN" not in str(Channel.objects.filter(pk=channel.pk).values().get())
