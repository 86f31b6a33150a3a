"""Each operation of the interface that changes something leaves who, what, before and after in the log of changes."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.api import tokens
from secdash.audit.models import AuditEntry
from tests.api.rules import OPERATIONS
from tests.api.world import EVERYTHING, Program, a_program
from tests.audit.world import everything
from tests.cast import a_member
from tests.fleet.hosts import a_host

pytestmark = pytest.mark.django_db
SOON = (timezone.now().date() + timedelta(days=9)).isoformat()
WAY = {"kind": "tcp", "address": "127.0.0.1:1", "untested": True}
RISK = {"scope": "finding", "finding": "FINDING", "reason": "Known.", "until": SOON}

# operation → (what stands for the object in its address, what is sent, {act: (some of before, some of after)}).
# None: nothing was there before, or is there afterwards.
WRITES = {
    "api-create-host": ("", {"name": "new", "address": "/new.sock"}, {"host.registered": (None, {"name": "new"})}),
    "api-change-host": ("HOST", {"owner": "Shop"}, {"host.changed": ({"owner": ""}, {"owner": "Shop"})}),
    "api-replace-connection": ("REACHED", WAY, {"connection.changed": ({"kind": "ssh"}, {"kind": "tcp"})}),
    "api-remove-host": ("HOST", None, {"host.removed": ({"name": "web-01"}, None)}),
    "api-change-finding": (
        "FINDING",
        {"due_on": SOON, "assignee": "operator"},
        {
            "finding.due_set": ({"due": "DUE"}, {"due": SOON}),
            "finding.assigned": ({"assignee": ""}, {"assignee": "operator"}),
        },
    ),
    "api-create-comment": ("FINDING", {"body": "Soon."}, {"finding.commented": (None, {"comment": "ANY"})}),
    "api-create-acceptance": ("", RISK, {"acceptance.asked": (None, {"until": SOON, "state": "in_force"})}),
    "api-end-acceptance": ("ACCEPTANCE", None, {"acceptance.ended": ({"state": "in_force"}, None)}),
    "api-start-scan": ("HOST", None, {"scan.requested": (None, {"scan": "ANY"})}),
}
UNRECORDED = {
    "api-ask-host-key": "nothing is kept",
    "api-upload-snapshot": "needs a signed file; tried in tests/scans/test_offline_pages.py",
}


@pytest.fixture
def given(tmp_path):
    made = everything(tmp_path)
    reached = a_host("ssh", at=timezone.now(), kind="ssh", address="nobody@127.0.0.1:1/var/run/docker.sock")
    return made | {"REACHED": reached.slug}


def entries(program, name, given):
    """What the operation left, which is undone when this returns; an operation that fails leaves nothing."""
    kind, sent, _left = WRITES[name]
    body = {key: given.get(value, value) if isinstance(value, str) else value for key, value in (sent or {}).items()}
    arguments = {next(iter(OPERATIONS[name][1])): given[kind]} if kind else {}
    with transaction.atomic():
        last = AuditEntry.objects.latest("pk").pk
        answer = program.generic(
            OPERATIONS[name][0].upper(),
            reverse(f"api-v1:{name}", kwargs=arguments),
            json.dumps(body),
            content_type="application/json",
        )
        found = list(AuditEntry.objects.filter(pk__gt=last))
        transaction.set_rollback(True)
    assert answer.status_code < 300, (name, answer.content)
    assert {entry.request for entry in found} == {answer["X-Request-Id"]}
    return found


def is_as(kept, wanted):
    """Whether all that is wanted is kept; "ANY" and "DUE" are values that nobody knows before."""
    if wanted is None:
        return kept == {}
    return all(name in kept and value in (kept[name], "ANY", "DUE") for name, value in wanted.items())


def test_no_operation_that_changes_something_is_forgotten():
    writing = {name for name, (method, *_rest) in OPERATIONS.items() if method != "get"}

    assert writing == set(WRITES) | set(UNRECORDED)


def test_each_is_entered_with_who_and_what_was_before_and_is_after(given):
    program, wrong = a_program(Role.OPERATOR), {}
    for name, (*_sent, left) in WRITES.items():
        found = {entry.act: entry for entry in entries(program, name, given)}
        said = {act: (entry.by, entry.before, entry.after) for act, entry in found.items()}
        fine = set(found) == set(left) and all(
            entry.by == a_member(Role.OPERATOR)
            and entry.before != entry.after
            and is_as(entry.before, left[act][0])
            and is_as(entry.after, left[act][1])
            for act, entry in found.items()
        )
        wrong |= {} if fine else {name: said}

    assert wrong == {}


def test_what_a_service_does_is_entered_as_its_own(given):
    service = tokens.give_service(
        name="Pipeline", role=Role.OPERATOR, groups=[], scopes=EVERYTHING, days=7, by=a_member(), at=timezone.now()
    )

    names = {entry.by_name for entry in entries(Program(service.secret), "api-start-scan", given)}

    assert names == {service.token.user.username}
