"""Whatever changes something leaves an entry in the log of changes. An address that takes a POST and is in neither
table fails."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Proposal
from secdash.accounts.roles import Role
from secdash.audit.models import AuditEntry
from secdash.findings.models import Acceptance, Finding
from tests.audit.world import everything, url_of
from tests.cast import PASSWORD, a_member, signed_in
from tests.house.test_access import RULES, names
from tests.knowledge.articles import a_body

ADMIN, OPERATOR, AUTHOR = Role.ADMINISTRATOR, Role.OPERATOR, Role.CONTRIBUTOR
HOOK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
ACCEPTED = {"scope": "finding", "covers": "present", "reason": "Known.", "term": "30", "until": ""}
WORDS = ("critical", "high", "medium", "low", "info")
POLICY = {f"{name}_{word}": "7" for word in WORDS for name in ("fix", "accept")} | {
    f"approvals_{word}": "0" for word in WORDS
}
RULE = {
    "events": ["new"], "severity": "4", "scope": "all", "rhythm": "weekly", "pause": "10", "weekday": "0", "hour": "8",
    "zone": "UTC", "ahead": "14",
}  # fmt: skip
DRAFT = {"body": "BODY", "edits": 0, "base": 1, "summary": "Said better"}
NOTE = {"says": "pass", "note": "Done.", "until": timezone.now().date().isoformat()}
REVERT = {"summary": "Back", "base": 2}
NEW = {"title": "Swap space", "summary": "On swap.", "key": "swap-space", "place": "I:"}
RENAME = {"key": "another-key", "was": "cgroups", "scope": "all"}
CHANNEL = {"kind": "apprise", "name": "Chat", "address": HOOK, "belongs": "all", "language": "en"}
CHOSEN = "another rather long phrase"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

# name → (who, what they send, the act that is entered)
ACTS = {
    "findings-act": (ADMIN, {"act": "comment", "sure": "1", "matching": "1", "body": "Soon."}, "findings.changed"),
    "bulk-act-undo": (OPERATOR, {}, "findings.undone"),
    "view-save": (ADMIN, {"name": "Worst", "query": "severity=high", "audience": "everybody"}, "view.saved"),
    "view-change": (AUTHOR, {"name": "Ours"}, "view.changed"),
    "view-remove": (AUTHOR, {}, "view.removed"),
    "finding-assign": (ADMIN, {"assignee": "ME"}, "finding.assigned"),
    "finding-due": (ADMIN, {"day": (timezone.now().date() + timedelta(days=9)).isoformat()}, "finding.due_set"),
    "finding-comment": (ADMIN, {"body": "I take it."}, "finding.commented"),
    "finding-comment-change": (AUTHOR, {"body": "I took it."}, "finding.comment_changed"),
    "finding-again": (ADMIN, {}, "finding.checked_again"),
    "accept": (ADMIN, ACCEPTED, "acceptance.asked"),
    "acceptance-decide": (ADMIN, {"decision": "approve"}, "acceptance.approved"),
    "acceptance-end": (ADMIN, {"number": "ACCEPTANCE"}, "acceptance.ended"),
    "acceptance-propose-decline": (ADMIN, {}, "acceptance.declined"),
    "acceptance-take-back": (ADMIN, {}, "finding.taken_back"),
    "policy": (ADMIN, POLICY, "policy.changed"),
    "policy-dues": (ADMIN, {"sure": "yes"}, "policy.dues_set"),
    "attest": (ADMIN, NOTE, "attestation.made"),
    "attestation-withdraw": (ADMIN, {}, "attestation.withdrawn"),
    "report-schedule": (ADMIN, {"every": "week"}, "report.scheduled"),
    "report-schedule-remove": (OPERATOR, {}, "report.stopped"),
    "host-add-offline": (ADMIN, {"name": "reef", "interval": "1440"}, "host.registered"),
    "host-collector": (ADMIN, {}, "connection.key_handed_out"),
    "host-upload-key": (ADMIN, {}, "connection.key_renewed"),
    "scan-now": (ADMIN, {}, "scan.requested"),
    "scan-all": (ADMIN, {}, "scan.all_requested"),
    "sample-remove": (ADMIN, {}, "samples.removed"),
    "channel-add": (ADMIN, CHANNEL, "channel.added"),
    "channel-edit": (ADMIN, {"name": "Chat 2", "language": "fr"}, "channel.changed"),
    "channel-test": (ADMIN, {}, "channel.tested"),
    "channel-pause": (ADMIN, {"do": "pause"}, "channel.paused"),
    "channel-remove": (ADMIN, {}, "channel.removed"),
    "rule-add": (ADMIN, RULE, "rule.added"),
    "rule-edit": (ADMIN, RULE, "rule.changed"),
    "rule-remove": (ADMIN, {}, "rule.removed"),
    "article-comments": (ADMIN, {"body": "Why?"}, "guide.commented"),
    "proposal-comment": (ADMIN, {"body": "Why?"}, "guide.commented"),
    "article-revert": (ADMIN, REVERT, "article.reverted"),
    "article-rename": (ADMIN, RENAME, "article.renamed"),
    "article-remove": (ADMIN, {"why": "Doubled"}, "article.removed"),
    "articles-removed": (ADMIN, {"article": "GONE"}, "article.restored"),
    "article-new": (ADMIN, NEW, "article.begun"),
    "article-edit": (ADMIN, DRAFT | {"act": "publish"}, "article.published"),
    "pictures": (ADMIN, {"file": "PICTURE", "words": "A dot"}, "picture.added"),
    "section-reviewed": (ADMIN, {"anchor": "definition"}, "section.reviewed"),
    "proposal-send": (AUTHOR, DRAFT | {"act": "send"}, "proposal.sent"),
    "proposal-withdraw": (AUTHOR, {}, "proposal.withdrawn"),
    "proposal-decide": (ADMIN, {"decision": "reject", "message": "No.", "seen": 0}, "proposal.decided"),
}
# Of addresses that this product may have; `PERSON` is a viewer.
PEOPLE = {
    "account-name": (ADMIN, {"first_name": "A", "last_name": "B", "email": ""}, "person.changed"),
    "account-password": (ADMIN, {"old": PASSWORD, "password": CHOSEN, "again": CHOSEN}, "person.password_changed"),
    "account-sessions-end": (ADMIN, {}, "person.sessions_ended"),
    "host-watch": (ADMIN, {"mode": "off"}, "host.watched"),
    "people-invite": (ADMIN, {"role": "viewer", "reach": "all"}, "person.invited"),
    "person": (ADMIN, {"role": "reviewer", "reach": "all"}, "person.role_changed"),
    "person-deactivate": (ADMIN, {}, "person.deactivated"),
    "person-reactivate": (ADMIN, {}, "person.reactivated"),
    "person-sign-out": (ADMIN, {}, "person.sessions_ended"),
}
ACTS |= {name: row for name, row in PEOPLE.items() if name in RULES}
SETTINGS = {
    "name": "web-01", "owner": "Shop", "interval": "60", "file_reading": "none", "image_reading": "none",
}  # fmt: skip
HOSTS = {
    "host-edit": (ADMIN, SETTINGS, "host.changed"),
    "host-remove": (ADMIN, {"name": "web-01"}, "host.removed"),
}
ACTS |= HOSTS
CHANGED = (".changed", "_changed", ".renamed", "_set", ".assigned")  # of these the log has both: before and after
SECRET = {"person.password_changed"}  # neither is kept
UNRECORDED = {
    "view-default": "what one's own list begins with",
    "inbox-read": "one's own inbox",
    "article-watch": "what one hears of",
    "guide-changes": "what one has read",
    "article-preview": "nothing is kept",
    "findings-export": "a file of what one may read anyway",
    "host-test": "nothing is kept",
    "paper-ask": "a file for oneself, of what one may read anyway",
    "article-translate": "begins a draft that only its author sees",
    "proposal-save": "a draft that only its author sees, by itself every few seconds",
    "proposal-merge": "the merge page; bringing up to date is tried in tests/knowledge/test_merging.py",
    "channel-confirm": "needs the token of a mail; tried in tests/messaging/test_settings_pages.py",
    "sample-add": "takes long; tried in tests/scans/test_sample.py",
    "account-provider-leave": "needs a provider; tried in tests/accounts",
    "account-session-end": "needs another session; tried in tests/accounts/test_sessions.py",
    "account_reauthenticate": "asks who it is",
    "mfa_reauthenticate": "asks who it is",
    "mfa_reauthenticate_webauthn": "asks who it is",
    "mfa_activate_totp": "needs a code of the app; tried in tests/accounts/test_factors.py",
    "mfa_deactivate_totp": "needs an app; tried in tests/accounts/test_factors.py",
    "mfa_generate_recovery_codes": "needs a factor; tried in tests/accounts/test_factors.py",
    "mfa_add_webauthn": "needs a passkey; tried in tests/flows/test_sign_in_story.py",
    "mfa_remove_webauthn": "needs a passkey; tried in tests/flows/test_sign_in_story.py",
    "host-connection-test": "nothing is kept",
    "host-snapshots": "needs a signed file; tried in tests/scans/test_offline_pages.py",
    "host-key": "needs a host over SSH; tried in tests/fleet/test_connecting.py",
    "host-reach": "needs credentials; tried in tests/fleet/test_connecting.py",
    "people-invitation-withdraw": "tried in tests/accounts/test_inviting.py",
    "person-factors-reset": "asks for the password first; tried in tests/accounts/test_factors.py",
    "person-link": "asks for the password first; tried in tests/fleet/test_people.py",
    "token-add": "tried in tests/api/test_tokens.py",
    "token-add-service": "tried in tests/api/test_tokens.py",
    "token-revoke": "tried in tests/api/test_tokens.py",
    "group-remove": "tried in tests/fleet/test_grouping.py",
    "groups": "tried in tests/fleet/test_grouping.py",
    "hosts-import": "tried in tests/fleet/test_exchange.py",
    "maintenance": "tried in tests/fleet/test_maintenance.py",
    "maintenance-end": "tried in tests/fleet/test_maintenance.py",
    "host-add": "tried in tests/fleet",
    "host-edit": "tried in tests/fleet",
    "host-remove": "tried in tests/fleet",
}


def sent(data, role, given):
    """The row's data with what only the world knows."""
    known = {**given, "ME": a_member(role).pk, "BODY": given["TEXT"]}
    known["PICTURE"] = SimpleUploadedFile("dot.png", PNG, content_type="image/png")
    return {key: known.get(value, value) if isinstance(value, str) else value for key, value in data.items()}


@pytest.fixture
def ready(db, tmp_path):
    return everything(tmp_path)


def in_state(name, given):
    """What must stand before this one act."""
    acceptance = Acceptance.objects.filter(pk=given["ACCEPTANCE"])
    if name == "acceptance-decide":
        acceptance.update(state="waiting")
    if name == "acceptance-propose-decline":
        acceptance.update(state="proposed")
    if name == "acceptance-take-back":
        Finding.objects.filter(pk=given["FINDING"]).update(state="accepted", acceptance=given["ACCEPTANCE"])
    if name == "attestation-withdraw":
        signed_in(ADMIN).post(url_of("attest", given), NOTE)
    if name == "article-revert":
        body = a_body("Another text.", title="Control groups")
        signed_in(ADMIN).post(reverse("article-edit", args=["en", "cgroups"]), DRAFT | {"act": "publish", "body": body})
    if name == "article-remove":
        Proposal.objects.filter(pk=given["PROPOSAL"]).update(state="withdrawn")
    if name == "finding-again":
        Finding.objects.get(pk=given["FINDING"]).receipts.all().delete()


def entered(name, given):
    """The acts that a POST left in the log, each by whom; undone when this returns."""
    role, data, _act = ACTS[name]
    with transaction.atomic():
        in_state(name, given)
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        query = "?finding=" + str(given["FINDING"]) if name == "accept" else ""
        answer = signed_in(role).post(url_of(name, given) + query, sent(data, role, given))
        rows = list(AuditEntry.objects.filter(pk__gt=last).exclude(act="person.signed_in"))
        transaction.set_rollback(True)
    assert all(row.by_name == str(role) for row in rows), name
    without = [row.act for row in rows if row.act.endswith(CHANGED) and row.before == row.after]
    assert set(without) <= SECRET, name
    return answer.status_code, [row.act for row in rows]


def taking_a_post(given):
    """The addresses that say so, asked by a method that none of them has."""
    client = signed_in(ADMIN)
    answers = {name: client.delete(url_of(name, given)) for name in set(names()) & set(RULES)}
    return {name for name, answer in answers.items() if "POST" in answer.headers.get("Allow", "")}


def test_each_act_is_entered_by_whoever_did_it_and_no_address_is_forgotten(ready):
    """One test, since the world of all addresses takes long to make."""
    found = {name: entered(name, ready) for name in ACTS}

    missing = {name: found[name] for name, (_who, _data, act) in ACTS.items() if act not in found[name][1]}
    assert missing == {}
    assert taking_a_post(ready) - set(ACTS) - set(UNRECORDED) == set()
