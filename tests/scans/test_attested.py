"""An attestation in force when a scan is recorded weighs in its score, and every page reads the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.outcome import Severity, Status
from secdash.findings import attesting
from secdash.findings.models import Finding
from secdash.posture import tallies
from secdash.posture.detail import detail
from secdash.posture.host import host_page
from secdash.scans.models import PostureDay
from tests.build import UNSEEN, an_engine
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

pytestmark = pytest.mark.django_db
SEEN_IN_PART = an_engine(storage_driver=UNSEEN)


def attest(host, item, says, *, days=30):
    now = timezone.now()
    until = now.date() + timedelta(days=days)
    attesting.attest(host, item, says=says, note="So it is.", until=until, by=a_member(Role.OPERATOR), at=now)


def scanned(host, **facts):
    return scan_of(host, named("app", memory=0), engine=SEEN_IN_PART, **facts)


def test_a_pass_and_a_fail_weigh_like_verdicts():
    host = a_host()
    before = tallies.score_of(scanned(host).tally)
    attest(host, "host-os-hardened", "fail")
    failed = scanned(host)
    attest(host, "host-os-hardened", "pass")
    passed = scanned(host)

    assert failed.score < before.value <= passed.score
    assert failed.tally["host-os-hardened"] == [0, 1, 0, 0]
    assert passed.tally["host-os-hardened"] == [1, 0, 0, 0]


def test_pages_compute_the_score_that_was_recorded():
    host = a_host()
    attest(host, "host-os-hardened", "fail")
    attest(host, "packages-verified", "pass")
    scan = scanned(host)
    computed = tallies.score_of(scan.tally)

    assert (computed.value, computed.assessed) == (scan.score, scan.assessed)
    assert host_page(host, now=timezone.now()).arithmetic.score == computed


def test_what_fixing_earns_begins_at_the_score_of_the_host():
    host = a_host()
    attest(host, "host-os-hardened", "fail")
    scan = scanned(host)
    finding = Finding.objects.get(check_name="no-memory-limit")
    gain = detail(a_member(), finding, "now", whole=False).gain

    assert gain.before == tallies.score_of(scan.tally)
    assert gain.after.value > gain.before.value == scan.score


def test_counts_as_assessed():
    host = a_host()
    before = scanned(host)
    attest(host, "host-os-hardened", "pass")
    after = scanned(host)
    judged, total = assessed(before)

    assert before.assessed == pytest.approx(judged / total)
    assert after.assessed == pytest.approx((judged + 1) / (total + 1))


def assessed(scan):
    judged = scan.statuses.get("pass", 0) + scan.statuses.get("fail", 0)
    return judged, judged + scan.statuses.get("unknown", 0)


def test_the_day_counts_it_and_opens_no_finding():
    host = a_host()
    scanned(host)
    first = PostureDay.objects.get(host=host)
    attest(host, "host-os-hardened", "fail")
    scan = scanned(host)
    day = PostureDay.objects.get(host=host)

    assert (day.failed, day.passed) == (first.failed + 1, first.passed)
    assert (day.score, day.assessed) == (scan.score, scan.assessed)
    assert (day.opened, scan.statuses["fail"]) == (first.opened, Finding.objects.on(host).open().count())


def test_an_attestation_that_ended_or_was_withdrawn_counts_nothing():
    host = a_host()
    attest(host, "host-os-hardened", "fail", days=0)
    operator, tomorrow = a_member(Role.OPERATOR), timezone.now() + timedelta(days=1)
    assert attesting.counted(attesting.said_on([host.pk])[host.pk], engine_version="", tally={}, at=tomorrow) == {}

    attesting.withdraw(host, "host-os-hardened", by=operator, at=timezone.now())
    assert not MANUAL.keys() & scanned(host).tally.keys()


def test_attesting_leaves_the_recorded_score_alone_until_the_next_scan():
    host = a_host()
    scan = scanned(host)
    attest(host, "host-os-hardened", "fail")
    scan.refresh_from_db()

    assert not MANUAL.keys() & scan.tally.keys()
    assert host_page(host, now=timezone.now()).arithmetic.score.value == scan.score
    said = signed_in().get(reverse("benchmark") + f"?host={host.slug}").content.decode()
    assert "in the score from the next scan on" in said
    scanned(host)
    again = signed_in().get(reverse("benchmark") + f"?host={host.slug}").content.decode()
    assert "in the score from the next scan on" not in again


def test_what_was_withdrawn_is_said_to_count_until_the_next_scan():
    host = a_host()
    attest(host, "host-os-hardened", "pass")
    scanned(host)
    attesting.withdraw(host, "host-os-hardened", by=a_member(Role.OPERATOR), at=timezone.now())
    url = reverse("attestation", args=["host-os-hardened", host.slug])

    assert "still in the score until the next scan" in signed_in().get(url).content.decode()
    scanned(host)
    assert "still in the score until the next scan" not in signed_in().get(url).content.decode()


def test_its_section_shows_it():
    host = a_host()
    before = {section.number: section.faces for section in tallies.by_section(scanned(host).tally)}
    attest(host, "base-images-trusted", "fail")
    after = {section.number: section.faces for section in tallies.by_section(scanned(host).tally)}

    assert after["4"] == before["4"]._replace(failed=before["4"].failed + 1)
    assert {number for number in after if after[number] != before[number]} == {"4"}


def test_what_was_attested_is_read_back_from_the_tally():
    tally = {"host-os-hardened": [1, 0, 0, 0], "packages-verified": [0, 1, 0, 0], "no-memory-limit": [1, 0, 0, 0]}

    assert tallies.attested(tally) == [(Severity.MEDIUM, Status.PASS), (Severity.LOW, Status.FAIL)]
    assert tallies.attested({}) == []


def test_a_name_that_this_version_has_not_weighs_nothing():
    assert tallies.severity_of("no-such-name") is None
    assert tallies.score_of({"no-such-name": [0, 1, 0, 0]}).value is None
