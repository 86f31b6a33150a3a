"""Programs of one group of hosts: each operation on what is theirs; what is of another group is as if it did not exist.

An operation without a line here fails. Who may which operation at all says tests/api/rules.py.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.api import tokens
from secdash.api.models import Scope
from secdash.findings.models import Finding
from secdash.fleet import services
from secdash.fleet.models import Host
from tests.api.rules import OPERATIONS
from tests.api.world import Program
from tests.house.world import ABSENT, FOREIGN, NO_NUMBER, OWN, build, person, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
SAID = re.compile(r'"request_id":\s*"[^"]*"|(seconds\S*) \S+')  # of that answer alone
NEW_WAY = {"kind": "tcp", "address": "127.0.0.1:1", "untested": True}

# operation → (what stands for the object in its address, what is sent, what is told whoever may, of their own)
ON_OBJECTS = {
    "api-get-host": ("HOST", None, 200),
    "api-change-host": ("HOST", {"owner": "x"}, 200),
    "api-replace-connection": ("REACHED", NEW_WAY, 200),
    "api-remove-host": ("HOST", None, 204),
    "api-start-scan": ("HOST", None, 202),
    "api-upload-snapshot": ("ISLAND", b"a file that nobody signed", 422),
    "api-get-finding": ("FINDING", None, 200),
    "api-get-history": ("FINDING", None, 200),
    "api-change-finding": ("FINDING", {"due_on": None}, 200),
    "api-create-comment": ("FINDING", {"body": "Soon."}, 201),
    "api-get-acceptance": ("ACCEPTANCE", None, 200),
    "api-end-acceptance": ("ACCEPTANCE", None, 200),
    "api-get-scan": ("SCAN", None, 200),
}
RISK = {"reason": "Known.", "until": (timezone.now().date() + timedelta(days=9)).isoformat()}
ON_HOST = {**RISK, "scope": "host", "check": "no-memory-limit"}
IN_GROUP = {**RISK, "scope": "group", "check": "no-memory-limit"}
IN_PROJECT = {**RISK, "scope": "project", "project": "shop", "check": "no-memory-limit"}
# Those that name an object in what they send or ask: (operation, how it is named, the rest, what is told of one's own).
NAMING = [
    ("api-create-acceptance", ("finding", "FINDING"), {**RISK, "scope": "finding"}, 201),
    ("api-create-acceptance", ("host", "HOST"), ON_HOST, 201),
    ("api-create-acceptance", ("group", "GROUP"), IN_GROUP, 201),
    ("api-create-acceptance", ("host", "HOST"), IN_PROJECT, 201),
    ("api-create-host", ("group", "GROUP NAME"), {"name": "new", "address": "/new.sock"}, 201),
    ("api-list-hosts", ("group", "GROUP"), {}, 200),
    ("api-list-hosts", ("q", "HOST"), {}, 200),
    ("api-list-findings", ("group", "GROUP"), {"state": "all"}, 200),
    ("api-list-findings", ("host", "HOST"), {"state": "all"}, 200),
    ("api-list-scans", ("host", "HOST"), {}, 200),
    ("api-get-benchmark", ("host", "HOST"), {}, 200),
    ("api-get-benchmark", ("group", "GROUP"), {}, 200),
    ("api-get-trend", ("host", "HOST"), {}, 200),
    ("api-get-trend", ("group", "GROUP"), {}, 200),
]
# What is read of all hosts at once: the arguments of the address, and what is asked.
LISTS = [
    ("api-list-hosts", {}, {}),
    ("api-list-groups", {}, {}),
    ("api-list-findings", {}, {"limit": 200, "state": "all"}),
    ("api-list-acceptances", {}, {"limit": 200}),
    ("api-list-scans", {}, {"limit": 200}),
    ("api-list-checks", {}, {}),
    ("api-get-check", {"name": "no-memory-limit"}, {}),
    ("api-get-benchmark", {}, {}),
    ("api-get-trend", {"table": "score"}, {}),
    ("api-get-trend", {"table": "open"}, {}),
    ("api-get-token", {}, {}),
    ("metrics", {}, {}),
]
OF_NO_HOST = {  # the guide, and a host that nobody knows yet
    "api-ask-host-key",
    "api-list-articles",
    "api-get-article",
    "api-list-revisions",
    "api-get-revision",
}
GROUPS = {OWN: "group-own", FOREIGN: "group-foreign"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), rolled_back():
        made = build(tmp_path_factory.mktemp("guide"))
        yield {
            reach: made[reach] | {"GROUP": slug, "GROUP NAME": f"Group {reach}"} for reach, slug in GROUPS.items()
        } | {"absent": {**ABSENT, "GROUP": "group-absents", "GROUP NAME": "Group absents"}}


@pytest.fixture
def program(request, world, settings):
    settings.API_RATE = 100_000
    made = tokens.give(person(request.param, OWN), name="x", scopes=tuple(Scope), days=7, at=timezone.now())
    return Program(made.secret)


def asked(program, name, arguments, sent=None, query=None, known=None):
    """Status, number of queries, and what is said; as if nobody had asked anything before, and undone afterwards."""
    cache.clear()
    method = OPERATIONS[name][0] if name in OPERATIONS else "get"
    url = reverse(f"api-v1:{name}" if name in OPERATIONS else name, kwargs=arguments, query=query)
    body, kind = packed(sent)
    with rolled_back(), CaptureQueriesContext(connection) as queries:
        answer = program.generic(method.upper(), url, body, content_type=kind)
    said = SAID.sub("@", answer.content.decode())
    return answer.status_code, len(queries), said.replace(known, "@") if isinstance(known, str) else said


def packed(sent):
    """As a program sends it: bytes are a file."""
    if isinstance(sent, bytes):
        return encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("snapshot", sent)}), MULTIPART_CONTENT
    return "" if sent is None else json.dumps(sent), "application/json"


def on_object(program, name, objects):
    kind, sent, _status = ON_OBJECTS[name]
    found = objects.get(kind, NO_NUMBER)
    argument = next(iter(OPERATIONS[name][1]))
    return asked(program, name, {argument: found}, sent, known=found)


def naming(program, row, objects):
    name, (field, kind), rest, _status = row
    found = objects.get(kind, NO_NUMBER)
    arguments = {"table": "open"} if name == "api-get-trend" else {}
    given = {"sent": {**rest, field: found}} if OPERATIONS[name][0] == "post" else {"query": {**rest, field: found}}
    return asked(program, name, arguments, known=found, **given)


def test_every_operation_has_its_line():
    named = {*ON_OBJECTS, *(name for name, *_rest in (*NAMING, *LISTS)), *OF_NO_HOST}

    assert named - {"metrics"} == set(OPERATIONS)
    assert {name for name, (_method, arguments, *_rest) in OPERATIONS.items() if {"slug", "pk"} & set(arguments)} == {
        *ON_OBJECTS
    }


@pytest.mark.parametrize("program", list(Role), indirect=True)
def test_of_what_is_ones_own_one_gets_what_the_role_may(program, world, request):
    role = request.node.callspec.params["program"]

    got = {name: on_object(program, name, world[OWN])[0] for name in ON_OBJECTS}
    got_naming = [naming(program, row, world[OWN])[0] for row in NAMING]

    assert got == {name: row[2] if role in OPERATIONS[name][3] else 403 for name, row in ON_OBJECTS.items()}
    assert got_naming == [row[3] if role in OPERATIONS[row[0]][3] else 403 for row in NAMING]


@pytest.mark.parametrize("program", list(Role), indirect=True)
def test_what_is_of_a_foreign_group_is_as_if_it_did_not_exist(program, world, request):
    """Word for word, and in as many queries."""
    role = request.node.callspec.params["program"]
    on_object(program, "api-get-finding", world["absent"])  # what is asked once for all

    theirs = {name: on_object(program, name, world[FOREIGN]) for name in ON_OBJECTS}
    nothing = {name: on_object(program, name, world["absent"]) for name in ON_OBJECTS}
    theirs_named = [naming(program, row, world[FOREIGN]) for row in NAMING]
    nothing_named = [naming(program, row, world["absent"]) for row in NAMING]

    assert {name: (theirs[name], nothing[name]) for name in theirs if theirs[name] != nothing[name]} == {}
    assert {name: theirs[name][0] for name in theirs} == {
        name: 404 if role in OPERATIONS[name][3] else 403 for name in theirs
    }
    pairs = zip(NAMING, theirs_named, nothing_named, strict=True)
    assert [(row, one, other) for row, one, other in pairs if one != other] == []


@pytest.mark.parametrize("program", list(Role), indirect=True)
def test_lists_say_the_same_whether_there_is_another_group_or_not(program, world):
    def read():
        return {(name, *table.values()): asked(program, name, table, query=query) for name, table, query in LISTS}

    read()
    with_them = read()
    with rolled_back():
        Finding.objects.filter(host__group__slug=GROUPS[FOREIGN]).update(state="resolved")
        for host in Host.objects.filter(group__slug=GROUPS[FOREIGN]):
            services.remove(host, by=None, at=timezone.now())
        without = read()

    words = ("web-02", "group-foreign", "Group foreign", "island-foreign", "ssh-foreign")
    assert {each for each, (status, *_rest) in with_them.items() if status != 200} == set()
    assert {each: with_them[each] for each in with_them if with_them[each] != without[each]} == {}
    assert {each for each, (*_rest, said) in with_them.items() if any(word in said for word in words)} == set()
    assert "web-01" in with_them["api-list-hosts",][2]
