"""The list of findings: what it can be asked, how it is counted and grouped, and what is done to what was chosen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings.access import findings_for
from secdash.findings.models import BulkAct, Finding, State
from secdash.fleet.models import Group, Host, Tag
from secdash.posture.filtering.offers import offers
from secdash.posture.filters import Filters, in_state
from secdash.posture.selection import Selection
from secdash.scans.models import Scan
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db
LIST = "/findings/"


def asked(query):
    return Filters.of(QueryDict(query))


def found(query, user=None):
    filters = asked(query)
    user = user or a_member()
    return in_state(filters.among(findings_for(user), user), filters.state)


def names(query, user=None):
    return set(found(query, user).values_list("host__name", "subject_name", "check_name"))


def page(url, role=Role.VIEWER):
    response = signed_in(role).get(url)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def two_hosts():
    """web-01 in production, tagged, with a container of a project; db-01 in the lab without anything."""
    web, db = a_host("web-01"), a_host("db-01")
    production, lab = (Group.objects.create(name=name, slug=name.lower()) for name in ("Production", "Lab"))
    Host.objects.filter(pk=web.pk).update(group=production, environment="prod")
    Host.objects.filter(pk=db.pk).update(group=lab)
    for tag in ("public", "pci"):
        web.tags.add(Tag.objects.create(name=tag))
    labels = (("com.docker.compose.project", "shop"),)
    scan_of(web, named("app", memory=0, privileged=True, labels=labels, image="shop/web:4.12"))
    scan_of(db, named("pg", memory=0, image="postgres:17"))
    return web, db


ONLY_WEB = ["host=web-01", "group=production", "tag=public", "tag=public&tag=pci", "environment=prod", "host!=db-01"]
ONLY_WEB += ["group!=lab", "group=lab&not=group", "tag!=none", "project=shop", "image=shop/web:4.12", "image=shop/*"]
ONLY_WEB += ["project!=", "image!=postgres:*", "check=privileged-container", "severity=critical", "q=shop"]


@pytest.mark.parametrize("query", ONLY_WEB)
def test_each_filter_lets_its_own_findings_through(two_hosts, query):
    both = "check=no-memory-limit&check=privileged-container"
    hosts = {host for host, _subject, _check in names(query if "check=" in query else f"{both}&{query}")}

    expected = {"web-01", "db-01"} if query in ("tag!=none", "project!=") else {"web-01"}
    assert hosts == expected


def test_filters_add_up_and_values_of_one_filter_are_alternatives(two_hosts):
    assert names("check=privileged-container&host=db-01") == set()
    assert {name for name, *_ in names("host=db-01&host=web-01&check=no-memory-limit")} == {"web-01", "db-01"}
    assert {check for *_, check in names("host=web-01&check=no-memory-limit&severity=critical,high")} == set()


def test_risk_and_section_stand_for_their_checks(two_hosts):
    from secdash.checks import CATALOGUE

    risk = CATALOGUE["no-memory-limit"].risks[0]

    assert "no-memory-limit" in {check for *_, check in names(f"risk={risk}")}
    assert {check for *_, check in names("cis=5.11")} == {"no-memory-limit"}
    assert {check for *_, check in names("cis=4")}.isdisjoint({"no-memory-limit", "privileged-container"})


def test_whose_it_is_and_when_it_is_due(two_hosts):
    me, other, today = a_member(Role.OPERATOR), a_member(Role.VIEWER), timezone.now().date()
    mine = Finding.objects.get(check_name="privileged-container")
    Finding.objects.filter(pk=mine.pk).update(assignee=me, due_on=today - timedelta(days=1))

    for query in ("assignee=me", f"assignee={me.username}", "due=overdue", "assignee!=nobody"):
        assert names(query, me) == {("web-01", "app", "privileged-container")}, query
    assert names("assignee=me", other) == set()
    assert names("due=soon", me) == set()
    assert mine.pk not in set(found("due=none&assignee=nobody", me).values_list("pk", flat=True))
    Finding.objects.filter(pk=mine.pk).update(state=State.RESOLVED)
    assert names("state=all&due=overdue", me) == set()


def test_age_is_counted_from_when_a_finding_opened():
    scan_of(a_host("web-01"), named("app", memory=0), days_ago=10)
    scan_of(a_host("db-01"), named("pg", memory=0))

    assert {host for host, *_ in names("within=7")} == {"db-01"}
    assert {host for host, *_ in names("older=7")} == {"web-01"}
    assert asked("within=x&older=-1") == asked("")


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("group=a&group=b&group=a", "group=a&group=b"),
        ("group=lab&not=group", "group!=lab"),
        ("risk=nonsense&due=nonsense&cis=99&by=nonsense&sort=nonsense&not=nonsense", ""),
        ("by=host&sort=newest&within=7", "within=7&by=host&sort=newest"),
        ("image=a%26b", "image=a%26b"),
    ],
)
def test_an_address_is_read_and_written_back(query, written):
    assert asked(query).query() == written
    assert asked(written) == asked(query)


def test_each_choice_says_what_it_would_show_under_the_other_filters(two_hosts):
    user = a_member()
    for query in ("", "host=web-01&severity=medium", "group!=lab&assignee=nobody", "project=shop&cis=5"):
        filters = asked(query)
        for offer in offers(user, filters):
            for choice in (offer.choices + offer.more)[:6]:
                one = filters.free_of(offer.name).only_with(offer.name, choice.value)
                number = in_state(one.among(findings_for(user), user), State.OPEN).count()
                assert choice.number == number, (query, offer.name, choice)


def test_the_form_of_all_filters_asks_a_constant_number_of_queries(two_hosts):
    client = signed_in()
    url = reverse("findings-filter") + "?host=web-01&severity=medium"
    text = client.get(url).content.decode()
    with CaptureQueriesContext(connection) as queries:
        client.get(url, headers={"HX-Request": "true"})

    assert len(queries) <= 15
    assert "Denial of service" in text
    assert re.search(r'name="host" value="web-01" checked', text)
    assert re.search(r'name="host" value="db-01"[^<]*>', text)


@pytest.mark.parametrize("by", ["check", "host", "image", "project", "assignee"])
def test_every_grouping_opens_up_to_the_same_findings(two_hosts, by):
    Finding.objects.filter(check_name="privileged-container").update(assignee=a_member(Role.OPERATOR))
    text = page(f"{LIST}?by={by}&sort=most")
    keys = re.findall(r'name="group" value="([^"]*)"', text)
    rows = [
        pk
        for key in keys
        for pk in re.findall(
            r'name="finding" value="(\d+)"', page(f"{reverse('finding-group')}?by={by}&key={key}&rows=500")
        )
    ]

    assert sorted(map(int, rows)) == sorted(found("").values_list("pk", flat=True))


def test_a_group_of_a_hostile_name_is_addressed_without_it():
    image = '"><img src=x onerror=alert(1)>'
    scan_of(a_host("web-01"), named("app", memory=0, image=image))
    text = page(f"{LIST}?by=image")

    assert image not in text
    assert re.search(r'id="group-[0-9a-f]{16}"', text)


def test_no_list_asks_more_than_fifteen_queries():
    a_fleet(2, 3)
    Finding.objects.filter(check_name="privileged-container").update(assignee=a_member(Role.OPERATOR))
    client = signed_in(Role.OPERATOR)
    for query in (
        "expand=no-memory-limit",
        "by=host&host=fleet-0&expand=fleet-0",
        "by=assignee&expand=nobody",
        "state=all&q=app",
    ):
        client.get(f"{LIST}?{query}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{LIST}?{query}").status_code == 200
        assert len(queries) <= 15, query


def test_the_tabs_count_no_further_than_a_limit(monkeypatch):
    from secdash.posture import tabs

    a_fleet(1, 6)
    Finding.objects.filter(check_name="no-memory-limit").update(state=State.RESOLVED)
    monkeypatch.setattr(tabs, "COUNTED", 5)

    assert '<span class="n">5+</span>' in page(LIST)
    assert '<span class="n">6</span>' in page(f"{LIST}?state=resolved")


def test_a_choice_is_rows_groups_or_all_that_match(two_hosts):
    user = a_member()
    row = Finding.objects.filter(host__name="db-01").first()

    def chosen(sent):
        return set(Selection.of(QueryDict(sent)).found(user).values_list("pk", flat=True))

    assert chosen(f"finding={row.pk}&finding=x") == {row.pk}
    group = set(found("check=no-memory-limit&host=web-01").values_list("pk", flat=True))
    assert chosen("query=host%3Dweb-01&group=no-memory-limit") == group
    assert chosen(f"query=host%3Dweb-01&group=no-memory-limit&finding={row.pk}") == group | {row.pk}
    assert chosen("query=host%3Dweb-01&matching=1") == set(found("host=web-01").values_list("pk", flat=True))
    assert not Selection.of(QueryDict("query=host%3Dweb-01"))


def act(client, **sent):
    return client.post(reverse("findings-act"), sent)


def test_an_act_is_asked_for_then_done_then_undone_without_a_script(two_hosts):
    client, me = signed_in(Role.OPERATOR), a_member(Role.OPERATOR)
    chosen = {"query": "host=web-01", "group": "no-memory-limit"}

    asks = act(client, act="assign", **chosen).content.decode()
    assert "<h1>Assign 1 finding</h1>" in asks
    assert 'name="group" value="no-memory-limit"' in asks
    done = act(client, act="assign", sure="1", assignee=me.pk, **chosen)
    assert done.url.startswith(f"{LIST}?host=web-01&act=")
    assert f"1 finding is assigned to {me.display_name}." in client.get(done.url).content.decode()
    assert Finding.objects.get(assignee=me).check_name == "no-memory-limit"

    undone = client.post(reverse("bulk-act-undo", args=[BulkAct.objects.get().pk]))
    assert "Undone: 1 finding is as it was before." in client.get(undone.url).content.decode()
    assert not Finding.objects.filter(assignee=me).exists()


def test_what_was_typed_wrongly_is_said_and_kept(two_hosts):
    client = signed_in(Role.OPERATOR)
    yesterday = timezone.now().date() - timedelta(days=1)

    answer = act(client, act="due", sure="1", due=yesterday.isoformat(), matching="1", query="host=web-01")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "This day is over" in text
    assert f'value="{yesterday.isoformat()}"' in text
    assert 'name="matching" value="1"' in text
    assert not BulkAct.objects.exists()


@pytest.mark.parametrize("sure", [{}, {"sure": "1"}])
def test_an_act_on_nothing_is_not_offered_and_not_begun(two_hosts, sure):
    client, me = signed_in(Role.OPERATOR), a_member(Role.OPERATOR)

    answer = act(client, act="assign", assignee=me.pk, matching="1", query="q=there-is-none", **sure)

    assert "Nothing is left that this could be done to." in answer.content.decode()
    assert '<button class="btn main">' not in answer.content.decode().split("<main", 1)[-1]
    assert not BulkAct.objects.exists()


def test_each_act_needs_its_own_permission_and_the_bar_shows_no_other(two_hosts):
    pk = Finding.objects.first().pk
    assert act(signed_in(Role.CONTRIBUTOR), act="assign", finding=pk).status_code == 403
    assert act(signed_in(Role.CONTRIBUTOR), act="comment", finding=pk).status_code == 200
    assert act(signed_in(Role.CONTRIBUTOR), act="rescan", finding=pk).status_code == 403
    assert act(signed_in(Role.ADMINISTRATOR), act="remove", finding=pk).status_code == 404

    offered = {role: re.findall(r'name="act" value="(\w+)"', page(LIST, role)) for role in Role}
    assert offered[Role.VIEWER] == []
    assert offered[Role.CONTRIBUTOR] == ["comment"]
    assert set(offered[Role.OPERATOR]) >= {"assign", "due", "comment", "rescan"}


def test_nothing_chosen_is_said(two_hosts):
    answer = act(signed_in(Role.OPERATOR), act="assign", query="severity=low")

    assert answer.url == f"{LIST}?severity=low"


def test_the_hosts_of_chosen_findings_are_scanned_once_each(two_hosts):
    before = Scan.objects.count()

    act(signed_in(Role.OPERATOR), act="rescan", matching="1", query="host=web-01")

    assert Scan.objects.count() == before + 1


def test_an_act_under_way_is_followed_and_found_again(two_hosts):
    me = a_member(Role.OPERATOR)
    running = BulkAct.objects.create(
        kind="assign",
        arguments={"assignee": None, "name": ""},
        by=me,
        at=timezone.now(),
        state="running",
        total=3120,
        done=1500,
    )

    assert "Assigning 1,500 of 3,120 …" in page(LIST, Role.OPERATOR)
    assert "Assigning 1,500 of 3,120 …" in page(reverse("bulk-act-progress", args=[running.pk]), Role.OPERATOR)
    assert "Assigning" not in page(LIST, Role.VIEWER)
    assert signed_in(Role.ADMINISTRATOR).post(reverse("bulk-act-undo", args=[running.pk])).status_code == 403
