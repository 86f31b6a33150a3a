"""Who sees one group of hosts learns nothing of another: not by a word on any page, not by a number, not by a guess.

Everything in the other group is called canary. Pages are read before it is there and after; they must say the same.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.findings import attesting, bulk
from secdash.findings.models import Finding, SavedView
from secdash.findings.talking import comment
from secdash.fleet.models import Host
from secdash.fleet.services import remove
from secdash.posture import export
from secdash.scans import asking_again
from tests.cast import a_member
from tests.findings.accepted import an_acceptance, in_days
from tests.fleet.hosts import a_host
from tests.house.test_access import ITEM, RULES, url_of
from tests.house.world import OWN, client_of, group, over_ssh, person
from tests.messaging.world import a_channel, a_rule
from tests.posture.world import named, scan_of

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]

WORD, OTHER = "canary", "yranac"  # as long as each other, so that nothing else differs
# The guide, which has no hosts (its live blocks are fetched apart), and what is a person's own.
ELSEWHERE = (
    "guide",
    "article",
    "proposal",
    "picture",
    "section",
    "paper",
    "channel-confirm",
    "account",
    "mfa",
    "token-revoke",
)
CHANGING = re.compile(
    r'nonce="[^"]*"|"X-CSRFToken": "[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|<time.*?</time>|'
    r'"at":"[^"]*"|\d\d:\d\d UTC|type="datetime-local" name="\w+" value="[^"]*"',
    re.S,
)
LINK = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)"')
FOLLOWED = 25


@pytest.fixture
def mine():
    """The group that the reader sees, with one of each kind of object; what stands for them in the rules."""
    host = a_host("web-01", group_name=group(OWN).name, kind="unix", address="/web.sock", tags=["shared"])
    for days in (3, 1, 0):
        scan_of(host, named("app", memory=0, privileged=days < 2), named("job", memory=0), days_ago=days)
    operator, (finding, *others) = person(Role.OPERATOR, OWN), Finding.objects.open().order_by("pk")[:3]
    view = SavedView.objects.create(owner=operator, name="Mine", created_at=timezone.now(), query="state=all")
    return {
        "HOST": host.slug,
        "FINDING": finding.pk,
        "COMMENT": comment(finding, "Mine.", by=operator, at=timezone.now()).pk,
        "RECEIPT": asking_again.request(finding, by=operator, at=timezone.now()).pk,
        "SCAN": host.scans.latest("pk").pk,
        "ACCEPTANCE": an_acceptance("everywhere", check_name=others[1].check_name, covers="later").pk,
        "ACT": bulk.request("due", {"due": None}, Finding.objects.on(host), by=operator, at=timezone.now()).pk,
        "CHANNEL": a_rule(a_channel(group=host.group)).channel_id,
        "RULE": host.group.message_channels.get().rules.get().pk,
        "VIEW": view.pk,
        "REACHED": over_ssh(OWN, host.group).slug,
        "shop/web/1": "app",
    }


def hide() -> None:
    """The other group: a host, one that is gone, and whatever people say, share and decide about them."""
    now, everything = timezone.now(), a_member(Role.OPERATOR)
    places = {
        "group_name": f"{WORD}-group",
        "tags": [f"{WORD}-tag", "shared"],
        "environment": f"{WORD}-env",
        "owner": f"{WORD}-owner",
        "kind": "unix",
        "address": f"/{WORD}.sock",
    }
    for name in (f"{WORD}-01", f"{WORD}-02", f"{WORD}-gone"):
        host = a_host(name, **places)
        for days in (4, 0):
            scan_of(host, bird(name, privileged=True), bird(f"{name}-job", memory=0), days_ago=days)
    host = Host.objects.get(name=f"{WORD}-01")
    finding, *others = Finding.objects.on(host).open().order_by("pk")[:3]
    said = f"{WORD} is the word, @{person(Role.OPERATOR, OWN).username}"
    comment(finding, said, by=everything, at=now)
    an_acceptance("host", host=host, check_name="no-memory-limit", reason=f"{WORD} reason")
    an_acceptance("group", group=host.group, check_name="runs-as-root", reason=f"{WORD} reason", covers="later")
    an_acceptance("project", project=f"{WORD}-project", check_name="no-memory-limit", reason=f"{WORD} reason")
    attesting.attest(host, ITEM[0], says="pass", note=WORD, evidence=WORD, until=in_days(9), by=everything, at=now)
    bulk.request("comment", {"body": WORD}, Finding.objects.on(host), by=everything, at=now)
    asking_again.request(others[0], by=everything, at=now)
    SavedView.objects.create(
        owner=everything, name=f"{WORD} view", query=f"host={WORD}-01", audience="everybody", created_at=now
    )
    a_rule(a_channel(group=host.group, name=f"{WORD} chat"), host=host, scope="host")
    remove(Host.objects.get(name=f"{WORD}-gone"))


def bird(name, **facts):
    return named(name, image=f"{WORD}/image:1", labels=(("com.docker.compose.project", f"{WORD}-project"),), **facts)


def addresses(mine) -> list[str]:
    """Every page, export, feed and fragment that is read, and what the pages lead to."""
    kinds = [reverse("findings-export", args=[kind]) for kind, _label in export.labels()]
    listed = [
        f"{url_of(name, mine)}?{urlencode(data)}"
        for name, (method, _arguments, data, who) in RULES.items()
        if method == "get" and Role.OPERATOR in who and not name.startswith(ELSEWHERE)
    ]
    tabs = ["waiting", "proposed", "ended"]
    more = [
        *kinds,
        *(f"/acceptances/?tab={tab}" for tab in tabs),
        "/acceptances/?order=widest",
        "/findings/?state=all&by=host",
        "/findings/?state=all&by=image",
        "/findings/?state=all&by=project",
        "/reports/evidence/",
        "/threats/?by=host",
        "/threats/?by=group",
        "/trends/?days=30",
        "/?changes=all",
        f"/search/?q={WORD[:3]}",
    ]
    return [*listed, *more]


def read(client: Client, asked: list[str]) -> dict[str, tuple[int, str]]:
    return {url: answer(client, url) for url in asked}


def answer(client: Client, url: str) -> tuple[int, str]:
    response = client.get(url)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, CHANGING.sub("", content.decode(errors="replace"))


def led_to(pages: dict[str, tuple[int, str]]) -> list[str]:
    found = dict.fromkeys(link.replace("&amp;", "&") for _status, text in pages.values() for link in LINK.findall(text))
    return [link for link in found if link not in pages and not link.startswith(("/static/", "/guide/"))][:FOLLOWED]


def differing(before, after) -> dict[str, list[str]]:
    """By address, the lines that are not the same."""
    return {
        url: [f"{line[:300]}" for line in after[url][1].splitlines() if line not in before[url][1].splitlines()][:5]
        for url in before
        if before[url] != after[url]
    }


def test_nothing_is_said_of_a_group_that_one_does_not_see(mine):
    client, everybody = client_of(Role.OPERATOR, OWN), Client()
    everybody.force_login(a_member(Role.ADMINISTRATOR))
    client.get("/"), client.get("/settings/messages/")  # the visit, and an inbox
    before = read(client, addresses(mine))
    before |= read(client, led_to(before))

    hide()
    for url in ("/", "/findings/", "/hosts/", "/trends/", "/threats/", "/plan/", "/checks/"):
        assert WORD in answer(everybody, url)[1] or url in ("/trends/", "/checks/", "/threats/", "/plan/")
    after = read(client, list(before))

    assert [url for url, (_status, text) in after.items() if WORD in text.casefold()] == []
    assert differing(before, after) == {}


def test_a_name_that_one_guesses_finds_no_more_than_one_that_nobody_has(mine):
    hide()
    client = client_of(Role.OPERATOR, OWN)
    names = {
        "group": f"{WORD}-group", "host": f"{WORD}-01", "tag": f"{WORD}-tag", "environment": f"{WORD}-env",
        "project": f"{WORD}-project", "image": f"{WORD}/image:1", "q": WORD,
    }  # fmt: skip
    places = {
        "/findings/": [*names], "/hosts/": ["group", "tag", "environment", "q"], "/benchmark/": ["host", "group"],
        "/threats/": ["host", "group"], "/plan/": ["host", "group"], "/as-of/": ["host", "group", "tag"],
        "/trends/": ["host", "group", "tag", "versus"], "/trends/why/": ["host", "group"], "/search/": ["q"],
        "/search/suggest/": ["q"], "/reports/management/": ["group", "host"], "/acceptances/new/": ["group", "host"],
        "/reports/evidence.csv": ["host"], "/findings/export.csv": ["host", "q"], "/hosts/export.json": ["group"],
    }  # fmt: skip
    asked = [
        f"{path}?{urlencode({name: names.get(name, names['group']), 'state': 'all', 'check': 'no-memory-limit'})}"
        for path, keys in places.items()
        for name in keys
    ]

    theirs = read(client, asked)
    nothing = {url: answer(client, url.replace(WORD, OTHER)) for url in asked}

    as_theirs = {url: (status, text.replace(OTHER, WORD)) for url, (status, text) in nothing.items()}
    assert differing(as_theirs, theirs) == {}


def test_whom_a_group_is_hidden_from_nobody_tells_of_it(mine):
    """A mention and an assignment reach no inbox of somebody who does not see the host."""
    hide()
    reader = person(Role.OPERATOR, OWN)

    assert not reader.notices.exists()
    assert not reader.finding_mentions.exists()
    assert User.objects.filter(group_roles__group__name=f"{WORD}-group").count() == 0
