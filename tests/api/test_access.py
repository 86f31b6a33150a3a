"""Every operation, by tokens of every role and of every scope."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.api import tokens
from secdash.api.models import Scope
from secdash.findings.models import Finding
from secdash.fleet.models import Group, GroupRole, Host
from tests.api.rules import OPERATIONS
from tests.api.world import EVERYTHING, Program, a_program
from tests.cast import a_member, signed_in
from tests.posture.world import a_fleet

pytestmark = pytest.mark.django_db
REFUSED = {401, 403}


def asked(client, name):
    method, arguments, *_rest = OPERATIONS[name]
    body = "{}" if method in ("post", "patch") else ""
    url = reverse(f"api-v1:{name}", kwargs=arguments)
    return client.generic(method.upper(), url, body, content_type="application/json").status_code


def test_without_a_token_nobody_gets_anything():
    answers = {name: (asked(Client(), name), asked(signed_in(Role.ADMINISTRATOR), name)) for name in OPERATIONS}

    assert answers == dict.fromkeys(OPERATIONS, (401, 401))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_it_may(role):
    program = a_program(role)

    allowed = {name for name in OPERATIONS if asked(program, name) not in REFUSED}

    assert allowed == {name for name, (*_rest, who) in OPERATIONS.items() if role in who}


@pytest.mark.parametrize("scope", list(Scope))
def test_each_scope_is_good_for_its_own(scope):
    program = a_program(Role.ADMINISTRATOR, scope)

    allowed = {name for name in OPERATIONS if asked(program, name) not in REFUSED}

    assert allowed == {name for name, (_method, _arguments, scopes, _who) in OPERATIONS.items() if scope in scopes}


def test_a_service_of_one_group_learns_and_does_nothing_elsewhere():
    ours, theirs = a_fleet(2, 1)
    lab = Group.objects.create(name="Lab", slug="lab")
    Host.objects.filter(pk=ours.pk).update(group=lab)
    Host.objects.filter(pk=theirs.pk).update(group=Group.objects.create(name="Prod", slug="prod"))
    given = tokens.give_service(
        name="Lab", role=Role.OPERATOR, groups=[lab], scopes=EVERYTHING, days=7, by=a_member(), at=timezone.now()
    )
    program = Program(given.secret)
    foreign = Finding.objects.open().filter(host=theirs).first()
    own = Finding.objects.open().filter(host=ours).first()

    seen = {each["host_slug"] for each in program.ask("findings", limit=200).json()["items"]}
    answers = {
        "scan ours": program.send(f"hosts/{ours.slug}/scans").status_code,
        "scan theirs": program.send(f"hosts/{theirs.slug}/scans").status_code,
        "work on ours": program.send(f"findings/{own.pk}", {"due_on": None}, method="patch").status_code,
        "work on theirs": program.send(f"findings/{foreign.pk}", {"due_on": None}, method="patch").status_code,
        "move ours": program.send(f"hosts/{ours.slug}", {"group": "Prod"}, method="patch").status_code,
        "remove theirs": program.send(f"hosts/{theirs.slug}", method="delete").status_code,
    }

    assert seen == {ours.slug}
    assert [each["slug"] for each in program.ask("groups").json()["items"]] == ["lab"]
    assert answers == {
        "scan ours": 202,
        "scan theirs": 404,
        "work on ours": 200,
        "work on theirs": 404,
        "move ours": 422,
        "remove theirs": 404,
    }
    assert "prod" not in program.get("/metrics").text


def test_whoever_reads_in_one_group_and_works_in_another_works_there_alone():
    ours, theirs = a_fleet(2, 1)
    lab = Group.objects.create(name="Lab", slug="lab")
    Host.objects.filter(pk=ours.pk).update(group=lab)
    program = a_program(Role.VIEWER)
    GroupRole.objects.create(user=a_member(Role.VIEWER), group=lab, role=Role.OPERATOR)

    answers = [program.send(f"hosts/{host.slug}/scans").status_code for host in (ours, theirs)]

    assert answers == [202, 403]
