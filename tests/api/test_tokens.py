"""Tokens: made, shown once, used, expired, revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.models import User
from secdash.accounts.roles import Act, Role
from secdash.api import tokens
from secdash.api.models import Scope, ServiceAccount, Token
from secdash.audit.models import AuditEntry
from secdash.findings.assigning import members
from secdash.fleet.models import Group
from tests.api.world import Program, a_program, a_token
from tests.cast import a_member, signed_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def a_service(role: Role = Role.OPERATOR, *groups: Group, scopes=(Scope.READ,)) -> tokens.Given:
    by = a_member(Role.ADMINISTRATOR)
    return tokens.give_service(name="Nightly", role=role, groups=groups, scopes=scopes, days=90, by=by, at=NOW)


def test_a_token_is_shown_once_and_kept_as_a_digest():
    client = signed_in()

    answer = client.post(reverse("token-add"), {"name": "Build", "scopes": ["read"], "days": "90"})

    secret = answer.context["secret"]
    token = Token.objects.get()
    assert secret in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert (token.digest, token.scopes) == (tokens.digest_of(secret), ["read"])
    assert secret not in client.get(reverse("tokens")).text
    assert len(secret) - len(tokens.PREFIX) >= 160 / 4
    assert not any(secret in str(entry.__dict__) for entry in AuditEntry.objects.all())


def test_a_token_that_is_shown_is_not_in_the_words_of_an_error():
    given = tokens.give(a_member(), name="Build", scopes=["read"], days=7, at=NOW)

    assert given.secret not in repr(given)
    assert given.secret not in f"{given}"


def test_only_what_stands_lets_in():
    token, secret = a_token()
    changes = {
        "good": {},
        "expired": {"expires_at": NOW - timedelta(seconds=1)},
        "revoked": {"revoked_at": NOW},
    }

    answers = {}
    for name, change in changes.items():
        Token.objects.filter(pk=token.pk).update(expires_at=NOW + timedelta(days=1), revoked_at=None)
        Token.objects.filter(pk=token.pk).update(**change)
        answers[name] = Program(secret).ask("token").status_code

    assert answers == {"good": 200, "expired": 401, "revoked": 401}
    assert Program("secdash_" + "0" * 50).ask("token").status_code == 401
    assert Program("x" * 10_000).ask("token").status_code == 401
    assert Client().get("/api/v1/token").status_code == 401


def test_a_token_ends_with_the_right_of_its_owner():
    program = a_program(Role.OPERATOR)
    assert program.ask("hosts").status_code == 200

    User.objects.update(is_active=False)

    assert program.ask("hosts").status_code == 401


def test_a_token_may_no_more_than_its_owner_and_its_scopes():
    reader, operator = a_program(Role.VIEWER), a_program(Role.OPERATOR, Scope.READ)

    role, scope = reader.send("hosts/web-01/scans"), operator.send("hosts/web-01/scans")

    assert (role.status_code, scope.status_code) == (403, 403)
    assert role.json()["type"].endswith("#problem-forbidden")
    assert scope.json()["type"].endswith("#problem-scope")
    assert 'scope="scan"' in scope["WWW-Authenticate"]


def test_a_session_is_no_token():
    client = signed_in(Role.ADMINISTRATOR)

    assert client.get("/api/v1/hosts").status_code == 401
    assert client.get("/api/v1/openapi.json").status_code == 200
    assert Client().get("/api/v1/openapi.json").status_code == 401


def test_use_is_noted_once_a_minute():
    token, _secret = a_token()
    tokens.note_use(token, address="192.0.2.1", at=NOW)
    token.refresh_from_db()

    tokens.note_use(token, address="192.0.2.2", at=NOW + timedelta(seconds=59))
    token.refresh_from_db()
    within = token.used_from
    tokens.note_use(token, address="192.0.2.2", at=NOW + timedelta(seconds=60))
    token.refresh_from_db()

    assert (within, token.used_from) == ("192.0.2.1", "192.0.2.2")


def test_whoever_has_many_tokens_gets_no_more():
    user = a_member()
    for number in range(tokens.MOST_OF_ONE):
        tokens.give(user, name=str(number), scopes=["read"], days=7, at=NOW)

    answer = signed_in().post(reverse("token-add"), {"name": "More", "scopes": ["read"], "days": "90"})

    assert answer.status_code == 422
    assert Token.objects.count() == tokens.MOST_OF_ONE


def test_a_service_is_no_person():
    given = a_service()
    user = given.token.user

    with_session = Client()
    with pytest.raises(PermissionDenied):
        with_session.force_login(user)

    assert user.can(Act.SCAN)
    assert not user.has_usable_password()
    assert user not in members()
    assert Program(given.secret).ask("token").json()["owner"] == user.username
    assert with_session.get(reverse("overview")).status_code == 302


def test_a_service_of_groups_reaches_their_hosts_alone():
    group = Group.objects.create(name="Lab", slug="lab")

    user = a_service(Role.OPERATOR, group).token.user

    assert (user.reach, list(user.group_roles.values_list("group", "role"))) == ("groups", [(group.pk, "operator")])


def test_revoking_a_service_ends_its_account_and_is_recorded():
    given = a_service()
    client = signed_in(Role.ADMINISTRATOR)

    client.post(reverse("token-revoke", args=[given.token.pk]))

    assert Program(given.secret).ask("token").status_code == 401
    assert not User.objects.get(pk=given.token.user_id).is_active
    entered = AuditEntry.objects.filter(act__startswith="token.").order_by("pk")
    assert list(entered.values_list("act", flat=True)) == ["token.made", "token.revoked"]
    assert ServiceAccount.objects.count() == 1


def test_nobody_sees_or_revokes_the_token_of_somebody_else():
    theirs, _secret = a_token(Role.OPERATOR)
    service = a_service().token

    answers = {
        (role, token.pk): signed_in(role).get(reverse("token-revoke", args=[token.pk])).status_code
        for role in (Role.VIEWER, Role.ADMINISTRATOR)
        for token in (theirs, service)
    }

    assert answers == {
        (Role.VIEWER, theirs.pk): 404,
        (Role.VIEWER, service.pk): 404,
        (Role.ADMINISTRATOR, theirs.pk): 404,
        (Role.ADMINISTRATOR, service.pk): 200,
    }
    assert "Nightly" not in signed_in(Role.VIEWER).get(reverse("tokens")).text
