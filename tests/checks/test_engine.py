"""The engine of the checks: one verdict per check and subject, and an honest one."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.engine import Check, SubjectRef, Verdict, check, in_order, judge, judge_subject
from secdash.checks.outcome import LOW, Outcome, Severity, passes
from secdash.checks.risks import RISKS
from secdash.facts.model import Container
from tests.build import UNSEEN, a_container, a_file, a_host, a_snapshot, an_image


def test_one_check_judges_every_container() -> None:
    snapshot = a_snapshot(containers=(a_container(name="a"), a_container(name="b", privileged=True)))
    found = {v.subject.key: v.status.value for v in judge(snapshot, only=["privileged-container"])}
    assert found == {"a": "pass", "b": "fail"}


def test_a_listing_that_could_not_be_read_is_unknown_once() -> None:
    (verdict,) = judge(a_snapshot(containers=UNSEEN), only=["privileged-container"])
    assert (verdict.status, verdict.subject.kind, verdict.outcome.reason) == ("unknown", "engine", UNSEEN.why)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("containers", "This host has no containers."),
        ("images", "This host has no images."),
        ("networks", "This host has no networks."),
        ("volumes", "This host has no volumes."),
        ("services", "This Engine manages no services of a swarm."),
    ],
)
def test_nothing_of_the_kind_is_not_applicable(kind: str, said: str) -> None:
    one = next(entry.name for entry in CATALOGUE.values() if entry.kind == kind.removesuffix("s"))
    (verdict,) = judge(a_snapshot(**{kind: ()}), only=[one])
    assert verdict.status == "not_applicable"
    assert str(verdict.outcome.reason) == said


@pytest.fixture
def only_daemon_json(monkeypatch: pytest.MonkeyPatch) -> str:
    """A check of one role of files, in the catalogue for as long as the test runs."""
    entry = Check(
        "some-file-check",
        "Some fault",
        "file",
        LOW,
        {},
        ("daemon-takeover",),
        lambda *_: passes({}),
        None,
        "daemon.json",
    )
    monkeypatch.setitem(CATALOGUE, entry.name, entry)
    return entry.name


def test_a_check_with_a_role_judges_files_of_that_role(only_daemon_json: str) -> None:
    others = a_file(key="/etc/docker", role="config-folder")
    (verdict,) = judge(a_snapshot(host=a_host(files=(a_file(), others))), only=[only_daemon_json])
    assert (verdict.subject.kind, verdict.subject.key, verdict.status) == ("file", "/etc/docker/daemon.json", "pass")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (a_host(files=()), "not_applicable"),
        (a_host(files=(), unread=(("daemon.json", UNSEEN),)), "unknown"),
        (a_host(files=(), unread=(("config-folder", UNSEEN),)), "not_applicable"),
        (UNSEEN, "unknown"),
    ],
)
def test_a_role_without_a_file_is_not_applicable_unless_nobody_could_look(
    only_daemon_json: str, host: object, status: str
) -> None:
    (verdict,) = judge(a_snapshot(host=host), only=[only_daemon_json])
    assert (verdict.status, verdict.subject.kind) == (status, "engine")


def test_one_subject_is_judged_by_all_checks_of_its_kind() -> None:
    names = {verdict.check for verdict in judge_subject(a_container(), a_snapshot())}
    assert names == {name for name, entry in CATALOGUE.items() if entry.kind == "container"}


def test_the_worst_comes_first() -> None:
    severities = [verdict.severity for verdict in in_order(judge(a_snapshot()))]
    assert severities == sorted(severities, reverse=True)
    assert severities[0] == Severity.CRITICAL


def test_of_equal_weight_the_order_is_that_of_names() -> None:
    given = [
        Verdict(name, LOW, SubjectRef(kind, key, subject), passes({}))
        for name in ("b", "a")
        for kind in ("image", "container")
        for subject in ("web", "db")
        for key in ("2", "1")
    ]

    ordered = [(v.check, v.subject.kind, v.subject.name, v.subject.key) for v in in_order(given)]

    assert ordered == sorted(ordered)
    assert len(set(ordered)) == 16


def test_what_nobody_could_read_of_files_says_nothing_of_containers() -> None:
    snapshot = a_snapshot(containers=(), host=a_host(unread=(("daemon.json", UNSEEN),)))
    (verdict,) = judge(snapshot, only=["privileged-container"])
    assert verdict.status == "not_applicable"


def test_refuses_a_taken_name_and_a_missing_title() -> None:
    def privileged_container(container: Container) -> Outcome:
        """Another"""
        return passes({})

    def untitled(container: Container) -> Outcome:
        return passes({})

    for predicate in (privileged_container, untitled):
        with pytest.raises(ValueError, match="missing or its name is taken"):
            check(Container, severity=LOW, risks=())(predicate)


def test_every_risk_has_its_own_section() -> None:
    assert all(risk.section.endswith(f"#{key}") for key, risk in RISKS.items())
    assert len(RISKS) == 18


def test_a_fact_that_was_read_of_no_subject_is_unknown_once() -> None:
    images = tuple(an_image(id=f"{n}", name=f"app:{n}", files=UNSEEN) for n in range(3))
    (verdict,) = judge(a_snapshot(images=images), only=["image-setuid-file"])

    assert (verdict.status, verdict.subject.kind, verdict.outcome.reason) == ("unknown", "engine", UNSEEN.why)


def test_a_fact_that_was_read_of_some_is_judged_of_each() -> None:
    images = (an_image(id="1", name="app:1", files=UNSEEN), an_image(id="2", name="app:2"))
    found = {v.subject.name: v.status.value for v in judge(a_snapshot(images=images), only=["image-setuid-file"])}

    assert found == {"app:1": "unknown", "app:2": "pass"}
