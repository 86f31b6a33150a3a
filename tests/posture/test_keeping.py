"""What pages keep: it gives way at once to whatever changed it, and is nobody else's."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks.outcome import Status
from secdash.findings import assigning
from secdash.findings.models import Finding, Stamp
from secdash.findings.rewriting import rewrite
from secdash.fleet.models import Group, Host
from secdash.posture import keeping, kept, listed, tallies
from secdash.posture.filters import Filters
from secdash.posture.keeping import made_once
from secdash.posture.tallies import Faces
from secdash.posture.threats import places
from secdash.scans.models import Scan
from secdash.scans.weighing import weigh_answer
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db
LIST = "/findings/"


def text(client, url):
    """The page without its tokens, which are others each time."""
    return re.sub(r"[A-Za-z0-9]{64}", "", client.get(url).content.decode())


def statements(client, url, table):
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return sum(f'FROM "{table}"' in each["sql"] for each in queries)


@pytest.mark.parametrize("url", ["/findings/", "/findings/?q=app", "/findings/?host=fleet-0", "/plan/", "/checks/"])
def test_a_second_look_reads_no_findings(url):
    a_fleet(2, 2)
    client = signed_in()
    first = text(client, url)

    assert statements(client, url, "findings_finding") == 0
    assert text(client, url) == first


@pytest.mark.parametrize("url", ["/checks/", "/benchmark/", "/plan/", "/threats/"])
def test_the_tally_of_a_scan_is_read_once(url):
    a_fleet(2, 2)
    client = signed_in()
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        client.get(url)

    assert not [each["sql"] for each in queries if "tally" in each["sql"]]
    assert len(queries) <= 15


def test_a_finding_that_is_given_to_somebody_shows_them_at_once():
    a_fleet(1, 1)
    operator = a_member(Role.OPERATOR, username="grace", first_name="Grace", last_name="Hopper")
    client = signed_in()
    before = text(client, LIST)
    assigning.assign(Finding.objects.open(), operator, by=operator, at=timezone.now())

    assert "Grace Hopper" not in before
    assert "Grace Hopper" in text(client, LIST)


def test_a_due_date_counts_at_once():
    a_fleet(1, 1)
    operator, client = a_member(Role.OPERATOR), signed_in()
    before = text(client, f"{LIST}?due=overdue")
    yesterday = timezone.now().date() - timedelta(days=1)
    assigning.set_due(Finding.objects.open(), yesterday, by=operator, at=timezone.now())

    assert "no-memory-limit" not in before
    assert "no-memory-limit" in text(client, f"{LIST}?due=overdue")


def test_a_host_that_moves_to_a_group_brings_its_findings_at_once():
    [host] = a_fleet(1, 1)
    group = Group.objects.create(name="Web", slug="web")
    client = signed_in()
    before = text(client, f"{LIST}?group=web")
    Host.objects.filter(pk=host.pk).update(group=group)

    assert "no-memory-limit" not in before
    assert "no-memory-limit" in text(client, f"{LIST}?group=web")


def test_what_is_mine_is_not_kept_for_another():
    a_fleet(1, 1)
    operator = a_member(Role.OPERATOR)
    assigning.assign(Finding.objects.open(), operator, by=operator, at=timezone.now())
    url = f"{LIST}?assignee=me"

    assert "no-memory-limit" in text(signed_in(Role.OPERATOR), url)
    assert "no-memory-limit" not in text(signed_in(Role.VIEWER), url)


def test_lists_of_other_hosts_have_other_keys():
    a_fleet(2, 1)
    user = a_member()
    keys = [listed.hosts_key(user, Filters.of(QueryDict(query))) for query in ("", "host=fleet-0", "host=fleet-1")]

    assert keys[0] == "all"
    assert len(set(keys)) == 3


def test_each_act_of_people_raises_the_stamp():
    a_fleet(1, 1)
    operator, found = a_member(Role.OPERATOR), Finding.objects.open()
    numbers = []
    for act in (assigning.assign, assigning.set_due):
        act(found, None, by=operator, at=timezone.now())
        numbers.append(Stamp.objects.get().number)

    assert numbers[1] == numbers[0] + 1


def test_packed_tallies_add_up_to_what_the_tallies_say():
    a_fleet(1, 3)
    scan_of(a_host("empty"))
    read = list(Scan.objects.values_list("tally", flat=True))

    assert kept.unpacked(sum(map(kept.packed, read))) == tallies.by_check(read)


def test_one_check_is_read_of_each_scan_that_judged_something_by_it():
    full, empty = (
        scan_of(a_host("full"), named("app", memory=0), named("fine", memory=1 << 29)),
        scan_of(a_host("empty")),
    )
    scans = [(scan.pk, None) for scan in (full, empty)]

    for name in ("no-memory-limit", "icc-enabled", "privileged-container"):
        read = {scan.pk: tallies.by_check([scan.tally], [name]).get(name) for scan in Scan.objects.all()}
        assert kept.faces_by_scan(scans, name) == {pk: faces for pk, faces in read.items() if faces}
    assert kept.faces_by_scan(scans, "no-memory-limit") == {full.pk: Faces(passed=1, failed=1)}


def test_what_was_asked_again_is_not_what_was_kept():
    host = a_host("web-01")
    scan_of(host, named("app", memory=0))
    before = kept.faces_of(places.scans_of(places.seen_hosts(Host.objects.all())))
    weigh_answer(host, "no-memory-limit", was=Status.FAIL, now=Status.PASS, at=timezone.now())
    after = kept.faces_of(places.scans_of(places.seen_hosts(Host.objects.all())))

    assert (before["no-memory-limit"].passed, before["no-memory-limit"].failed) == (0, 1)
    assert (after["no-memory-limit"].passed, after["no-memory-limit"].failed) == (1, 0)


def test_rows_are_rewritten_each_with_its_own_values():
    a_fleet(1, 2)
    rows = list(Finding.objects.order_by("pk")[:2])
    day = timezone.now().date()
    for number, row in enumerate(rows):
        row.bound_to, row.due_on, row.project = {"n": [number]}, day - timedelta(days=number), "not written"
    rewrite(rows, ("bound_to", "due_on"))
    rewrite([], ("bound_to",))

    written = Finding.objects.order_by("pk")[:2]
    assert [(row.bound_to, row.due_on) for row in written] == [({"n": [n]}, day - timedelta(days=n)) for n in (0, 1)]
    assert {row.project for row in written} == {""}


def test_the_page_of_a_finding_counts_the_others():
    a_fleet(3, 1)
    finding = Finding.objects.open().filter(check_name="no-memory-limit")[0]
    response = signed_in().get(reverse("finding", args=[finding.pk]))

    assert response.context["page"].elsewhere == 2


def test_what_many_want_at_once_is_made_by_one_alone():
    made, asked = [], threading.Barrier(4)

    def make():
        time.sleep(0.2)
        made.append(1)
        return "lines"

    def ask():
        asked.wait()
        return made_once("many", make, seconds=60)

    with ThreadPoolExecutor(4) as pool:
        found = [each.result() for each in [pool.submit(ask) for _ in range(4)]]

    assert (found, len(made)) == (["lines"] * 4, 1)


def test_whoever_dies_while_making_is_not_waited_for_long(monkeypatch):
    monkeypatch.setattr(keeping, "PATIENCE", 0.05)
    cache.add("dead:making", True, 60)

    assert made_once("dead", lambda: "lines", seconds=60) == "lines"


def test_a_failure_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(keeping, "PATIENCE", 3600)
    with pytest.raises(ZeroDivisionError):
        made_once("failing", lambda: 1 / 0, seconds=60)

    assert made_once("failing", lambda: "lines", seconds=60) == "lines"
