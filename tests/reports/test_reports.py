"""Reports: their figures are those of the pages, a past day stands as it stood, and paper fetches nothing."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings import accepting, attesting
from secdash.findings.asked import Asked, Covers, Scope
from secdash.findings.models import Finding, State
from secdash.reports.drawing import HEIGHT, score_line
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YESTERDAY = TODAY - timedelta(days=1)


def read(kind="evidence", **query):
    response = signed_in().get(reverse("report", args=[kind]), query)
    assert response.status_code == 200
    return response


def line_of(response, number):
    return next(line for line in response.context["page"].lines if line.item.number == number)


def a_privileged_day():
    """Privileged yesterday, mended today."""
    host = a_host("web-01", at=timezone.now() - timedelta(days=3))
    scan_of(host, named("app", privileged=True), days_ago=1)
    scan_of(host, named("app", privileged=False))
    return host


def test_evidence_of_today_and_of_yesterday():
    a_privileged_day()

    now, then = read(), read(until=YESTERDAY.isoformat())

    assert line_of(now, "5.5").hosts.failed == 0
    assert line_of(then, "5.5").hosts.failed == 1
    assert [shown.open for shown in line_of(then, "5.5").shown] == [1]
    assert "HostConfig.Privileged" in then.content.decode()
    assert "HostConfig.Privileged" not in now.content.decode()


def test_before_the_first_scan_a_host_is_named_and_in_no_figure():
    a_privileged_day()

    page = read(until=(TODAY - timedelta(days=5)).isoformat()).context["page"]

    assert [host.name for host in page.unscanned] == ["web-01"]
    assert all(line.status is None for line in page.lines)


def test_evidence_says_who_accepted_what_until_when():
    scan_of(a_host("web-01", at=timezone.now() - timedelta(days=3)), named("app", privileged=True))
    finding = Finding.objects.get(check_name="privileged-container")
    until = TODAY + timedelta(days=20)
    accepting.accept(
        Asked(
            Scope.FINDING, "privileged-container", "Builds images <b>here</b>", until, Covers.PRESENT, finding=finding
        ),
        by=a_member(Role.OPERATOR),
        at=timezone.now(),
    )

    text = read().content.decode()

    assert Finding.objects.get(pk=finding.pk).state == State.ACCEPTED
    assert "Builds images &lt;b&gt;here&lt;/b&gt;" in text
    assert "accepted by operator" in text


def test_evidence_has_what_people_attest():
    host = a_host("web-01", at=timezone.now() - timedelta(days=3))
    scan_of(host, named("app"))
    attesting.attest(
        host, "host-os-hardened", says="pass", note="CIS level 1 image", evidence="ticket 42",
        until=TODAY + timedelta(days=30), by=a_member(Role.OPERATOR), at=timezone.now() - timedelta(minutes=5),
    )  # fmt: skip

    text = read(edition="1.6").content.decode()

    assert "CIS level 1 image" in text
    assert "ticket 42" in text
    assert "CIS level 1 image" not in read(until=YESTERDAY.isoformat()).content.decode()


def test_the_file_has_each_finding_and_no_formula():
    host = a_host("web-01", at=timezone.now() - timedelta(days=3))
    scan_of(host, *(named(f"=app-{number}", privileged=True) for number in range(15)))

    answer = signed_in().get(reverse("report-csv"), {"edition": "1.6"})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))

    privileged = [row for row in rows if row["check"] == "privileged-container"]
    assert len(privileged) == 15
    assert {row["state"] for row in privileged} == {"open"}
    assert privileged[0]["subject"].startswith("'=app-")
    assert line_of(read(edition="1.6"), "5.5").shown[0].left == 3


def test_a_scope_leaves_other_hosts_out():
    for name in ("web-01", "db-01"):
        scan_of(a_host(name, at=timezone.now() - timedelta(days=3)), named(f"app-on-{name}", privileged=True))

    text = read(host="web-01").content.decode()

    assert "app-on-web-01" in text
    assert "app-on-db-01" not in text


def test_the_report_for_management_has_the_score_and_what_moved_it():
    a_privileged_day()

    page = read("management", since=YESTERDAY.isoformat()).context["page"]

    fall = page.moved.found
    assert page.trends.now.score == fall.end
    assert {severity.word: (first, last) for severity, first, last in page.severities}["critical"] == (1, 0)
    assert fall.start is None or fall.start + sum(step.points for step in fall.steps) == fall.end


def test_dates_that_are_none_and_hosts_that_nobody_knows_give_a_report():
    a_privileged_day()

    assert read("management", since="soon", until="9999-99-99").status_code == 200
    assert read(host="nowhere").context["page"].scanned == []


def test_the_line_stays_in_its_box():
    days = [TODAY - timedelta(days=back) for back in range(4, -1, -1)]

    line = score_line(days, [0, 100, None, 57.5, 61])

    heights = [float(point.split(",")[1]) for point in line.path.replace("M", "").split()]
    assert min(heights) >= 0
    assert max(heights) <= HEIGHT
    assert score_line(days, [None] * 5) is None
