"""The arithmetic behind the pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import QueryDict

from secdash.checks import CATALOGUE
from secdash.checks.outcome import Severity, Status
from secdash.facts.model import Port
from secdash.fixes.patch import lines
from secdash.posture import exposure, tallies
from secdash.posture.days import Day, History
from secdash.posture.exports.tables import harmless
from secdash.posture.filtering.chips import chips
from secdash.posture.filters import Filters
from secdash.posture.mending import near
from secdash.posture.tallies import Faces
from tests.build import a_container

TODAY = date(2026, 11, 24)
NOTHING = [0, 0, 0, 1]


def history(*rows, length=4):
    return History(((host, TODAY - timedelta(days=ago), day) for host, ago, day in rows), today=TODAY, length=length)


def a_day(score, critical=0):
    return Day(score, (critical, 0, 0, 0, 0))


def test_a_day_without_a_scan_keeps_what_was_said_before():
    assert history((1, 2, a_day(60))).scores_of(1) == [None, 60, 60, 60]


def test_the_mean_counts_only_hosts_that_have_a_score():
    kept = history((1, 3, a_day(60)), (2, 1, a_day(80)), (3, 1, a_day(None)))

    assert [score for _, score in kept.scores()] == [60, 60, 70, 70]


def test_open_findings_of_a_day_are_summed_over_hosts():
    kept = history((1, 2, a_day(60, 2)), (2, 1, a_day(80, 3)))

    assert kept.open_by_severity()[Severity.CRITICAL] == [None, 2, 5, 5]


def test_yesterday_is_the_day_before_the_last():
    assert history((1, 1, a_day(60)), (1, 0, a_day(70))).before(1) == a_day(60)
    assert history((1, 0, a_day(70))).before(1) is None


def test_a_host_without_subjects_adds_nothing_to_their_number():
    kinds = {name: NOTHING for name, check in CATALOGUE.items() if check.kind == "container"}

    assert "no-memory-limit" not in tallies.by_check([kinds])
    assert tallies.by_check([kinds, {"no-memory-limit": [1, 2, 0, 0]}])["no-memory-limit"] == Faces(1, 2, 0, 0)
    two_hosts = [{"no-memory-limit": [1, 2, 0, 4]}, {"no-memory-limit": [10, 20, 30, 0]}]
    assert tallies.by_check(two_hosts)["no-memory-limit"] == Faces(11, 22, 30, 4)


def test_fixing_a_severity_frees_the_score_of_its_cap():
    tally = {"privileged-container": [0, 1, 0, 0], "docker-socket-mounted": [9, 0, 0, 0], "host-pid": [0, 1, 0, 0]}
    held = tallies.score_of(tally)

    assert (held.value, held.held_by) == (59, Severity.CRITICAL)
    assert (held.uncapped, tallies.score_without(tally, Severity.CRITICAL).value) == (86, 79)


def test_a_check_that_is_gone_from_the_catalogue_is_left_out():
    assert tallies.score_of({"no-such-check": [0, 5, 0, 0]}).value is None


def test_every_section_of_the_benchmark_has_its_row():
    sections = tallies.by_section({"no-memory-limit": [1, 2, 3, 4], "secret-in-environment": [1, 0, 0, 0]})

    assert [section.number for section in sections] == ["1", "2", "3", "4", "5", "6", "7", ""]
    assert sections[4].faces == Faces(1, 2, 3, 4)
    assert sections[7].faces == Faces(1, 0, 0, 0)


def test_faces_keep_the_four_apart():
    assert tallies.faces_of([Status.UNKNOWN, Status.FAIL, Status.UNKNOWN]) == Faces(0, 1, 2, 0)


@pytest.mark.parametrize(
    ("port", "written", "wide"),
    [
        (Port(80, "tcp", "0.0.0.0", "8080"), "0.0.0.0:8080", True),  # noqa: S104 - what a host says
        (Port(80, "tcp", "", "8080"), "0.0.0.0:8080", True),
        (Port(53, "udp", "127.0.0.1", "53"), "127.0.0.1:53/udp", False),
        (Port(80, "tcp", "fd00::1", "80"), "[fd00::1]:80", False),
        (Port(80, "tcp", "::", ""), "0.0.0.0:?", True),
    ],
)
def test_ports_are_written_with_the_address_they_listen_on(port, written, wide):
    assert (exposure.written(port), exposure.is_wide(port)) == (written, wide)


def test_ipv4_and_ipv6_wildcards_are_one_line():
    ports = (Port(80, "tcp", "0.0.0.0", "80"), Port(80, "tcp", "::", "80"))  # noqa: S104

    assert len(exposure.published(a_container(ports=ports))) == 1


def filters(query):
    return Filters.of(QueryDict(query))


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("severity=high&severity=critical", "severity=critical,high"),
        ("severity=nonsense&state=nonsense&kind=nonsense", ""),
        ("state=all&q=%20web%20", "state=all&q=web"),
        ("host=a&check=b", "check=b&host=a"),
        ("q=a%00b", "q=ab"),
    ],
)
def test_an_address_is_read_and_written_back(query, written):
    assert filters(query).query() == written


def test_each_chip_takes_off_its_own_filter():
    taken_off = {chip.name: chip.query for chip in chips(filters("severity=low&host=web-01"), {})}

    assert set(taken_off.values()) == {"host=web-01", "severity=low"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"])
def test_formulas_get_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


def test_only_the_neighbourhood_of_a_change_is_drawn():
    before = "\n".join(str(n) for n in range(20))
    drawn = list(near(lines(before, before.replace("10", "ten"))))

    assert [line.kind for line in drawn].count("same") == 6
    assert [line.text for line in drawn if line.kind == "del"] == ["10"]
