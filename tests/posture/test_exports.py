"""What the list shows as files: well formed in every format, in the list's order, never all at once in memory."""

from __future__ import annotations

import csv
import io
import json
from copy import copy
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks import CATALOGUE
from secdash.findings.accepting import end
from secdash.findings.models import Acceptance, Finding, State
from secdash.posture import acceptances_export, export
from secdash.posture.exports.records import CHUNK
from tests.cast import a_member, signed_in
from tests.findings.accepted import CHECK, an_acceptance, the_finding
from tests.fleet.hosts import a_host
from tests.fleet.test_access import of_group
from tests.posture.world import a_fleet, named, scan_of

pytestmark = pytest.mark.django_db
HOSTILE = "=cmd|' /C calc'!A0 <b>|`x`\\"


def exported(kind, query="", **sent):
    client, url = signed_in(Role.VIEWER), f"{reverse('findings-export', args=[kind])}?{query}"
    answer = client.post(url, sent) if sent else client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="findings.{kind}"'
    return b"".join(answer.streaming_content).decode()


def test_every_format_holds_the_same_findings():
    a_fleet(2, 3)
    Finding.objects.filter(check_name="privileged-container", host__name="fleet-0").update(state=State.ACCEPTED)
    Finding.objects.filter(check_name="privileged-container", host__name="fleet-1").update(state=State.RESOLVED)
    query = "state=all&check=no-memory-limit&check=privileged-container"
    number = Finding.objects.filter(check_name__in=["no-memory-limit", "privileged-container"]).count()

    sarif = json.loads(exported("sarif", query))["runs"][0]
    suites = ElementTree.fromstring(exported("xml", query))  # noqa: S314 - written by us

    assert len(list(csv.DictReader(io.StringIO(exported("csv", query))))) == number
    assert len(json.loads(exported("json", query))["findings"]) == number
    assert len(exported("md", query).splitlines()) == number + 4
    assert len(sarif["results"]) == len(suites.findall(".//testcase")) == number
    assert {rule["id"] for rule in sarif["tool"]["driver"]["rules"]} == {"no-memory-limit", "privileged-container"}
    assert sum("suppressions" in result for result in sarif["results"]) == 1
    privileged = suites.find("testsuite[@name='privileged-container']").attrib
    assert (privileged["tests"], privileged["failures"], privileged["skipped"]) == ("2", "0", "1")


def test_nothing_is_still_a_whole_document():
    assert json.loads(exported("sarif"))["runs"][0]["results"] == []
    assert json.loads(exported("json")) == {"findings": []}
    assert ElementTree.fromstring(exported("xml")).findall("testsuite") == []  # noqa: S314


def test_names_from_a_host_stay_text():
    scan_of(a_host("web-01"), named(HOSTILE, memory=0))

    assert any(row["subject"] == f"'{HOSTILE}" for row in csv.DictReader(io.StringIO(exported("csv"))))
    assert ElementTree.fromstring(exported("xml")).find(".//testcase[@name]") is not None  # noqa: S314
    assert "\\<b\\>\\|\\`x\\`\\\\" in exported("md")
    assert any(HOSTILE in each["message"]["text"] for each in json.loads(exported("sarif"))["runs"][0]["results"])


def test_the_order_is_that_of_the_list():
    scan_of(a_host("web-01"), named("old", memory=0), days_ago=9)
    scan_of(a_host("db-01"), named("new", memory=0))
    query = "check=no-memory-limit&sort="

    def subjects(sort):
        return [row["subject"] for row in json.loads(exported("json", query + sort))["findings"]]

    assert subjects("newest") == ["new", "old"]
    assert subjects("oldest") == ["old", "new"]


def test_what_was_chosen_is_exported_alone():
    a_fleet(2, 2)
    chosen = Finding.objects.filter(check_name="no-memory-limit").first()

    rows = json.loads(exported("json", finding=chosen.pk, query="severity=low"))["findings"]

    assert [row["id"] for row in rows] == [chosen.pk]


@pytest.mark.parametrize("kind", list(export.KINDS))
def test_a_file_leaves_before_all_findings_are_read(kind, monkeypatch):
    now, host = timezone.now(), a_host("web-01")
    common = {"host": host, "check_name": "no-memory-limit", "subject_kind": "container", "severity": 2}
    names = [f"app-{number}" for number in range(3 * CHUNK)]
    Finding.objects.bulk_create(
        Finding(subject_key=name, subject_name=name, opened_at=now, changed_at=now, **common) for name in names
    )
    read = []
    whole = Finding.from_db.__func__
    monkeypatch.setattr(Finding, "from_db", classmethod(lambda cls, *row: read.append(1) or whole(cls, *row)))

    content = export.KINDS[kind][0](Finding.objects.worst_first())
    for _line in range(5):
        next(content)

    assert 0 < len(read) <= CHUNK
    assert len(list(content)) > 2 * CHUNK


def sheet(name, kind, *args, role=Role.VIEWER, **query):
    answer = signed_in(role).get(reverse(name, args=[*args, kind]), query)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{kind}"')
    text = b"".join(answer.streaming_content).decode()
    return {"csv": lambda: list(csv.DictReader(io.StringIO(text))), "json": lambda: json.loads(text)}.get(
        kind, lambda: text.splitlines()
    )()


@pytest.fixture
def accepted():
    """One in force that holds two, one that ended, both with a reason that a spreadsheet would run."""
    scan_of(a_host("web-01"), named("app", memory=0), named("job", memory=0))
    over = an_acceptance("finding", finding=the_finding("app"), reason=HOSTILE)
    end(over, by=a_member(Role.OPERATOR), at=timezone.now())
    return an_acceptance(reason=HOSTILE), over


def test_acceptances_are_a_file_as_their_list_is_narrowed(accepted):
    kept, over = accepted
    [row] = sheet("acceptances-export", "csv")
    [ended] = sheet("acceptances-export", "json", tab="ended")["acceptances"]
    lines = sheet("acceptances-export", "md")

    assert (row["id"], row["reason"], row["findings"], row["worst"]) == (str(kept.pk), f"'{HOSTILE}", "2", "medium")
    assert (ended["id"], ended["reason"], ended["subject"], ended["ended"]) == (over.pk, HOSTILE, "app", "withdrawn")
    assert (len(lines), "\\<b\\>\\|" in lines[-1]) == (5, True)
    assert sheet("acceptances-export", "csv", order="ending", tab="waiting") == []


def test_acceptances_leave_before_all_are_read(accepted, monkeypatch):
    kept, _ = accepted
    monkeypatch.setattr(acceptances_export, "CHUNK", 2)
    copies = [Acceptance(check_name=CHECK, scope="everywhere", reason="x", state="in_force", at=kept.at)] * 6
    Acceptance.objects.bulk_create(copy(each) for each in copies)
    rows = acceptances_export.sheet(a_member(), tab="", order="", today=timezone.now().date()).rows
    with CaptureQueriesContext(connection) as first:
        next(rows)

    assert len(first) <= 5
    assert len(list(rows)) == 6


def test_the_catalogue_is_a_file_with_what_it_says_of_the_readers_hosts(accepted):
    by_name = {row["check"]: row for row in sheet("checks-export", "csv")}
    whole = sheet("checks-export", "json")["checks"]

    assert len(by_name) == len(whole) == len(CATALOGUE)
    assert (by_name[CHECK]["failed"], by_name[CHECK]["open"], by_name[CHECK]["cis"]) == ("2", "0", "5.11")
    assert len(sheet("checks-export", "md")) == len(CATALOGUE) + 4


def test_the_containers_of_a_host_are_a_file_worst_first():
    host = a_host("web-01")
    scan_of(host, named("fine"), named(HOSTILE, memory=0), named("worse", privileged=True))
    rows = sheet("containers-export", "csv", host.slug)

    assert [row["container"] for row in rows] == ["worse", f"'{HOSTILE}", "fine"]
    assert (rows[0]["worst"], rows[1]["open"], rows[2]["published"]) == ("critical", "1", "127.0.0.1:8080")
    assert sheet("containers-export", "json", host.slug)[f"containers-{host.slug}"][1]["container"] == HOSTILE
    assert sheet("containers-export", "csv", a_host("new-01").slug) == []
    assert len(sheet("hosts-export", "md")) == 2 + 4


def test_whoever_sees_one_group_gets_a_file_of_it_alone():
    shop, bank = (a_host(f"{name}-01", group_name=name) for name in ("shop", "bank"))
    scan_of(bank, named("vault", memory=0))
    an_acceptance("host", host=bank)
    client = Client()
    client.force_login(of_group("shop"))

    assert client.get(reverse("containers-export", args=[bank.slug, "csv"])).status_code == 404
    for name in ("acceptances-export", "checks-export", "hosts-export"):
        text = b"".join(client.get(reverse(name, args=["json"])).streaming_content).decode()
        assert "bank" not in text
    assert json.loads(text)["hosts"][0]["name"] == shop.name
    assert Client().get(reverse("acceptances-export", args=["csv"])).status_code == 302
