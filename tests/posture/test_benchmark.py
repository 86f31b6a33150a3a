"""The benchmark as its own table: how verdicts fold, what the filters leave, what the files and the pages say."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.checks import benchmark as book
from secdash.checks.outcome import Status
from secdash.findings import attesting
from secdash.findings.models import Attestation
from secdash.fleet.services import group_named
from secdash.posture import benchmark
from secdash.posture.asked import Asked
from secdash.posture.benchmark import folded
from secdash.posture.tallies import Faces
from tests.build import an_engine
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import named, scan_of

PASS, FAIL, UNKNOWN, NA = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.NOT_APPLICABLE
ITEM = "host-os-hardened"
HOSTILE = '<img src=x onerror="alert(1)">'
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ([[9, 1, 9, 9]], FAIL),
        ([[9, 0, 1, 9]], UNKNOWN),
        ([[1, 0, 0, 9]], PASS),
        ([[0, 0, 0, 1]], NA),
        ([[5, 0, 0, 0], [0, 1, 0, 0]], FAIL),
        ([[5, 0, 0, 0], [0, 0, 1, 0]], UNKNOWN),
        ([[0, 0, 1, 0], [5, 0, 0, 0]], UNKNOWN),
        ([[0, 0, 1, 0], [0, 1, 0, 0]], FAIL),
        ([[0, 0, 0, 1], [1, 0, 0, 0]], PASS),
        ([], NA),
    ],
)
def test_any_failure_fails_else_the_unknown_stays_unknown_else_any_pass_passes(counts, status):
    assert folded(counts) is status


def page(**asked):
    return benchmark.page(a_member(), Asked(**asked), day=timezone.now().date())


def line(number, **asked):
    return next(found for found in page(**asked).lines if found.item.number == number)


def attest(host, item=ITEM, says="pass", *, days=30, ago=0, **more):
    at = timezone.now() - timedelta(days=ago)
    by = a_member(Role.OPERATOR)
    until = at.date() + timedelta(days=days)
    return attesting.attest(host, item, says=says, note="Follows our baseline.", until=until, by=by, at=at, **more)


def test_counts_the_hosts_that_stand_on_each_item():
    for name, memory in (("web-01", 0), ("web-02", 512), ("web-03", 512)):
        scan_of(a_host(name), named("app", memory=memory))
    scan_of(a_host("empty-01"))
    a_host("new-01")
    found = page()

    assert (len(found.scanned), found.unscanned, found.total) == (4, 1, 117)
    assert line("5.11").hosts == Faces(2, 1, 0, 1)
    assert line("1.2.1").hosts == Faces(0, 0, 4, 0)
    assert sum(found.faces) == 4 * 117


def test_a_check_that_the_scan_did_not_know_yet_is_unknown():
    scan = scan_of(a_host(), named("app"))
    del scan.tally["no-memory-limit"]
    scan.save()

    assert line("5.11").hosts == Faces(unknown=1)


def test_one_host_alone_shows_its_word():
    host = a_host()
    scan_of(host, named("app", memory=0))
    scan_of(a_host("web-02"), named("app"))
    found = page(host="web-01")

    assert found.only == host
    assert line("5.11", host="web-01").only.status is FAIL
    assert line("5.12", host="web-01").hosts == Faces(passed=1)
    assert page().only is None


def test_what_is_attested_shows_at_once_and_says_until_when():
    host = a_host()
    scan_of(host)
    said = attest(host, says="fail")
    only = line("1.2.1", host="web-01").only

    assert (only.status, only.attestation, only.holds, only.counted) == (FAIL, said, True, False)
    assert (line("1.2.1").hosts, line("1.2.1").attested, line("1.2.1").ended) == (Faces(failed=1), 1, 0)
    scan_of(host)
    assert line("1.2.1", host="web-01").only.counted


def test_what_ended_is_unknown_again_and_asks_to_attest_again():
    host = a_host()
    scan_of(host)
    attest(host, days=4, ago=5)
    found = line("1.2.1", host="web-01")

    assert (found.only.status, found.only.ended, found.attested, found.ended) == (UNKNOWN, True, 0, 1)
    text = read(reverse("benchmark") + "?host=web-01", Role.OPERATOR)
    assert "what operator attested ended on" in text
    assert "Attest again" in text


def test_on_its_last_day_it_still_holds():
    host = a_host()
    scan_of(host)
    attest(host, days=5, ago=5)

    assert line("1.2.1").hosts == Faces(passed=1)


def test_what_was_withdrawn_is_unknown():
    host = a_host()
    scan_of(host)
    attest(host)
    attesting.withdraw(host, ITEM, by=a_member(Role.OPERATOR), at=timezone.now())
    only = line("1.2.1", host="web-01").only

    assert (only.status, only.ended, only.attestation.is_withdrawn) == (UNKNOWN, False, True)


def test_items_overtaken_by_time_do_not_apply_whatever_was_attested():
    old, new = a_host("old-01"), a_host("new-01")
    scan_of(old, engine=an_engine(version="28.5.2"))
    scan_of(new, engine=an_engine(version="29.0.0"))
    for host in (old, new):
        attest(host, "content-trust-on")

    assert line("4.5").hosts == Faces(passed=1, not_applicable=1)
    assert "Docker 29 took content trust" in read(reverse("benchmark") + "?host=new-01")
    assert line("7.6").hosts == Faces(not_applicable=2)


def test_editions_show_their_own_numbers():
    scan_of(a_host(), engine=an_engine(version="24.0.9", storage_driver="devicemapper"))

    assert [found.item.number for found in page(edition="1.8", section="2").lines][6:8] == ["2.7", "2.8"]
    assert line("2.7", edition="1.8").hosts == line("2.6", edition="1.6").hosts == Faces(failed=1)
    assert page(edition="1.8").total == 118


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"section": "6"}, ["6.1", "6.2"]),
        ({"level": "unknown"}, ["6.1", "6.2"]),
        ({"level": "2", "section": "4"}, ["4.5", "4.8", "4.11"]),
        ({"level": "1", "section": "1", "edition": "1.8", "by": "people"}, ["1.2.1"]),
        ({"profile": "swarm", "by": "people"}, ["7.6", "7.8", "7.9"]),
        ({"by": "check", "section": "6"}, ["6.1", "6.2"]),
        ({"status": "fail", "section": "5"}, ["5.11"]),
    ],
)
def test_filters_leave_what_was_asked_for(asked, numbers):
    scan_of(a_host(), named("app", memory=0))

    assert [found.item.number for found in page(**asked).lines] == numbers


def test_level_1_takes_what_1_6_tags_with_both():
    scan_of(a_host())

    assert len(page(level="1").lines) == 84
    assert len(page(level="2").lines) == 52
    assert len(page(level="2", edition="1.7").lines) == 31


def test_a_group_counts_its_own_hosts():
    shop = group_named("Shop")
    host = a_host("web-01")
    host.group = shop
    host.save()
    for each in (host, a_host("web-02")):
        scan_of(each, named("app", memory=0))

    assert line("5.11", group="shop").hosts == Faces(failed=1)
    assert line("5.11").hosts == Faces(failed=2)


def test_the_address_keeps_what_was_asked_and_drops_what_is_foreign():
    query = "edition=1.8&host=web-01&section=5&level=1&profile=docker&status=fail&by=check"
    assert Asked.of(QueryDict(query)).query() == query
    foreign = QueryDict("edition=2.0&section=9&level=3&profile=x&status=open&by=me")
    assert Asked.of(foreign) == Asked()
    assert Asked().query() == ""


# --- the pages ----------------------------------------------------------------------------------------------------


def read(url, role=Role.VIEWER):
    response = signed_in(role).get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_three_kinds_of_nothing_differ():
    assert "The table fills with the first scan" in read(reverse("benchmark"))
    host = a_host()
    assert host.get_absolute_url() in read(reverse("benchmark") + "?host=web-01")
    scan_of(host)
    assert "Your filter hides all items" in read(reverse("benchmark") + "?section=7&level=2")
    assert "Your filter hides all items" in read(reverse("benchmark") + "?host=no-such-host")


def test_the_table_leads_to_checks_findings_and_what_people_attest():
    scan_of(a_host(), named("app", memory=0))
    whole, one = read(reverse("benchmark")), read(reverse("benchmark") + "?host=web-01")

    assert reverse("check", args=["no-memory-limit"]) in whole
    assert "/findings/?check=no-memory-limit&amp;expand=no-memory-limit" in whole
    assert "/findings/?check=no-memory-limit&amp;host=web-01" in one
    assert reverse("benchmark-item", args=[ITEM]) in whole
    assert reverse("attestation", args=[ITEM, "web-01"]) in one


def test_a_level_that_is_not_sure_is_marked():
    scan_of(a_host())

    assert "not known" in read(reverse("benchmark") + "?section=6")
    assert "≈" in read(reverse("benchmark") + "?section=6&edition=1.8")
    assert "All numbers and levels are confirmed." in read(reverse("benchmark") + "?section=6&edition=1.7")


def rows(url):
    return list(csv.DictReader(io.StringIO(read(url))))


def test_the_files_have_the_lines_of_the_page():
    host = a_host()
    scan_of(host, named("app", memory=0))
    attest(host)
    found = rows(reverse("benchmark-export", args=["csv"]) + "?section=1&by=people")
    one = json.loads(read(reverse("benchmark-export", args=["json"]) + "?section=1&by=people&host=web-01"))

    assert [(row["number"], row["name"], row["hosts_pass"], row["attested"]) for row in found] == [
        ("1.2.1", ITEM, "1", "1")
    ]
    assert (one["edition"], one["hosts"], len(one["items"])) == ("1.6", ["web-01"], 1)
    item = one["items"][0]
    assert (item["status"], item["attested_by"], item["note"]) == ("pass", "operator", "Follows our baseline.")
    assert (item["level"], item["level_is"], item["tag"]) == ([1], "inferred", "manual")


def test_the_file_says_who_answers_and_why_nothing_is_known():
    scan_of(a_host(), named("app", memory=0))
    by_number = {row["number"]: row for row in rows(reverse("benchmark-export", args=["csv"]))}

    assert len(by_number) == 117
    assert (by_number["5.11"]["answered_by"], by_number["5.11"]["checks"]) == ("check", "no-memory-limit")
    assert by_number["1.2.1"]["reason"].startswith("How a host’s system was hardened")
    assert (by_number["5.1"]["level"], by_number["6.1"]["level"]) == ("1+2", "")


def test_a_note_is_no_formula_and_no_markup():
    host = a_host()
    scan_of(host)
    by = a_member(Role.OPERATOR)
    now = timezone.now()
    attesting.attest(host, ITEM, says="pass", note=f"=1+1 {HOSTILE}", evidence=HOSTILE, until=now.date(), by=by, at=now)

    assert rows(reverse("benchmark-export", args=["csv"]) + "?host=web-01&by=people")[0]["note"].startswith("'=1+1")
    for url in (reverse("benchmark-item", args=[ITEM]), reverse("attestation", args=[ITEM, "web-01"])):
        text = read(url)
        assert "=1+1" in text
        assert HOSTILE not in text


def test_only_those_who_may_are_offered_to_attest():
    scan_of(a_host())
    url = reverse("attestation", args=[ITEM, "web-01"])

    assert reverse("attest", args=[ITEM, "web-01"]) in read(url, Role.OPERATOR)
    assert reverse("attest", args=[ITEM, "web-01"]) not in read(url, Role.REVIEWER)
    assert "Operators and administrators attest." in read(url, Role.REVIEWER)


def test_attesting_and_withdrawing_by_the_form():
    scan_of(a_host())
    client = signed_in(Role.OPERATOR)
    until = timezone.now().date() + timedelta(days=30)
    url = reverse("attest", args=[ITEM, "web-01"])
    said = client.post(url, {"says": "pass", "note": "Done.", "evidence": "OPS-1", "until": until}, follow=True)
    text = said.content.decode()

    assert said.redirect_chain == [(reverse("attestation", args=[ITEM, "web-01"]), 302)]
    assert "takes it in with the next scan" in text
    assert "OPS-1" in text
    assert Attestation.objects.get().by == a_member(Role.OPERATOR)

    withdrawn = client.post(reverse("attestation-withdraw", args=[ITEM, "web-01"]), follow=True)
    assert "Withdrawn for web-01." in withdrawn.content.decode()
    again = client.post(reverse("attestation-withdraw", args=[ITEM, "web-01"]), follow=True)
    assert "so nothing was withdrawn" in again.content.decode()


def test_a_form_with_faults_comes_back_with_what_was_written():
    scan_of(a_host())
    answer = signed_in(Role.OPERATOR).post(
        reverse("attest", args=[ITEM, "web-01"]), {"note": "We did it.", "until": "2020-01-01"}
    )
    text = answer.content.decode()

    assert answer.status_code == 422
    assert "We did it." in text
    assert "This day is over." in text
    assert "Choose whether the host passes or fails." in text
    assert not Attestation.objects.exists()


def test_where_the_item_does_not_arise_no_form_is_offered():
    scan_of(a_host(), engine=an_engine(version="29.0.0"))
    text = read(reverse("attestation", args=["content-trust-on", "web-01"]), Role.OPERATOR)

    assert "does not arise on this host" in text
    assert reverse("attest", args=["content-trust-on", "web-01"]) not in text


@pytest.mark.parametrize("address", [["benchmark-item", "no-such-item"], ["attestation", "no-memory-limit", "web-01"]])
def test_what_nobody_attests_has_no_page(address):
    a_host()
    name, *arguments = address

    assert signed_in().get(reverse(name, args=arguments)).status_code == 404


def test_a_host_that_does_not_exist_is_not_attested():
    data = {"says": "pass", "note": "Done.", "until": timezone.now().date()}

    assert signed_in(Role.OPERATOR).post(reverse("attest", args=[ITEM, "no-host"]), data).status_code == 404


def test_every_name_that_people_attest_has_its_page():
    a_host()
    for item in book.items("1.8"):
        if item.manual:
            assert f"CIS 1.8: {item.number}" in read(reverse("benchmark-item", args=[item.manual.name]))
