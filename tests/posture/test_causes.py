"""What one change fixes: each claim is held against facts on which the change was made, each score against our own."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secdash.checks import CATALOGUE
from secdash.checks.engine import judge
from secdash.checks.outcome import Severity, Status
from secdash.checks.remedy import BuildFix, ComposeFix, DaemonFix
from secdash.facts.model import Component, Port, Setting, Snapshot, Swarm
from secdash.findings.models import Finding, State
from secdash.findings.score import score, weigh
from secdash.fleet.models import Host
from secdash.posture.causes import atoms, markdown
from secdash.posture.causes.arithmetic import Standing, standing
from secdash.posture.causes.closing import closed_by
from secdash.posture.causes.kinds import CHANGES, IMAGE, SAME, Kind
from secdash.posture.causes.page import causes, changes_asked, plan
from secdash.posture.causes.ranking import Atom, Effect, Ident, Weighing, mean
from secdash.posture.threats.asked import Asked
from tests.build import (
    a_container,
    a_daemon,
    a_file,
    a_network,
    a_snapshot,
    an_engine,
    an_image,
)
from tests.build import (
    a_host as host_facts,
)
from tests.cast import a_member, signed_in
from tests.fleet.hosts import a_host
from tests.posture import mending_facts as mending
from tests.posture.world import named, scan_of

LABELS = (("com.docker.compose.project", "shop"),)
IMAGE_REF = "shop/web:1.4"
# A container that every check of SAME finds fault with, and leaves to Engine and image what it can.
BARE: dict[str, Any] = {
    "labels": LABELS,
    "memory": 0,
    "pids_limit": 0,
    "nano_cpus": 0,
    "ulimits": (),
    "healthcheck": (),
    "restart_policy": "always",
    "security_opt": (),
    "readonly_rootfs": False,
    "user": "",
    "processes": (),
    "cap_drop": (),
    "ports": (Port(80, "tcp", "", "8080"),),
    "pid_mode": "host",
    "uts_mode": "host",
    "cgroupns_mode": "host",
    "cgroup_parent": "/other",
}
OWN = {"security_opt": ("no-new-privileges:false", "seccomp=unconfined"), "user": "root", "labels": ()}
TWELVE_FAULTS = {"privileged": True, "network_mode": "host", "ipc_mode": "host", "ports": (), "labels": LABELS}
ADDED = {"cap_add": ("SYS_TIME",), "ipc_mode": "shareable", "userns_mode": "host"}
OLD_PARTS = (Component("Engine", "20.10.0"), Component("containerd", "1.4.0"), Component("runc", "1.0.0"))
DAEMON_SETTINGS = {
    "log-level": "debug",
    "cgroup-parent": "/other",
    "iptables": False,
    "ip6tables": False,
    "hosts": ["tcp://0.0.0.0:2375"],
}


def a_bad_engine(**facts: Any) -> dict[str, Any]:
    return {
        "security_options": ("name=seccomp,profile=unconfined",),
        "live_restore": False,
        "debug": True,
        "experimental": True,
        "insecure_cidrs": ("10.0.0.0/8",),
        "storage_driver": "overlay2",
        "logging_driver": "json-file",
        "warnings": ("WARNING: API is accessible on http://0.0.0.0:2375 without encryption.",),
        **facts,
    }


def a_bad_host(**engine: Any) -> dict[str, Any]:
    """Facts of which every change of daemon.json finds something to close."""
    settings = tuple(Setting(name, value, "daemon.json") for name, value in DAEMON_SETTINGS.items())
    daemon = msgspec.structs.replace(a_daemon(), settings=settings)
    files = (
        a_file(mode=0o666, uid=1000, owner="joe"),
        a_file(key="/usr/bin/dockerd", role="dockerd", mode=0o755),
        a_file(key="/etc/docker/key.pem", role="tls-key", mode=0o644),
    )
    return {
        "engine": an_engine(**a_bad_engine(**engine)),
        "host": host_facts(daemon=daemon, files=files, audit_rules=()),
        "networks": (a_network(options=()), a_network(name="six", ipv6=True, options=())),
        "images": (an_image(user="", healthcheck=()),),
        "services": (),
    }


def seen(name: str, /, *containers: Any, **facts: Any) -> Snapshot:
    """Recorded as a scan of the host of that name; the facts that it saw."""
    scan_of(Host.objects.filter(name=name).first() or a_host(name), *containers, **facts)
    return a_snapshot(containers=containers, **facts)


def failing(snapshot: Snapshot) -> set[tuple[str, str, str]]:
    return {(v.check, v.subject.kind, v.subject.key) for v in judge(snapshot) if v.status is Status.FAIL}


def claimed(ident: Ident, host: str = "web-01") -> set[tuple[str, str, str]]:
    found = closed_by(ident, Finding.objects.filter(host__name=host).open())
    return set(found.values_list("check_name", "subject_kind", "subject_key"))


def effect(ident: Ident) -> Effect:
    """As the page weighs it, whether or not it shows it."""
    findings = Finding.objects.open()
    _hosts, standings = atoms.standings(Host.objects.all(), Finding.objects.all())
    weighing = Weighing(atoms.atoms(findings, atoms.weighed(findings)), standings)
    return dict(weighing.ranked())[ident]


def gain_by_ours(snapshot: Snapshot, closed: set[tuple[str, str, str]]) -> int:
    """The change of the score when these pass, by the arithmetic that scans use."""
    verdicts = list(judge(snapshot))
    now = [(v.severity, v.status) for v in verdicts]
    then = [
        (v.severity, Status.PASS if (v.check, v.subject.kind, v.subject.key) in closed else v.status) for v in verdicts
    ]
    return (score(then).value or 0) - (score(now).value or 0)


def holds(ident: Ident, before: Snapshot, after: Snapshot) -> None:
    """The claim is not empty, all of it is closed on the facts after the change, and the numbers are its numbers."""
    claim = claimed(ident)
    assert claim, ident
    assert claim <= failing(before)
    assert not claim & failing(after), sorted(claim & failing(after))
    weighed = effect(ident)
    assert (weighed.closes, weighed.hosts) == (len(claim), 1), ident
    assert weighed.gain == gain_by_ours(before, claim), ident


# --- every kind of change, made on facts --------------------------------------------------------------------------


def test_a_key_of_daemon_json_closes_what_it_claims(db):
    before = seen("web-01", named("app", **BARE), named("own", **BARE | OWN), **a_bad_host())
    for key in sorted(set(mending.DAEMON) - {"storage-driver"}):
        holds(Ident(Kind.DAEMON, key), before, mending.DAEMON[key](before))


def test_another_storage_driver_closes_what_it_claims(db):
    before = seen("web-01", named("app"), **a_bad_host(storage_driver="devicemapper", version="24.0.0"))

    holds(Ident(Kind.DAEMON, "storage-driver"), before, mending.DAEMON["storage-driver"](before))


def test_every_key_that_is_offered_is_held_against_facts():
    assert {change.key for change in CHANGES.values() if change.kind is Kind.DAEMON} == set(mending.DAEMON)


@pytest.mark.parametrize(
    ("key", "check"), [("no-new-privileges", "no-new-privileges-off"), ("seccomp-profile", "seccomp-disabled")]
)
def test_a_setting_of_the_engine_covers_containers_that_do_not_override_it_and_only_where_it_is_changed(db, key, check):
    full = {"privileged": True, "security_opt": ("no-new-privileges:false",)}
    seen("web-01", named("app", **BARE), named("own", **BARE | OWN), named("full", **BARE | full), **a_bad_host())

    assert {each for each in claimed(Ident(Kind.DAEMON, key)) if each[0] == check} == {(check, "container", "app")}
    Finding.objects.filter(subject_kind="engine").update(state=State.ACCEPTED)
    assert claimed(Ident(Kind.DAEMON, key)) == set(), "who accepted the Engine's setting will not change it"


def test_owners_modes_and_audit_rules_close_what_they_claim(db):
    before = seen("web-01", named("app"), **a_bad_host())
    files, audit = CHANGES["files:files"], CHANGES["audit:audit"]

    holds(Ident(Kind.FILES, "files"), before, mending.given_to_root(before, files.checks))
    holds(Ident(Kind.AUDIT, "audit"), before, mending.audited(before, audit.checks))


@pytest.mark.parametrize(
    ("key", "parts"), [("engine", ("Engine", "containerd", "runc")), ("parts", ("containerd", "runc"))]
)
def test_an_upgrade_closes_what_it_claims(db, key, parts):
    before = seen("web-01", named("app"), **a_bad_host(version="20.10.0", components=OLD_PARTS))

    holds(Ident(Kind.UPGRADE, key), before, mending.upgraded(before, *parts))


def test_the_same_fix_everywhere_closes_what_it_claims(db):
    containers = [named("app", **BARE), named("full", **BARE | TWELVE_FAULTS), named("added", **BARE | ADDED)]
    facts = a_bad_host(security_options=("name=seccomp,profile=builtin", "name=userns"))
    containers[0] = msgspec.structs.replace(containers[0], userns_mode="host")
    before = seen("web-01", *containers, **facts)
    for check in sorted(SAME):
        keys = {key for _check, _kind, key in claimed(Ident(Kind.SAME, check))}
        holds(Ident(Kind.SAME, check), before, mending.fixed(before, [check], keys))


def test_a_projects_file_closes_what_it_claims_and_nothing_of_other_projects(db):
    other = BARE | {"labels": (("com.docker.compose.project", "other"),)}
    containers = (named("app", **BARE), named("full", **BARE | TWELVE_FAULTS), named("other", **other))
    before = seen("web-01", *containers, **a_bad_host())
    ident = Ident(Kind.PROJECT, "shop", Host.objects.get().pk)

    holds(ident, before, mending.fixed(before, SAME, ["app", "full"]))
    assert {key for _check, _kind, key in claimed(ident)} == {"app", "full"}


def test_an_images_dockerfile_closes_what_it_claims_and_nothing_that_a_container_decides_itself(db):
    decided = BARE | {"user": "0:0"}
    elsewhere = BARE | {"image": "other/app:1"}
    containers = (named("app", **BARE), named("own", **decided), named("else", **elsewhere))
    before = seen("web-01", *containers, **a_bad_host())
    ident = Ident(Kind.IMAGE, IMAGE_REF)
    built = an_image()
    anew = tuple(
        each
        if each.image != IMAGE_REF
        else msgspec.structs.replace(each, user=each.user or built.user, healthcheck=built.healthcheck)
        for each in before.containers
    )

    holds(ident, before, msgspec.structs.replace(before, images=(built,), containers=anew))
    assert ("runs-as-root", "container", "app") in claimed(ident)
    assert ("runs-as-root", "container", "own") not in claimed(ident)


# --- the table ----------------------------------------------------------------------------------------------------


def test_the_table_names_checks_of_the_catalogue_whose_fix_is_of_its_kind():
    bad = an_engine(version="20.10.0")
    for change in CHANGES.values():
        for name in change.checks | change.inherited:
            assert name in CATALOGUE
        if change.kind is Kind.DAEMON:
            for name in change.checks:
                subject = bad if CATALOGUE[name].kind == "engine" else a_network()
                fix = CATALOGUE[name].fix(subject)
                assert isinstance(fix, DaemonFix)
                assert change.key in {each.key for each in fix.changes}
    for name in IMAGE:
        assert isinstance(CATALOGUE[name].fix(an_image()), BuildFix)


def test_the_certainty_that_is_shown_is_never_surer_than_the_fix():
    for name, certainty in SAME.items():
        fix = CATALOGUE[name].fix(a_container(**BARE, cap_add=("SYS_TIME",)))
        assert isinstance(fix, ComposeFix)
        order = list(type(certainty))
        assert order.index(certainty) >= order.index(fix.certainty), name


# --- arithmetic ---------------------------------------------------------------------------------------------------

NUMBERS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(0, 12)), min_size=5, max_size=5)


@given(NUMBERS)
def test_the_fast_arithmetic_is_the_scores_own(rows):
    """Pass, fail and accepted of each severity."""
    counted = {}
    for severity, (passed, failed, _accepted) in zip(Severity, rows, strict=True):
        counted |= {(severity, Status.PASS): passed, (severity, Status.FAIL): failed}
    accepted = [severity for severity, (_p, _f, number) in zip(Severity, rows, strict=True) for _ in range(number)]
    ours = weigh(counted, accepted)
    fast = standing([(p, f) for p, f, _ in rows], {int(s): n for s, (_p, _f, n) in zip(Severity, rows, strict=True)})

    assert (fast.value, fast.uncapped) == (ours.value, ours.uncapped)


@given(NUMBERS, st.lists(st.integers(0, 12), min_size=5, max_size=5))
def test_closing_findings_is_the_score_with_these_passing(rows, closing):
    before = standing([(p, f) for p, f, _ in rows], {})
    after = before.without(dict(enumerate(closing)))
    moved = [(p + min(f, n), f - min(f, n)) for (p, f, _), n in zip(rows, closing, strict=True)]

    assert after == standing(moved, {})


CRITICAL, LOW = int(Severity.CRITICAL), int(Severity.LOW)
HELD = Standing(1000, (0, 0, 0, 0, 2))


def test_greedy_takes_what_does_most_and_weighs_the_rest_anew():
    """Two criticals hold the host at 59: neither change alone moves the score, both together free it."""
    both = [
        Atom(1, "privileged-container", CRITICAL, 1),
        Atom(1, "unauthenticated-api", CRITICAL, 1),
        Atom(1, "host-uts", LOW, 30),
    ]
    weighing = Weighing(both, {1: HELD})
    assert [each.effect.gain for each in weighing.ranked()] == [0, 0, 0]

    steps = weighing.plan(5)
    assert {each.ident.key for each in steps[:2]} == {"privileged-container", "tlsverify"}
    assert [each.effect.gain for each in steps[:2]] == [0, 41]


def test_what_two_changes_close_is_counted_once():
    shared = [
        Atom(1, "no-memory-limit", 2, 10, "container", "shop"),
        Atom(1, "no-cpu-limit", 1, 4, "container", "shop"),
    ]
    first, *_rest = Weighing(shared, {1: Standing(100, (0, 4, 10, 0, 0))}).plan(2)

    assert (first.ident.kind, first.effect.closes) == (Kind.PROJECT, 14)
    weighing = Weighing(shared, {1: Standing(100, (0, 4, 10, 0, 0))})
    assert sum(each.effect.closes for each in weighing.plan(9)) == 14


def test_the_plan_adds_up_to_the_score_with_all_of_it_closed():
    several = [Atom(host, check, 2, 3) for host in (1, 2) for check in ("no-memory-limit", "no-pids-limit")]
    before = {1: Standing(80, (0, 0, 6, 0, 0)), 2: Standing(40, (0, 0, 6, 1, 0))}
    weighing = Weighing(several, before)
    after = {host: each.without({2: 6}) for host, each in before.items()}

    assert mean(before) is not None
    assert sum(each.effect.gain for each in weighing.plan(9)) == pytest.approx((mean(after) or 0) - (mean(before) or 0))


@pytest.mark.parametrize(("text", "number"), [("5", 5), ("", 5), ("0", 1), ("99", 10), ("x", 5), ("9" * 99, 5)])
def test_the_number_of_changes_is_kept_within_bounds(text, number):
    assert changes_asked(text) == number


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def fleet(db):
    for name in ("web-01", "web-02"):
        seen(name, named("app", **BARE), named("full", **BARE | TWELVE_FAULTS), **a_bad_host())
    return signed_in()


def test_the_page_names_the_change_what_it_closes_and_what_it_does(fleet):
    shown = causes(a_member(), Asked())
    found = {each.ident: each for each in shown.causes}
    setting = found[Ident(Kind.DAEMON, "no-new-privileges")]

    assert (setting.effect.closes, setting.effect.hosts) == (6, 2), "one of each Engine, two containers on each"
    assert shown.score == mean(atoms.standings(Host.objects.all(), Finding.objects.all())[1])
    page = fleet.get("/plan/").content.decode()
    assert "<code>no-new-privileges</code> in daemon.json" in page
    assert "6 findings" in page


def test_acceptance_takes_a_finding_out_of_every_change(fleet):
    before = {each.ident: each.effect.closes for each in causes(a_member(), Asked()).causes}
    Finding.objects.filter(check_name="privileged-container", host__name="web-01").update(state=State.ACCEPTED)
    after = {each.ident: each.effect.closes for each in causes(a_member(), Asked()).causes}

    same = Ident(Kind.SAME, "privileged-container")
    assert (before[same], after[same]) == (2, 1)


@pytest.mark.parametrize("url", ["/plan/", "/plan/best/?changes=3", "/plan/best/checklist.md?changes=2"])
def test_pages_cost_the_same_number_of_queries_for_more_hosts(fleet, url, django_assert_max_num_queries):
    fleet.get(url)
    with django_assert_max_num_queries(15) as few:
        assert fleet.get(url).status_code == 200
    count = len(few)  # at once: the next request empties the log
    assert count
    if "checklist" not in url:
        for name in ("web-03", "web-04"):
            seen(name, named("app", **BARE), **a_bad_host())
        fleet.get(url)
        with django_assert_max_num_queries(count):
            assert fleet.get(url).status_code == 200


def test_filters_narrow_the_hosts(fleet):
    Host.objects.filter(name="web-02").update(environment="test")

    assert fleet.get("/plan/?environment=test").context["page"].scored == 1
    assert fleet.get("/plan/best/?environment=test&changes=2").context["plan"].scored == 1
    assert "Nothing was scanned yet" in fleet.get("/plan/best/?environment=none").content.decode()


def text_of(response) -> str:
    return b"".join(response.streaming_content).decode()


def test_the_checklist_has_a_box_for_each_subject_with_its_diff_or_commands(fleet):
    text = text_of(fleet.get("/plan/best/checklist.md?changes=10"))

    assert text.startswith("# Plan of changes\n")
    assert "- [ ] **web-01**, app: " in text
    assert "+    read_only: true" in text
    assert "  ```sh\n" in text
    assert text.count("## ") == len(plan(a_member(), Asked(), 10).steps)
    printed = fleet.get("/plan/best/checklist.html?changes=10").content.decode()
    assert "read_only: true" in printed


def test_the_checklist_is_made_while_it_is_read(fleet, django_assert_max_num_queries):
    response = fleet.get("/plan/best/checklist.md?changes=10")
    with django_assert_max_num_queries(0):
        first = next(iter(response.streaming_content))

    assert first.decode().startswith("# Plan of changes")


def test_what_is_told_of_a_change_is_a_list_in_markdown(fleet):
    text = text_of(fleet.get("/plan/best/checklist.md?changes=10"))
    _, head, *_rest = text.partition("## 1. ")[2].split("\n\n")

    told = head.splitlines()
    assert len(told) >= 2
    assert all(line.startswith("- ") for line in told)
    assert any(line.startswith("- closes ") for line in told)
    assert not any(line.count("; closes") for line in text.splitlines())


def test_names_from_hosts_mean_nothing_in_markdown(db):
    evil = "x`](http://evil)<b>"
    seen("web-01", named(evil, **BARE | {"labels": (("com.docker.compose.project", evil),)}), **a_bad_host())
    text = text_of(signed_in().get("/plan/best/checklist.md?changes=10"))
    outside = "\n".join(line for line in text.splitlines() if line.startswith(("#", "- [ ]")))

    assert "x\\`\\](http://evil)\\<b\\>" in outside
    assert "](http" not in outside.replace("\\]", "")
    assert markdown.harmless("a|b") == "a\\|b"


def test_a_fence_is_longer_than_any_in_the_text():
    lines = list(markdown._block("diff", "```\nend"))

    assert lines[0] == "  ````diff\n"


def test_nothing_to_offer_is_said(db):
    client = signed_in()

    for url in ("/plan/", "/plan/best/"):
        assert "Nothing was scanned yet" in client.get(url).content.decode()
    scan_of(a_host("web-01"), named("app"), engine=an_engine(swarm=Swarm("inactive")))
    Finding.objects.update(state=State.RESOLVED)
    for url in ("/plan/", "/plan/best/"):
        assert "No change to offer" in client.get(url).content.decode()
