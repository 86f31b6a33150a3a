"""Tickets of open overviews: what they spare, how long they hold, and who gets none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.findings.models import Transition
from secdash.fleet.models import Group, GroupRole, Host
from secdash.posture import tickets
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    """However slow this machine is."""
    monkeypatch.setattr(tickets, "MOMENT", 86_400)


@pytest.fixture
def host():
    [host] = a_fleet(1, 1)
    return host


@pytest.fixture
def reader(host):
    return signed_in()


def ask(client, mark="", ticket=""):
    return client.get("/changes/", {"mark": mark}, headers={"X-Ticket": ticket} if ticket else {})


def asked_before(client):
    """The mark and the ticket of an answer."""
    answer = ask(client)
    return answer["X-Mark"], answer["X-Ticket"]


def move(host):
    scan_of(host, named("newcomer", memory=0, privileged=True))
    cache.clear()


def test_while_nothing_moves_nothing_is_asked(reader, django_assert_num_queries):
    mark, ticket = asked_before(reader)

    with django_assert_num_queries(0):
        answer = ask(reader, mark, ticket)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "no-store" in answer["Cache-Control"]


def test_what_moves_is_sent_with_another_ticket(host, reader):
    mark, ticket = asked_before(reader)
    move(host)

    answer = ask(reader, mark, ticket)

    assert (answer.status_code, "newcomer" in answer.content.decode()) == (200, True)
    assert ask(reader, answer["X-Mark"], answer["X-Ticket"]).status_code == 204


def test_a_host_that_comes_is_noticed(reader):
    mark, ticket = asked_before(reader)
    a_host("another")
    cache.clear()

    assert not tickets.holds(ticket, mark, now=timezone.now())


def test_what_is_committed_after_a_newer_one_is_noticed(reader):
    late = Transition.objects.order_by("-pk")[1]
    Transition.objects.filter(pk=late.pk).delete()  # as long as its transaction is open
    mark, ticket = asked_before(reader)
    cache.clear()
    assert tickets.holds(ticket, mark, now=timezone.now())

    late.save(force_insert=True)
    cache.clear()

    assert not tickets.holds(ticket, mark, now=timezone.now())


@pytest.mark.parametrize(("later", "holds"), [(0, True), (tickets.LASTS + 1, False)])
def test_it_holds_for_a_while(reader, later, holds):
    mark, ticket = asked_before(reader)

    assert tickets.holds(ticket, mark, now=timezone.now() + timedelta(seconds=later)) is holds


@pytest.mark.parametrize("forged", ["", ".", "9999999999.", "9999999999.abc", "x.y", "²", "9" * 5000 + ".a"])
def test_what_is_no_ticket_is_answered_as_ever(reader, forged):
    mark, _ = asked_before(reader)

    answer = ask(reader, mark, forged)

    assert not tickets.holds(forged, mark, now=timezone.now())
    assert (answer.status_code, "X-Mark" in answer) == (204, True)


def test_it_is_for_the_lines_that_it_came_with(host, reader):
    _, ticket = asked_before(reader)

    assert ask(reader, "0" * 16, ticket).status_code == 200


def test_who_signed_out_is_led_to_the_door(reader):
    mark, ticket = asked_before(reader)

    assert ask(Client(), mark, ticket).status_code == 302


def test_who_does_not_see_every_host_gets_none(host):
    lab = Group.objects.create(name="Lab", slug="lab")
    Host.objects.update(group=lab)  # who sees all that there are need not see what comes
    viewer = a_member(Role.VIEWER, username="theirs", reach=User.Reach.GROUPS)
    GroupRole.objects.create(user=viewer, group=lab, role=Role.VIEWER)
    client = Client()
    client.force_login(viewer)

    answer = ask(client)

    assert (answer.status_code, tickets.HEADER in answer) == (200, False)
