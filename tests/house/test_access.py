"""Every address has its access rule, tried with every method by every role, on own and on foreign objects.

An address without a rule fails. A rule is one line: which roles may, and what stands for objects in its arguments.
That people who see one group alone get what is theirs, and of the rest nothing, follows from these lines.
"""

from __future__ import annotations

import copy
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from tests.api.rules import BESIDE, OPERATIONS
from tests.house.world import ABSENT, ALL, ARTICLE, FOREIGN, NO_NUMBER, OF_HOSTS, OWN, build, client_of, rolled_back

pytestmark = pytest.mark.timeout(600)  # a walk over all addresses, on a machine that has more to do

EVERYBODY = frozenset(Role)
EDITORS = EVERYBODY - {Role.VIEWER}
PUBLISHERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
OPERATORS = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
AUTHOR = frozenset({Role.CONTRIBUTOR})  # of the one proposal, the comments and the views of these tests
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})  # what they alone may is about all hosts, and for who sees all
NOBODY: frozenset[Role] = frozenset()
HOST = ["HOST"]
ISLAND = ["ISLAND"]  # known by uploads alone
REACHED = ["REACHED"]  # over SSH, with nothing that listens there
FIRST = ARTICLE
ITEM = ["host-os-hardened"]
NOW = timezone.now()
TOMORROW = NOW.date() + timedelta(days=1)  # the walk may go on past midnight

# name → (method, arguments, data, who may)
RULES = {
    "overview": ("get", [], {}, EVERYBODY),
    "changes": ("get", [], {}, EVERYBODY),
    "findings": ("get", [], {}, EVERYBODY),
    "findings-export": ("get", ["csv"], {}, EVERYBODY),
    "findings-filter": ("get", [], {}, EVERYBODY),
    "finding-group": ("get", [], {"key": "no-memory-limit"}, EVERYBODY),
    "findings-act": ("post", [], {"act": "assign", "matching": "1"}, OPERATORS),
    "bulk-act": ("get", ["ACT"], {}, EVERYBODY),
    "bulk-act-progress": ("get", ["ACT"], {}, EVERYBODY),
    "bulk-act-undo": ("post", ["ACT"], {}, frozenset({Role.OPERATOR})),  # whoever did it, and nobody else
    "view-save": ("get", [], {}, EVERYBODY),
    "view-change": ("get", ["VIEW"], {}, AUTHOR),
    "view-remove": ("get", ["VIEW"], {}, AUTHOR),
    "view-default": ("post", [], {}, EVERYBODY),
    "finding": ("get", ["FINDING"], {}, EVERYBODY),
    "finding-fix": ("get", ["FINDING"], {}, EVERYBODY),
    "finding-assign": ("post", ["FINDING"], {"assignee": ""}, OPERATORS),
    "finding-due": ("post", ["FINDING"], {"day": ""}, OPERATORS),
    "finding-comment": ("post", ["FINDING"], {"body": "I take it."}, EDITORS),
    "finding-comment-change": ("post", ["COMMENT"], {"body": "I took it."}, AUTHOR),
    "finding-again": ("post", ["FINDING"], {}, OPERATORS),
    "receipt": ("get", ["RECEIPT"], {}, EVERYBODY),
    "receipt-progress": ("get", ["RECEIPT"], {}, EVERYBODY),
    "receipt-json": ("get", ["RECEIPT"], {}, EVERYBODY),
    "acceptances": ("get", [], {}, EVERYBODY),
    "acceptances-export": ("get", ["md"], {"tab": "ended"}, EVERYBODY),
    "acceptance": ("get", ["ACCEPTANCE"], {}, EVERYBODY),
    "accept": ("get", [], {"check": "no-memory-limit"}, OPERATORS),
    "acceptance-decide": ("post", ["ACCEPTANCE"], {"decision": "approve"}, PUBLISHERS),
    "acceptance-end": ("get", ["ACCEPTANCE"], {}, OPERATORS),
    "acceptance-propose-decline": ("post", ["ACCEPTANCE"], {}, OPERATORS),
    "acceptance-take-back": ("post", ["FINDING"], {}, OPERATORS),
    "policy": ("get", [], {}, ADMINISTRATORS),
    "audit": ("get", [], {}, ADMINISTRATORS),
    "audit-export": ("get", ["csv"], {}, ADMINISTRATORS),
    "policy-dues": ("post", [], {"sure": "yes"}, ADMINISTRATORS),
    "hosts": ("get", [], {}, EVERYBODY),
    "hosts-export": ("get", ["csv"], {}, EVERYBODY),
    "host": ("get", HOST, {}, EVERYBODY),
    "containers-export": ("get", [*HOST, "csv"], {}, EVERYBODY),
    "host-timeline": ("get", HOST, {}, EVERYBODY),
    "container": ("get", [*HOST, "shop/web/1"], {}, EVERYBODY),
    "hardened": ("get", [*HOST, "shop/web/1"], {}, EVERYBODY),
    "checks": ("get", [], {}, EVERYBODY),
    "checks-export": ("get", ["csv"], {}, EVERYBODY),
    "benchmark": ("get", [], {}, EVERYBODY),
    "benchmark-export": ("get", ["csv"], {}, EVERYBODY),
    "benchmark-item": ("get", ITEM, {}, EVERYBODY),
    "attestation": ("get", [*ITEM, *HOST], {}, EVERYBODY),
    "attest": ("post", [*ITEM, *HOST], {"says": "pass", "note": "Done.", "until": TOMORROW.isoformat()}, OPERATORS),
    "attestation-withdraw": ("post", [*ITEM, *HOST], {}, OPERATORS),
    "check": ("get", ["no-memory-limit"], {}, EVERYBODY),
    "threats": ("get", [], {}, EVERYBODY),
    "threat": ("get", ["daemon-takeover"], {}, EVERYBODY),
    "causes": ("get", [], {}, EVERYBODY),
    "plan": ("get", [], {"changes": "2"}, EVERYBODY),
    "plan-export": ("get", ["html"], {"changes": "1"}, EVERYBODY),
    "host-stories": ("get", HOST, {}, EVERYBODY),
    "live-checks": ("get", [], {"checks": "no-memory-limit"}, EVERYBODY),
    "live-check": ("get", ["no-memory-limit"], {}, EVERYBODY),
    "why-moved": ("get", [], {}, EVERYBODY),
    "as-of": ("get", [], {}, EVERYBODY),
    "reports": ("get", [], {}, EVERYBODY),
    "report": ("get", ["management"], {}, EVERYBODY),
    "paper-ask": ("post", ["management"], {}, EVERYBODY),
    "papers": ("get", [], {}, EVERYBODY),
    "paper": ("get", ["PAPER"], {}, frozenset({Role.OPERATOR})),
    "report-schedule": ("post", ["management"], {"every": "week"}, EVERYBODY),
    "report-schedule-remove": ("post", ["SCHEDULE"], {}, frozenset({Role.OPERATOR})),
    "report-csv": ("get", [], {}, EVERYBODY),
    "search": ("get", [], {"q": "memory"}, EVERYBODY),
    "search-suggest": ("get", [], {"q": "memory"}, EVERYBODY),
    "trends": ("get", [], {}, EVERYBODY),
    "trends-data": ("get", [], {}, EVERYBODY),
    "trends-export": ("get", ["score"], {}, EVERYBODY),
    "scan-progress": ("get", ["SCAN"], {}, EVERYBODY),
    "host-add": ("get", [], {}, OPERATORS),
    "host-test": ("post", [], {"kind": "unix", "address": "/nowhere"}, OPERATORS),
    "host-commands": ("get", [], {}, OPERATORS),
    "host-add-offline": ("get", [], {}, OPERATORS),
    "host-edit": ("get", HOST, {}, OPERATORS),
    "host-connection": ("get", REACHED, {}, OPERATORS),
    "host-connection-test": ("post", REACHED, {}, OPERATORS),
    "host-snapshots": ("get", ISLAND, {}, OPERATORS),
    "host-collector": ("get", ISLAND, {}, OPERATORS),
    "host-upload-key": ("post", ISLAND, {}, OPERATORS),
    "host-reach": ("get", REACHED, {}, OPERATORS),
    "host-key": ("get", REACHED, {}, OPERATORS),
    "host-remove": ("get", HOST, {}, OPERATORS),
    "host-watch": ("post", HOST, {"mode": "off"}, OPERATORS),
    "scan-now": ("post", HOST, {}, OPERATORS),
    "scan-all": ("post", [], {}, OPERATORS),
    "sample-add": ("post", [], {}, OPERATORS),
    "sample-remove": ("post", [], {}, OPERATORS),
    "hosts-import": ("get", [], {}, OPERATORS),
    "hosts-register": ("get", ["csv"], {}, OPERATORS),
    "groups": ("get", [], {}, OPERATORS),
    "group-remove": ("post", ["GROUP"], {}, OPERATORS),
    "maintenance": ("get", [], {}, OPERATORS),
    "maintenance-end": ("post", ["WINDOW"], {}, OPERATORS),
    "inbox": ("get", [], {}, EVERYBODY),
    "inbox-read": ("post", [], {}, EVERYBODY),
    "messages": ("get", [], {}, EVERYBODY),
    "channel-add": ("get", [], {}, EVERYBODY),
    "channel": ("get", ["CHANNEL"], {}, OPERATORS),
    "channel-deliveries": ("get", ["CHANNEL"], {}, OPERATORS),
    "channel-edit": ("get", ["CHANNEL"], {}, OPERATORS),
    "channel-test": ("post", ["CHANNEL"], {}, OPERATORS),
    "channel-pause": ("post", ["CHANNEL"], {"do": "resume"}, OPERATORS),
    "channel-remove": ("get", ["CHANNEL"], {}, OPERATORS),
    "channel-confirm": ("get", ["CHANNEL", "token"], {}, OPERATORS),
    "rule-add": ("get", ["CHANNEL"], {}, OPERATORS),
    "rule-edit": ("get", ["RULE"], {}, OPERATORS),
    "rule-remove": ("get", ["RULE"], {}, OPERATORS),
    # Theirs, and before anything that ends their other sessions.
    "account-session-end": ("post", ["SESSION"], {}, frozenset({Role.OPERATOR})),
    "account": ("get", [], {}, EVERYBODY),
    "mfa_index": ("get", [], {}, EVERYBODY),  # the same page, by the name that django-allauth looks it up by
    "mfa_list_webauthn": ("get", [], {}, EVERYBODY),
    "account-name": ("post", [], {"first_name": "A"}, EVERYBODY),
    "account-password": ("get", [], {}, EVERYBODY),
    "account-sessions-end": ("post", [], {}, EVERYBODY),
    "account-provider-leave": ("post", [], {}, EVERYBODY),
    "account_reauthenticate": ("get", [], {}, EVERYBODY),
    "mfa_reauthenticate": ("get", [], {}, EVERYBODY),
    "mfa_reauthenticate_webauthn": ("get", [], {}, EVERYBODY),
    "mfa_activate_totp": ("get", [], {}, EVERYBODY),
    "mfa_deactivate_totp": ("get", [], {}, NOBODY),  # of these people none has an app, or codes
    "mfa_add_webauthn": ("get", [], {}, EVERYBODY),
    "mfa_remove_webauthn": ("get", ["SESSION"], {}, EVERYBODY),
    "mfa_view_recovery_codes": ("get", [], {}, NOBODY),
    "mfa_generate_recovery_codes": ("get", [], {}, EVERYBODY),
    "mfa_download_recovery_codes": ("get", [], {}, NOBODY),
    "people": ("get", [], {}, ADMINISTRATORS),
    "people-invite": ("get", [], {}, ADMINISTRATORS),
    "people-invitation-withdraw": ("post", ["INVITATION"], {}, ADMINISTRATORS),
    "person": ("get", ["PERSON"], {}, ADMINISTRATORS),
    "person-deactivate": ("post", ["PERSON"], {}, ADMINISTRATORS),
    "person-reactivate": ("post", ["PERSON"], {}, ADMINISTRATORS),
    "person-sign-out": ("post", ["PERSON"], {}, ADMINISTRATORS),
    "person-link": ("post", ["PERSON"], {}, ADMINISTRATORS),
    "person-factors-reset": ("post", ["PERSON"], {}, ADMINISTRATORS),
    "health": ("get", [], {}, OPERATORS),
    "tokens": ("get", [], {}, EVERYBODY),
    "token-add": ("get", [], {}, EVERYBODY),
    "token-add-service": ("get", [], {}, ADMINISTRATORS),
    "token-revoke": ("get", ["TOKEN"], {}, frozenset({Role.OPERATOR})),
    "api-reference": ("get", [], {}, EVERYBODY),
    "guide": ("get", [], {}, EVERYBODY),
    "guide-index": ("get", ["en"], {}, EVERYBODY),
    "article": ("get", FIRST, {}, EVERYBODY),
    "article-revision": ("get", [*FIRST, 1], {}, EVERYBODY),
    "article-history": ("get", FIRST, {}, EVERYBODY),
    "article-compare": ("get", FIRST, {}, EVERYBODY),
    "article-comments": ("get", FIRST, {}, EVERYBODY),
    "proposals": ("get", [], {}, EDITORS),
    "proposal": ("get", ["PROPOSAL"], {}, EDITORS),
    "proposal-comment": ("post", ["PROPOSAL"], {"body": "Why?"}, EDITORS),
    "article-blame": ("get", FIRST, {}, EVERYBODY),
    "article-raw": ("get", [*FIRST, 1], {}, EVERYBODY),
    "article-revert": ("get", [*FIRST, 1], {}, PUBLISHERS),
    "article-rename": ("get", FIRST, {}, PUBLISHERS),
    "article-remove": ("get", FIRST, {}, PUBLISHERS),
    "articles-removed": ("get", [], {}, PUBLISHERS),
    "article-new": ("get", ["en"], {}, EDITORS),
    "article-watch": ("post", FIRST, {"do": "watch"}, EVERYBODY),
    "article-feed": ("get", FIRST, {}, EVERYBODY),
    "guide-feed": ("get", [], {}, EVERYBODY),
    "guide-changes": ("get", [], {}, EVERYBODY),
    "article-edit": ("get", FIRST, {}, EDITORS),
    "pictures": ("get", [], {}, EDITORS),
    "picture": ("get", ["DIGEST", "svg"], {}, EVERYBODY),
    "article-preview": ("post", FIRST, {"body": "# Hello"}, EDITORS),
    "article-translate": ("post", ["fr", "cgroups"], {}, EDITORS),
    "section-reviewed": ("post", FIRST, {"anchor": "definition"}, PUBLISHERS),
    "guide-work": ("get", [], {}, EVERYBODY),
    "guide-whole": ("get", ["en"], {}, EVERYBODY),
    "article-editors": ("get", FIRST, {}, EDITORS),
    "proposal-edit": ("get", ["PROPOSAL"], {}, AUTHOR),
    "proposal-save": ("post", ["PROPOSAL"], {"body": "# Hello", "edits": 0}, AUTHOR),
    "proposal-send": ("post", ["PROPOSAL"], {"body": "# Hello", "edits": 0, "act": "save"}, AUTHOR),
    "proposal-merge": ("get", ["PROPOSAL"], {}, AUTHOR | {Role.REVIEWER, Role.ADMINISTRATOR}),
    "proposal-withdraw": ("post", ["PROPOSAL"], {}, AUTHOR),
    "proposal-decide": ("post", ["PROPOSAL"], {"decision": "reject", "message": "No.", "seen": 0}, PUBLISHERS),
}
# About all hosts at once, so that a role in a group is not enough.
ABOUT_ALL = {name for name, (*_rest, who) in RULES.items() if who == ADMINISTRATORS} | {
    "sample-add",
    "sample-remove",
    "groups",
    "group-remove",
    "health",
}
# Open to strangers on purpose: the door, the frame's choices, and the health of the process.
OPEN = {
    "healthz",
    "health-live",
    "health-ready",
    "login",
    "logout",
    "welcome",
    "set-language",
    "set-theme",
    "parts",
    "sitemap",
    "robots",
}
OPEN |= {"account_login", "account_logout", "account_inactive", "invited", "forgotten"}
OPEN |= {"mfa_authenticate", "mfa_login_webauthn", "openid_connect_login", "openid_connect_callback"}
# What a stranger reads where the guide is public: what is published now, and nothing of hosts, people or older texts.
PUBLIC = {"guide", "guide-index", "guide-whole", "article", "picture", "guide-feed", "article-feed"}
# What a signed-out person typed goes with them to the door (307).
CARRIED = {"proposal-save", "proposal-send", "finding-comment"}
# Of somebody else: for whoever has no part in it, it is as if it did not exist.
HIDDEN = {
    name
    for name, (_method, arguments, *_rest) in RULES.items()
    if {"CHANNEL", "RULE", "PAPER", "SCHEDULE", "SESSION", "TOKEN"} & set(arguments)
} | {"mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"}
ON_OBJECTS = sorted(name for name, (_method, arguments, *_rest) in RULES.items() if OF_HOSTS & set(arguments))
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
DONE, REFUSED = {200, 302}, {403, 404, 405}


def names(patterns=None):
    for pattern in patterns or get_resolver().url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern.url_patterns)
        else:
            yield pattern.name


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), rolled_back():
        yield build(tmp_path_factory.mktemp("guide"))


def url_of(name, objects):
    return reverse(name, args=[objects.get(argument, argument) for argument in RULES[name][1]])


def ask(client, name, objects, method=""):
    """What is answered, as if nobody had asked anything before."""
    said, _arguments, data, _who = RULES[name]
    send, carried = getattr(client, method or said), copy.deepcopy(client.cookies)
    with rolled_back():
        answer = (
            send(url_of(name, objects), data)
            if (method or said) in ("get", "head", "post")
            else send(url_of(name, objects))
        )
    client.cookies = carried  # a session that was begun meanwhile is rolled back with the rest
    return answer


def may(role, name, reach):
    return role in RULES[name][3] and not (reach == OWN and name in ABOUT_ALL)


def test_every_address_has_a_rule():
    assert set(names()) - OPEN == set(RULES) | set(OPERATIONS) | BESIDE


@pytest.mark.django_db
def test_a_stranger_gets_nothing_but_the_door_whatever_the_method(world):
    client = Client()
    for name in RULES:
        for method in METHODS:
            response = ask(client, name, world[ALL], method)
            carried = name in CARRIED | {"article-edit"} and method == "post"  # a page that takes what it shows
            assert response.status_code == (307 if carried else 302), (name, method)
            assert response.url.startswith(reverse("login")), (name, method)


@pytest.mark.django_db
def test_where_the_guide_is_public_a_stranger_gets_its_pages_and_nothing_else(world, settings):
    settings.PUBLIC_GUIDE = True
    client = Client()
    for name in RULES:
        response = ask(client, name, world[ALL])
        door = 307 if name in CARRIED else 302
        led_to_the_door = response.status_code == door and response.url.startswith(reverse("login"))
        assert led_to_the_door == (name not in PUBLIC), name
        assert name not in PUBLIC or response.status_code == (302 if name == "guide" else 200), name


@pytest.mark.django_db
@pytest.mark.parametrize("reach", [ALL, OWN])
@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_what_it_may_and_nothing_else(role, reach, world):
    client = client_of(role, reach)

    got = {name: ask(client, name, world[reach]).status_code for name in RULES}

    refused = {name: 404 if name in HIDDEN else 403 for name in RULES}
    assert {name: status for name, status in got.items() if may(role, name, reach) and status not in DONE} == {}
    assert {name: status for name, status in got.items() if not may(role, name, reach)} == {
        name: status for name, status in refused.items() if not may(role, name, reach)
    }


@pytest.mark.django_db
@pytest.mark.parametrize("reach", [ALL, OWN])
@pytest.mark.parametrize("role", list(Role))
def test_no_other_method_does_more(role, reach, world):
    """Who may not gets no further by another one, and what changes something is done by POST alone."""
    client = client_of(role, reach)
    others = [(name, method) for name, rule in RULES.items() for method in METHODS if method != rule[0]]
    tried = [(name, method) for name, method in others if method != "head" or not may(role, name, reach)]

    got = {(name, method): ask(client, name, world[reach], method).status_code for name, method in tried}

    assert {each: got[each] for each in tried if not may(role, each[0], reach) and got[each] not in REFUSED} == {}
    assert {each: got[each] for each in tried if may(role, each[0], reach) and not _is_fine(*each, got[each])} == {}


def _is_fine(name, method, status):
    """A page may take what its form sends; nothing takes what nobody sends."""
    return status < 500 if (RULES[name][0], method) == ("get", "post") else status == 405


@pytest.mark.django_db
@pytest.mark.parametrize("reach", [ALL, OWN])
def test_what_is_read_is_read_by_head_as_well(reach, world):
    client = client_of(Role.ADMINISTRATOR, reach)
    read = [name for name, rule in RULES.items() if rule[0] == "get" and may(Role.ADMINISTRATOR, name, reach)]

    got = {name: ask(client, name, world[reach], "head").status_code for name in read}

    assert {name: status for name, status in got.items() if status not in DONE} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_what_is_of_a_foreign_group_is_as_if_it_did_not_exist(role, world):
    """Word for word, whatever the method, and in as many queries: not even the time it takes tells of it."""
    client = client_of(role, OWN)
    absent = world[FOREIGN] | {kind: ABSENT.get(kind, NO_NUMBER) for kind in OF_HOSTS}
    tried = [(name, method) for name in ON_OBJECTS for method in METHODS]
    counted(client, "finding", absent, "get")  # what is asked once for all

    theirs = {each: counted(client, each[0], world[FOREIGN], each[1]) for each in tried}
    nothing = {each: counted(client, each[0], absent, each[1]) for each in tried}

    assert {each: (theirs[each], nothing[each]) for each in tried if theirs[each] != nothing[each]} == {}
    assert {each: theirs[each][0] for each in tried if theirs[each][0] not in REFUSED} == {}
    assert {name for name in ON_OBJECTS if theirs[name, RULES[name][0]][0] != 404} == set()


def counted(client, name, objects, method):
    """Status, number of queries, and what the answer says."""
    cache.clear()  # else one of the two may find what the other left
    with CaptureQueriesContext(connection) as asked:
        response = ask(client, name, objects, method)
    return response.status_code, len(asked), re.sub(r'nonce="[^"]*"', "", response.content.decode())
