"""Nobody is told of what they may not see, however it comes about."""

from __future__ import annotations

import pytest
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.fleet.models import Host, HostQuerySet
from secdash.messaging import sending
from secdash.messaging.letters import Letter, told
from secdash.messaging.models import Delivery, Notice
from tests.cast import a_member
from tests.messaging.world import Event, a_channel, a_known_host, a_rule, deliver, fails, letters, tick, worsens

pytestmark = pytest.mark.django_db


@pytest.fixture
def only_web_01(monkeypatch):
    """Rights per host, which are to come: everybody sees web-01 and nothing else."""
    everything = HostQuerySet.visible_to
    monkeypatch.setattr(HostQuerySet, "visible_to", lambda self, user: everything(self, user).filter(name="web-01"))


def test_a_person_is_told_of_hosts_that_they_may_see(only_web_01):
    a_rule(a_channel(owner=a_member()))
    worsens(a_known_host("web-01"))
    worsens(a_known_host("secret-01"))
    tick()

    (title,) = letters()
    assert "on web-01" in title
    assert "secret-01" not in str(Delivery.objects.get().letter)


def test_a_host_that_a_person_may_not_see_is_not_told_as_lost_either(only_web_01):
    from tests.messaging.test_tick import AWAY

    a_rule(a_channel(owner=a_member()), *Event.values)
    fails(a_known_host("secret-01"), AWAY)

    assert tick() == 0


def test_an_inbox_keeps_to_the_same(only_web_01):
    a_rule(a_channel(owner=a_member(), kind="inbox"))
    worsens(a_known_host("web-01"))
    worsens(a_known_host("secret-01"))
    tick()

    assert "secret-01" not in str(Notice.objects.get().letter)


def test_somebody_who_left_is_told_nothing():
    user = a_member()
    a_rule(a_channel(owner=user))
    worsens(a_known_host())
    user.is_active = False
    user.save()

    assert tick() == 0


def test_a_group_is_told_of_its_own_hosts_only():
    mine = a_known_host("web-01", group_name="Production")
    other = a_known_host("lab-01", group_name="Lab")
    a_rule(a_channel(group=mine.group))
    worsens(mine)
    worsens(other)
    tick()

    (title,) = letters()
    assert "on web-01" in title
    assert "lab-01" not in str(Delivery.objects.get().letter)


def test_a_rule_of_a_group_channel_cannot_reach_beyond_it():
    mine = a_known_host("web-01", group_name="Production")
    other = a_known_host("lab-01", group_name="Lab")
    a_rule(a_channel(group=mine.group), scope="host", host=other)
    worsens(other)

    assert tick() == 0


def test_what_waited_is_not_sent_to_somebody_who_left_meanwhile():
    user = a_member()
    channel = a_channel(owner=user)
    delivery = sending.queue(channel, Letter(told("x")), kind=Delivery.Kind.NEWS, at=timezone.now())
    user.is_active = False
    user.save()

    assert deliver(delivery).state == Delivery.State.FAILED


def test_what_waited_is_not_sent_once_a_host_left_the_group():
    host = a_known_host("web-01", group_name="Production")
    channel = a_channel(group=host.group)
    delivery = sending.queue(channel, Letter(told("x")), kind=Delivery.Kind.NEWS, at=timezone.now(), hosts=[host.pk])
    Host.objects.filter(pk=host.pk).update(group=None)

    done = deliver(delivery)
    assert done.state == Delivery.State.FAILED
    assert done.failure == sending.NOT_FOR_THEM


def test_a_paused_channel_is_silent():
    a_rule(a_channel(paused_at=timezone.now()))
    worsens(a_known_host())

    assert tick() == 0


def test_an_address_that_nobody_confirmed_is_not_written_to():
    a_rule(a_channel("somebody@example.org", owner=a_member(Role.VIEWER), confirmed_at=None))
    worsens(a_known_host())

    assert tick() == 0
