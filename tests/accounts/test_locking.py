"""Guessing: who waits, until when, and that nobody else does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from secdash.accounts import locking
from secdash.accounts.addresses import client_address
from secdash.accounts.models import FailedSignIn
from secdash.accounts.roles import Role
from tests.accounts.door import Door, acts, words
from tests.cast import a_member

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


def guess(times, name="vera", address=HERE, at=NOON, every=timedelta(seconds=1)):
    for number in range(times):
        locking.was_the_last(locking.begin(name, address, at=at + number * every))


def locked_until(name="vera", address=HERE, at=NOON):
    with pytest.raises(locking.Locked) as refused:
        locking.begin(name, address, at=at)
    return refused.value.until


def test_after_five_wrong_passwords_the_next_waits_until_the_first_is_a_quarter_old():
    guess(5, every=timedelta(minutes=1))

    until = locked_until(at=NOON + timedelta(minutes=6))

    assert until == NOON + timedelta(minutes=15)
    assert locking.begin("vera", HERE, at=until)


def test_tries_while_waiting_do_not_lengthen_the_wait():
    guess(5)
    first = locked_until(at=NOON + timedelta(minutes=1))

    for minute in range(2, 10):
        locked_until(at=NOON + timedelta(minutes=minute))

    assert locked_until(at=NOON + timedelta(minutes=14)) == first
    assert FailedSignIn.objects.count() == 5


def test_a_stranger_locks_out_nobody_but_themselves():
    guess(5, address=ELSEWHERE)

    assert locking.begin("vera", HERE, at=NOON + timedelta(minutes=1))
    assert locked_until(address=ELSEWHERE, at=NOON + timedelta(minutes=1))


def test_who_walks_through_names_waits_too():
    for number in range(locking.OF_A_CLIENT):
        guess(1, name=f"name-{number}")

    assert locked_until(name="another", at=NOON + timedelta(minutes=1)) == NOON + locking.WINDOW
    assert locking.begin("another", ELSEWHERE, at=NOON + timedelta(minutes=1))


def test_a_right_password_forgets_the_name_there_and_nothing_else():
    guess(4)
    guess(3, name="theo")

    locking.take_back(locking.begin("vera", HERE, at=NOON + timedelta(minutes=1)))

    assert FailedSignIn.objects.count() == 3


def test_case_and_spaces_of_a_name_and_addresses_of_one_network_make_no_difference():
    guess(2, name="Vera ", address="2001:db8::1")
    guess(3, name="vera", address="2001:db8::2:3")

    assert locked_until(address="2001:db8::ffff", at=NOON + timedelta(minutes=1))


def test_names_are_not_kept_as_they_were_typed():
    guess(1, name="hunter2-typed-into-the-wrong-field")

    assert "hunter2" not in str(FailedSignIn.objects.values().get())


def test_what_is_older_than_the_window_goes():
    guess(3, name="theo", at=NOON - timedelta(hours=1))

    guess(1)

    assert FailedSignIn.objects.count() == 1


def test_the_door_says_when_to_come_again_and_takes_no_right_password_before(door):
    user = a_member(Role.ADMINISTRATOR)
    for _ in range(5):
        assert "Name or password is wrong." in words(door.try_password(user, "wrong"))

    refused = door.try_password(user)

    assert "Too many tries were wrong. Try again in 15 minutes." in words(refused)
    assert "_auth_user_id" not in door.client.session
    assert acts().count("person.locked_out") == 1


def test_where_no_proxy_is_ours_what_a_client_says_of_its_address_counts_for_nothing(door):
    for number in range(5):
        door.try_password("vera", "wrong", headers={"x-forwarded-for": f"192.0.2.{number}"})

    assert "Too many tries" in words(door.try_password("vera", headers={"x-forwarded-for": "192.0.2.99"}))


def test_behind_a_proxy_of_ours_its_last_address_counts(door, settings):
    settings.BEHIND_PROXY = True
    for number in range(5):
        door.try_password("vera", "wrong", headers={"x-forwarded-for": f"10.0.0.{number}, 192.0.2.1"})

    assert "Too many tries" in words(door.try_password("vera", headers={"x-forwarded-for": "10.9.9.9, 192.0.2.1"}))
    assert "Too many tries" not in words(door.try_password("vera", headers={"x-forwarded-for": "192.0.2.2"}))


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", "::"),
        ("x", "::"),
    ],
)
def test_an_address_is_read_as_one(rf, peer, address):
    assert client_address(rf.get("/", REMOTE_ADDR=peer)) == address


def test_the_command_lets_somebody_try_again(door, capsys):
    user = a_member()
    for _ in range(6):
        door.try_password(user, "wrong")

    call_command("unlock", user.username)

    assert "5 tries are forgotten." in capsys.readouterr().out
    assert Door(Client()).try_password(user).url == reverse("overview")


def test_the_command_wants_to_know_whom():
    with pytest.raises(CommandError, match="Name a person"):
        call_command("unlock")
    with pytest.raises(CommandError, match="no IP address"):
        call_command("unlock", "--address", "here")
