"""The threat matrix: what its cells say, where they lead, and what a page of it costs."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from secdash.checks.outcome import Severity
from secdash.checks.risks import RISKS
from secdash.facts.model import Port
from secdash.findings.models import Finding, State
from secdash.fleet.models import Host
from secdash.posture import kept
from secdash.posture.host_stories import stories_of
from secdash.posture.kept import PLACE, added_up
from secdash.posture.latest import newest_scan
from secdash.posture.replay import replay
from secdash.posture.scopes import Scope
from secdash.posture.threats.asked import Asked
from secdash.posture.threats.cells import Held, Stand, Worst, cell, held
from secdash.posture.threats.matrix import matrix
from secdash.scans.models import Scan
from tests.build import UNSEEN, a_bind, an_engine
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture.world import a_fleet, named, scan_of

CRITICAL = Worst(Severity.CRITICAL, 2, "privileged-container", 7)
LOW = Worst(Severity.LOW, 5, "host-uts", 8)
DAEMON = "daemon-takeover"


# --- cells --------------------------------------------------------------------------------------------------------


def now_mark():
    """Another one each time, so that nothing is kept."""
    return timezone.now().isoformat()


def test_one_open_finding_makes_a_risk_open_and_the_worst_severity_speaks_for_it():
    stands = held([LOW, CRITICAL], [LOW])
    found = cell((90, 12, 3), stands)

    assert (found.stand, found.number, found.worst) == (Stand.OPEN, 7, CRITICAL)
    assert found.is_partly_unknown


def test_only_accepted_failures_make_it_accepted():
    found = cell((90, 2, 0), held([], [CRITICAL]))

    assert (found.stand, found.number, found.worst) == (Stand.ACCEPTED, 2, CRITICAL)


def test_it_is_mitigated_only_where_something_passes_and_nothing_fails():
    assert cell((9, 0, 0), Held()).stand is Stand.MITIGATED
    assert cell((9, 0, 4), Held()).is_partly_unknown
    assert cell((9, 1, 0), Held()).stand is Stand.UNASSESSED, "a failure that is not yet a finding"


@pytest.mark.parametrize("counts", [(0, 0, 0), (0, 0, 12)])
def test_what_nothing_is_known_of_is_not_assessed(counts):
    found = cell(counts, Held())

    assert found.stand is Stand.UNASSESSED
    assert not found.is_partly_unknown


def test_a_tally_adds_up_in_every_risk_that_a_check_watches_and_once_in_its_severity():
    sums = added_up({"privileged-container": [3, 1, 2, 0], "docker-socket-mounted": [5, 0, 0, 1], "gone": [9, 9, 9, 9]})

    assert sums.of_risk(PLACE["sys-dev"]) == (3, 1, 2)
    assert sums.of_risk(PLACE[DAEMON]) == (5, 0, 0)
    assert sums.of_severity(Severity.CRITICAL) == (8, 1, 2)
    assert kept.together([sums, sums]).of_risk(PLACE["sys-dev"]) == (6, 2, 4)


# --- the matrix ---------------------------------------------------------------------------------------------------


def cells(risk):
    row = matrix(a_member(), Asked(), now_mark()).rows[PLACE[risk]]
    return {place.name: found for place, found in row.cells}


@pytest.fixture
def three_hosts(db):
    """One with an open critical, one where it is accepted, one that was never scanned."""
    for name in ("bad", "accepted"):
        scan_of(a_host(name, group_name="Shop"), named("app", privileged=True))
    a_host("new")
    Finding.objects.filter(host__name="accepted").update(state=State.ACCEPTED)


def test_a_host_says_open_accepted_or_not_assessed(three_hosts):
    found = cells("sys-dev")

    assert {name: each.stand for name, each in found.items()} == {
        "bad": Stand.OPEN,
        "accepted": Stand.ACCEPTED,
        "new": Stand.UNASSESSED,
    }
    worst = found["bad"].worst
    assert worst is not None
    assert Finding.objects.get(pk=worst.finding).check_name == worst.check == "privileged-container"


def test_a_group_is_the_sum_of_its_hosts_and_names_what_was_never_scanned(three_hosts):
    shown = matrix(a_member(), Asked(by="group"), now_mark())

    assert [(place.name, place.hosts, place.unscanned) for place in shown.places] == [("Shop", 2, 0), ("", 1, 1)]
    shop = shown.rows[PLACE["sys-dev"]].cells[0][1]
    assert (shop.stand, shop.held.open, shop.held.accepted) == (Stand.OPEN, 1, 1)
    assert shop.worst is not None
    assert shop.worst.finding is None


def test_filters_narrow_columns_and_sums_alike(three_hosts):
    Host.objects.filter(name="accepted").update(environment="test")
    shown = matrix(a_member(), Asked(scope=Scope(environment="test")), now_mark())

    assert [place.name for place in shown.places] == ["accepted"]
    assert shown.rows[PLACE["sys-dev"]].all.stand is Stand.ACCEPTED


def test_unknown_alone_is_not_mitigated(db):
    scan_of(a_host("blind"), named("app", privileged=UNSEEN, devices=UNSEEN, device_cgroup_rules=UNSEEN))
    found = cells("sys-dev")["blind"]

    assert found.stand is Stand.UNASSESSED
    assert found.unknown


def test_the_sums_of_a_scan_are_read_once(db, django_assert_num_queries):
    host = a_host("web-01")
    scan = scan_of(host, named("app"))
    identity = (scan.pk, scan.finished_at)
    first = kept.sums_of([identity])
    Scan.objects.filter(pk=scan.pk).update(tally={})

    with django_assert_num_queries(0):
        assert kept.sums_of([identity]) == first
    assert kept.sums_of([(scan.pk, timezone.now())]) != first, "another scan under the same number"


# --- pages --------------------------------------------------------------------------------------------------------


def queries_of(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(15) as counted:
        assert client.get(url).status_code == 200
    assert len(counted) > 0
    return len(counted)


@pytest.mark.parametrize("url", ["/threats/", "/threats/?by=group", f"/threats/{DAEMON}/"])
def test_a_page_costs_the_same_for_many_hosts(db, url, django_assert_max_num_queries):
    client = signed_in()
    a_fleet(2, 1)
    client.get(url)
    few = queries_of(client, url, django_assert_max_num_queries)
    for number in range(2, 5):
        scan_of(a_host(f"fleet-{number}"), named("app", privileged=True))
    client.get(url)

    assert queries_of(client, url, django_assert_max_num_queries) == few


def test_many_hosts_stand_by_group_unless_asked_for_and_then_in_pages(db):
    for number in range(51):
        a_host(f"host-{number:02}", group_name="Many")
    scan_of(Host.objects.get(name="host-50"), named("app", privileged=True))
    client = signed_in()

    assert client.get("/threats/").context["matrix"].by == "group"
    second = client.get("/threats/?by=host&page=2").context["matrix"]
    assert [place.name for place in second.places] == ["host-50"]
    first = client.get("/threats/?by=host&page=junk").context["matrix"]
    assert len(first.places) == 50
    assert first.rows[PLACE["sys-dev"]].all.stand is Stand.OPEN, "all hosts, not those of the page"


def test_the_matrix_leads_to_the_worst_finding_and_says_each_state_in_words(three_hosts):
    page = signed_in().get("/threats/").content.decode()
    worst = Finding.objects.get(host__name="bad", check_name="privileged-container")

    assert f'href="/findings/{worst.pk}/"' in page
    for word in ("critical", "accepted", "not assessed", "never scanned"):
        assert word in page


def test_nothing_scanned_and_a_filter_that_hides_all_say_so(db):
    client = signed_in()

    assert "Nothing was scanned yet" in client.get("/threats/").content.decode()
    assert "Your filter hides all hosts" in client.get("/threats/?group=none").content.decode()


def test_a_risk_says_what_it_is_what_watches_it_and_what_is_worst(three_hosts, shipped_guide):
    page = signed_in().get("/threats/sys-dev/")

    assert page.context["page"].passage.language == "en"
    assert page.context["page"].worst[0].check_name == "privileged-container"
    assert [line.host.name for line in page.context["page"].hosts] == ["bad", "accepted", "new"]
    assert {line.check.name for line in page.context["page"].checks} >= {"privileged-container", "host-devices"}


def test_the_guide_speaks_the_readers_language(shipped_guide):
    page = signed_in().get("/threats/sys-dev/", headers={"accept-language": "fr"})

    assert page.context["page"].passage.language == "fr"


def test_there_is_a_page_for_every_risk_and_for_nothing_else(db):
    client = signed_in()

    assert {client.get(f"/threats/{key}/").status_code for key in RISKS} == {200}
    assert client.get("/threats/none/").status_code == 404


# --- stories ------------------------------------------------------------------------------------------------------

ROOTFUL = ("name=seccomp,profile=builtin",)
EXPOSED = {
    "ports": (Port(80, "tcp", "", "8080"),),
    "user": "",
    "mounts": (a_bind("/var/run/docker.sock", "/var/run/docker.sock"),),
}


def test_the_stories_of_a_host_link_each_step_to_its_finding(db, django_assert_max_num_queries):
    host = a_host("web-01")
    scan_of(host, named("<b>edge</b>", **EXPOSED), engine=an_engine(security_options=ROOTFUL))
    client = signed_in()
    with django_assert_max_num_queries(15):
        page = client.get("/hosts/web-01/stories/").content.decode()

    for check in ("published-on-all-interfaces", "runs-as-root", "docker-socket-mounted"):
        assert f'href="/findings/{Finding.objects.get(check_name=check).pk}/"' in page
    assert "root on the host" in page
    assert "<code>&lt;b&gt;edge&lt;/b&gt;</code>" in page
    assert "<b>edge" not in page


def test_what_a_host_page_shows_are_the_worst_of_each_container(db):
    host = a_host("web-01")
    twice = EXPOSED | {"privileged": True}
    containers = (named("a", **twice), named("b", **EXPOSED))
    scan_of(host, *containers, engine=an_engine(security_options=ROOTFUL))
    seen = replay(newest_scan(host))
    assert seen is not None
    found = stories_of(seen, host)

    assert [line.chain.container for line in found.top] == ["a", "b", "a"]
    with translation.override("en"):
        text = render_to_string("posture/_stories.html", {"stories": found, "host": host})
    assert "/hosts/web-01/stories/" in text
    assert "Docker socket mounted" in text


def test_a_host_without_stories_says_why_there_are_none(db):
    client, host = signed_in(), a_host("web-01")

    assert "Nothing was scanned yet" in client.get("/hosts/web-01/stories/").content.decode()
    scan_of(host, named("app"))
    assert "No story to tell" in client.get("/hosts/web-01/stories/").content.decode()
    Scan.objects.update(snapshot=None)
    assert "is not kept any more" in client.get("/hosts/web-01/stories/").content.decode()


def test_what_is_not_known_stands_apart(db):
    hidden = EXPOSED | {"user": UNSEEN}
    scan_of(a_host("web-01"), named("app", **hidden), engine=an_engine(security_options=ROOTFUL))
    page = signed_in().get("/hosts/web-01/stories/").content.decode()

    assert "Possible, not known" in page
    assert "The test left this unseen." in page
    assert "No story is complete" in page
