"""Two groups of hosts, and for each role people who see all hosts, and people who see those of one group alone.

Built once for all tests of a module, inside a transaction that is rolled back when they are over.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.test import Client
from django.utils import timezone

from knowledge.models import Article
from knowledge.pictures.keeping import keep
from knowledge.services import load_guide
from knowledge.shipped import CONTENT
from secdash.accounts import inviting
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.api import tokens
from secdash.api.models import Scope
from secdash.findings import bulk
from secdash.findings.models import Finding, SavedView
from secdash.findings.talking import comment
from secdash.fleet import maintenance, uploading
from secdash.fleet.models import Group, GroupRole, Host
from secdash.scans import asking_again, services
from secdash.scans.models import Scan
from tests.cast import a_member
from tests.findings.accepted import an_acceptance
from tests.fleet.hosts import a_host
from tests.knowledge.proposals import a_proposal
from tests.messaging.world import a_channel, a_rule
from tests.reports.papers import a_paper, a_schedule

ARTICLE = ["en", "cgroups"]
ALL, OWN, FOREIGN = "all", "own", "foreign"
# What stands for an object of a host or of a group, in the arguments of an address.
OF_HOSTS = {
    "HOST", "FINDING", "COMMENT", "RECEIPT", "SCAN", "ACCEPTANCE", "ACT", "CHANNEL", "RULE", "VIEW", "PAPER",
    "SCHEDULE", "WINDOW", "REACHED", "ISLAND",
}  # fmt: skip
# What nobody has: the same address, of something that does not exist.
ABSENT = {"HOST": "absent", "REACHED": "absent", "ISLAND": "absent"}
NO_NUMBER = 987_654_321


@contextmanager
def rolled_back():
    """What is done inside is undone. A savepoint, where a transaction is open already."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def person(role: Role, reach: str) -> User:
    """Of that role on all hosts, or in one group alone."""
    if reach == ALL:
        return a_member(role)
    user = a_member(role, username=f"{reach}-{role}", reach=User.Reach.GROUPS)
    GroupRole.objects.get_or_create(user=user, group=group(reach), defaults={"role": role})
    return user


def client_of(role: Role, reach: str) -> Client:
    client = Client()
    client.force_login(person(role, reach))
    return client


def group(reach: str) -> Group:
    return Group.objects.get_or_create(name=f"Group {reach}", slug=f"group-{reach}")[0]


def build(folder: Path) -> dict[str, dict[str, object]]:
    """By whom the objects are: `all` and `own` share a host, of which people of `foreign` alone see nothing."""
    a_guide(folder)
    known = a_picture() | {
        "INVITATION": inviting.invite(role=Role.VIEWER, by=a_member(Role.ADMINISTRATOR), at=timezone.now())[0].pk,
        "PERSON": a_member(username="guest").pk,
        "GROUP": Group.objects.create(name="Empty", slug="empty").slug,
    }
    shared, other = scanned("web-01", OWN), scanned("web-02", FOREIGN)
    return {
        ALL: known | objects(ALL, shared, 0),
        OWN: known | objects(OWN, shared, 1),
        FOREIGN: known | objects(FOREIGN, other, 0),
    }


def a_guide(folder: Path) -> None:
    for language in ("en", "fr"):
        (folder / language).mkdir()
        shutil.copy(CONTENT / language / "cgroups.md", folder / language)
    load_guide(content=folder)


def a_picture() -> dict[str, str]:
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
    return {"DIGEST": keep(drawn, words="x", by=None, at=timezone.now()).picture.digest}


def scanned(name: str, reach: str) -> Scan:
    host = a_host(name, at=timezone.now(), group_name=group(reach).name)
    scan = Scan.objects.create(host=host, trigger=Scan.Trigger.MANUAL, created_at=timezone.now())
    services.run(scan.pk)
    return scan


def objects(reach: str, scan: Scan, number: int) -> dict[str, object]:
    """One of each kind on that host; `number` picks another finding of it."""
    now, operator = timezone.now(), person(Role.OPERATOR, reach)
    contributor = person(Role.CONTRIBUTOR, reach)
    findings = Finding.objects.on(scan.host).open().order_by("pk")
    finding, rule = findings[number], a_rule(a_channel(group=scan.host.group))
    article = Article.objects.with_text().get(language="en", key="cgroups")
    view = SavedView.objects.create(owner=contributor, name="Mine", audience="everybody", created_at=now)
    chosen = findings.filter(check_name="no-memory-limit")
    return {
        "PROPOSAL": a_proposal(article, author=contributor).pk,
        "HOST": scan.host.slug,
        "WINDOW": maintenance.announce(
            scan.host, starts_at=now, ends_at=now + timedelta(hours=2), reason="x", by=operator, at=now
        ).pk,
        "FINDING": finding.pk,
        "COMMENT": comment(finding, "Mine.", by=contributor, at=now).pk,
        "RECEIPT": asking_again.request(finding, by=operator, at=now).pk,
        "SCAN": scan.pk,
        "ACCEPTANCE": an_acceptance(
            "group", group=scan.host.group, check_name="runs-as-root", covers="later", by=operator
        ).pk,
        "ACT": bulk.request("assign", {"assignee": None, "name": ""}, chosen, by=operator, at=now).pk,
        "VIEW": view.pk,
        "CHANNEL": rule.channel_id,
        "RULE": rule.pk,
        "PAPER": a_paper(operator).pk,
        "SCHEDULE": a_schedule(operator).pk,
        "REACHED": over_ssh(reach, scan.host.group).slug,
        "ISLAND": uploading.register(f"island-{reach}", at=now, group_name=scan.host.group.name).slug,
        "TOKEN": tokens.give(operator, name="x", scopes=tuple(Scope), days=30, at=now).token.pk,
        "SESSION": a_session(operator).pk,
    }


def over_ssh(reach: str, group: Group) -> Host:
    """A host that is reached over SSH, with nothing that listens there."""
    address = "nobody@127.0.0.1:1/var/run/docker.sock"
    return a_host(f"ssh-{reach}", at=timezone.now(), group_name=group.name, kind="ssh", address=address)


def a_session(user: User) -> UserSession:
    client = Client()
    client.force_login(user)
    key = client.session.session_key
    return UserSession.objects.create(user=user, session_key=key, ip="127.0.0.1", user_agent="x")
