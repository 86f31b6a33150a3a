"""What the checks say of owners and modes of Docker's files."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks import CATALOGUE
from secdash.checks.engine import judge
from secdash.checks.host_files import PLACES
from secdash.checks.outcome import Severity, Status
from secdash.checks.remedy import FileFix
from secdash.facts.model import Unknown
from tests.build import UNSEEN, a_daemon, a_file, a_host, a_snapshot
from tests.checks.cases import Case, cases

ROOTFUL = {"security_options": ("name=apparmor",)}
MAPPED = {"security_options": ("name=userns",)}
FILES = ("docker-service-unit", "docker-socket-unit", "daemon-json", "default-docker", "sysconfig-docker")
CERTIFICATES = ("registry-certificate", "tls-ca", "tls-certificate")
SOCKETS = ("docker-sock", "containerd-sock")
# The most that passes, and the modes beside it that must not.
MODES = (
    *((name, (0o644, 0o444, 0o000), (0o645, 0o664, 0o646, 0o606, 0o744, 0o654, 0o4644, 0o2644)) for name in FILES),
    ("etc-docker", (0o755, 0o700), (0o775, 0o757, 0o1755, 0o2755)),
    *((name, (0o444, 0o400), (0o644, 0o464, 0o446, 0o445, 0o544)) for name in CERTIFICATES),
    ("tls-key", (0o400, 0o000), (0o600, 0o440, 0o404, 0o401, 0o500)),
    *((name, (0o660, 0o600), (0o661, 0o662, 0o664, 0o670, 0o760)) for name in SOCKETS),
)
STRANGER = {"uid": 1000, "owner": "deploy"}
A_GROUP = {"gid": 998, "group": "staff"}
SOCKET_GROUP = {"gid": 998, "group": "docker", "type": "socket", "mode": 0o660}


def of_modes(name: str, passing: tuple[int, ...], failing: tuple[int, ...]) -> tuple[Case, ...]:
    return tuple(
        cases(
            f"{name}-loose-mode",
            passes=[{}, *({"mode": mode} for mode in passing)],
            fails=[{"mode": mode} for mode in failing],
            unknown=[{"mode": UNSEEN}, {"type": "link", "mode": 0o777}],
            not_applicable=[{"type": "other", "mode": 0o666}],
        )
    )


def of_owner(name: str) -> tuple[Case, ...]:
    return tuple(
        cases(
            f"{name}-foreign-owner",
            passes=[{}, {"owner": "toor", "group": "wheel"}],
            fails=[
                STRANGER | {"engine": ROOTFUL},
                A_GROUP,
                A_GROUP | {"group": "docker"},
                A_GROUP | STRANGER | {"engine": MAPPED},
            ],
            unknown=[{"uid": UNSEEN}, {"gid": UNSEEN}, {"type": "link"}],
            not_applicable=[STRANGER, {"type": "other", "uid": 7}],
        )
    )


CASES: tuple[Case, ...] = (
    *(case for row in MODES for case in of_modes(*row)),
    *(case for place in PLACES if place.name != "docker-sock" for case in of_owner(place.name)),
    *cases(
        "docker-sock-foreign-owner",
        passes=[
            {},
            SOCKET_GROUP,
            SOCKET_GROUP | {"host": UNSEEN},
            {"group": "wheel"},
            A_GROUP | {"host": a_host(daemon=a_daemon(group="staff"))},
        ],
        fails=[
            STRANGER | {"engine": ROOTFUL},
            STRANGER | SOCKET_GROUP | {"engine": ROOTFUL},
            A_GROUP,
            A_GROUP | {"host": a_host(daemon=a_daemon(group="admins"))},
            A_GROUP | {"host": a_host(daemon=a_daemon(group=""))},
            SOCKET_GROUP | {"host": a_host(daemon=a_daemon(group="staff"))},
        ],
        unknown=[
            A_GROUP | {"host": UNSEEN},
            A_GROUP | {"host": a_host(daemon=UNSEEN)},
            {"uid": UNSEEN},
            {"gid": UNSEEN},
            {"group": UNSEEN},
            {"type": "link"},
            STRANGER | {"engine": {"security_options": UNSEEN}},
        ],
        not_applicable=[STRANGER, {"type": "other"}],
    ),
    *cases(
        "docker-file-writable",
        passes=[
            {},
            {"mode": 0o4755},
            {"mode": 0o664},
            A_GROUP | {"mode": 0o757 - 2},
            A_GROUP | {"mode": 0o644},
            {"role": "dockerd", "mode": 0o755},
            {"role": "data-root", "type": "folder", "mode": 0o710, "gid": 231072},
        ],
        fails=[
            {"mode": 0o646},
            {"mode": 0o606},
            {"mode": 0o602},
            {"role": "runc", "mode": 0o777},
            A_GROUP | {"mode": 0o664},
            A_GROUP | {"mode": 0o420},
            STRANGER | {"mode": 0o400, "engine": ROOTFUL},
            STRANGER | {"mode": 0o646},
            STRANGER | {"role": "daemon.json", "engine": MAPPED},
        ],
        unknown=[{"mode": UNSEEN}, {"uid": UNSEEN}, {"mode": 0o664, "gid": UNSEEN}, {"type": "link"}],
        not_applicable=[
            STRANGER,
            {"role": "data-root", "type": "folder", "mode": 0o710, "uid": 231072, "engine": MAPPED},
            {"type": "socket", "mode": 0o666},
            {"type": "other", "mode": 0o666},
        ],
    ),
    *cases(
        "tls-key-readable",
        passes=[
            {},
            {"mode": 0o600},
            {"mode": 0o603},
            {"mode": 0o640},
            A_GROUP | {"mode": 0o600},
            A_GROUP | {"mode": 0o713},
        ],
        fails=[{"mode": 0o604}, {"mode": 0o644}, A_GROUP | {"mode": 0o640}, A_GROUP | {"mode": 0o440}],
        unknown=[{"mode": UNSEEN}, {"mode": 0o640, "gid": UNSEEN}, {"type": "link"}],
        not_applicable=[{"type": "other"}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_the_numbers_of_section_3_are_each_answered_by_one_check() -> None:
    numbers = [number for place in PLACES for number in (place.owner, place.mode)]

    assert sorted(numbers, key=lambda number: int(number[2:])) == [f"3.{item}" for item in range(1, 25)]


def status_on(**host: Any) -> dict[str, str]:
    return {verdict.check: verdict.status.value for verdict in judge(a_snapshot(host=a_host(**host)))}


def test_only_what_hands_root_to_somebody_is_grave() -> None:
    severities = {name: entry.severity for name, entry in CATALOGUE.items() if entry.kind == "file"}
    grave = {name: severity for name, severity in severities.items() if severity > Severity.LOW}

    assert grave == {
        "docker-sock-loose-mode": Severity.CRITICAL,
        "containerd-sock-loose-mode": Severity.CRITICAL,
        "docker-sock-foreign-owner": Severity.HIGH,
        "containerd-sock-foreign-owner": Severity.HIGH,
        "docker-file-writable": Severity.HIGH,
        "tls-key-readable": Severity.HIGH,
    }


def test_a_file_that_is_not_there_is_not_judged() -> None:
    found = status_on(files=())

    assert found["sysconfig-docker-loose-mode"] == found["sysconfig-docker-foreign-owner"] == Status.NOT_APPLICABLE


def test_a_file_of_which_nothing_can_be_said_stays_unknown() -> None:
    unread = tuple((place.role, UNSEEN) for place in PLACES)
    found = status_on(files=(), unread=unread)

    assert {found[f"{place.name}-loose-mode"] for place in PLACES} == {Status.UNKNOWN}
    assert found["docker-file-writable"] == Status.UNKNOWN


def test_one_role_that_could_not_be_read_hides_no_other() -> None:
    found = status_on(files=(a_file(),), unread=(("tls-key", UNSEEN),))

    assert (found["tls-key-readable"], found["daemon-json-loose-mode"]) == ("unknown", "pass")
    assert found["docker-file-writable"] == Status.PASS


def test_a_host_that_is_not_read_has_no_verdict_on_its_files() -> None:
    snapshot = a_snapshot(host=Unknown(UNSEEN.why))
    found = [verdict for verdict in judge(snapshot) if CATALOGUE[verdict.check].kind == "file"]

    assert len(found) > len(PLACES) * 2
    assert {verdict.status for verdict in found} == {Status.UNKNOWN}


def test_names_the_mode_in_octal_and_the_owner_by_name() -> None:
    mode = Case("daemon-json-loose-mode", "fail", {"mode": 0o606}).judged()
    owner = Case("daemon-json-foreign-owner", "fail", {**STRANGER, **A_GROUP, "engine": ROOTFUL}).judged()

    assert str(mode.reason) == "Mode 0606 allows more than 0644."
    assert dict(mode.evidence) == {"stat.mode": "0606"}
    assert str(owner.reason) == "It belongs to deploy:staff, not to root."


@pytest.mark.parametrize(
    ("facts", "who"),
    [
        ({"mode": 0o666, **A_GROUP}, "Every account"),
        ({"mode": 0o660, **A_GROUP, **STRANGER}, "The group staff"),
        ({"mode": 0o600, **STRANGER, "engine": ROOTFUL}, "The user deploy"),
    ],
)
def test_says_who_can_change_a_file(facts: dict[str, Any], who: str) -> None:
    assert str(Case("docker-file-writable", "fail", facts).judged().reason).startswith(who)


@pytest.mark.parametrize(
    ("check", "facts", "owner", "mode"),
    [
        ("daemon-json-loose-mode", {"mode": 0o666}, "", "0644"),
        ("daemon-json-loose-mode", {"mode": 0o602}, "", "0600"),
        ("daemon-json-loose-mode", {"mode": 0o645}, "", "0644"),
        ("etc-docker-loose-mode", {"mode": 0o2777}, "", "00755"),
        ("tls-key-loose-mode", {"mode": 0o644}, "", "0400"),
        ("tls-key-readable", {"mode": 0o645, **A_GROUP}, "", "0400"),
        ("docker-sock-loose-mode", {"mode": 0o666}, "", "0660"),
        ("daemon-json-foreign-owner", STRANGER, "root:root", ""),
        ("docker-sock-foreign-owner", STRANGER, "root:docker", ""),
        ("sysconfig-docker-foreign-owner", STRANGER, "root:root", ""),
        ("containerd-sock-foreign-owner", STRANGER, "root:root", ""),
        ("docker-file-writable", {"mode": 0o4777, **STRANGER}, "root:root", "04755"),
        ("docker-file-writable", {"mode": 0o666, **STRANGER}, "root:root", "0644"),
    ],
)
def test_writes_the_owner_and_mode_of_that_very_path(check: str, facts: dict[str, Any], owner: str, mode: str) -> None:
    fix = CATALOGUE[check].fix(a_file(key="/srv/of mine", **facts))

    assert isinstance(fix, FileFix)
    assert (fix.path, fix.owner, fix.mode) == ("/srv/of mine", owner, mode)


def test_says_that_a_socket_is_made_anew() -> None:
    notes = {name: CATALOGUE[name].fix(a_file(type="socket")) for name in ("docker-sock-loose-mode",)}
    fix = notes["docker-sock-loose-mode"]

    assert isinstance(fix, FileFix)
    assert "SocketMode" in str(fix.note)
