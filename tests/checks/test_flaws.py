"""Known flaws of the Engine and its parts: each range at both ends, each distribution's way to write a build."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE, flaws, releases
from secdash.checks.releases.tables import JUDGES
from secdash.checks.releases.versions import parse
from secdash.facts.model import Component
from tests.build import UNSEEN, a_container, a_snapshot, an_engine
from tests.checks.cases import Case, Facts, cases

DISTRIBUTION = {"platform": ""}
PODMAN = {"podman": True, "platform": "linux/amd64/debian-12"}
SAID_BY_RUNC = "runc version %s\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\ngo: go1.19.8"
GPU = "count=-1 capabilities=gpu"
CDI = "cdi ids=nvidia.com/gpu=all"


def engine(version: str, **facts: object) -> Facts:
    return {"version": version, **facts}


def runc(version: str, **facts: object) -> Facts:
    return {"components": (Component("Engine", "29.10.0"), Component("runc", version)), **facts}


def containerd(version: str, **facts: object) -> Facts:
    return {"components": (Component("Engine", "29.10.0"), Component("containerd", version)), **facts}


def desktop(release: str, **facts: object) -> Facts:
    return {"platform": f"Docker Desktop {release} (202357)", **facts}


def podman_with(runtime: str, version: str) -> Facts:
    said = Component(f"OCI Runtime ({runtime})", SAID_BY_RUNC % version)
    return {"components": (Component("Podman Engine", "4.3.1"), said), **PODMAN}


def isolated(version: str) -> Facts:
    return desktop(version, runtimes=("runc", "sysbox-runc"))


# As the packages of Debian, Ubuntu, Fedora and RHEL, Amazon, Alpine and Microsoft write their builds.
BUILDS = ("+dfsg1", "~ds1", "-0ubuntu1~24.04.3", "-1.fc41", "-2.el9_4", ".amzn2023", "-r0", "+azure-2", "+unknown")

CASES: tuple[Case, ...] = (
    *cases(
        "engine-known-vulnerability",
        passes=[{}, engine("29.5.1"), engine("29.5.1", **DISTRIBUTION), engine("29.6.0-r0"), engine("30.1.0")],
        fails=[engine(v) for v in ("29.5.0", "v29.5.1-rc.1", "28.5.2", "25.0.14", "20.10.24", "18.06.1-ce", "1.13.1")],
        unknown=[
            engine("29.5.0", **DISTRIBUTION),
            engine("29.5.0", platform="Mirantis Container Runtime"),
            engine("29.5.0", platform=UNSEEN),
            engine("25.0.15"),
            engine("25.0.18"),
            engine("library-import"),
            engine(UNSEEN),
            *(engine(f"29.4.0{suffix}") for suffix in BUILDS),
        ],
        not_applicable=[PODMAN],
    ),
    *cases(
        "engine-known-weakness",
        passes=[{}, engine("29.9.0"), engine("29.9.0", **DISTRIBUTION)],
        fails=[
            engine("29.8.2"),
            engine("28.3.2"),
            engine("25.0.4"),
            engine("29.3.0", platform="Docker Desktop 4.99.0 (1)"),
        ],
        unknown=[engine("29.3.0", **DISTRIBUTION), engine("29.3.0-1.fc41"), engine("25.0.19"), engine(UNSEEN)],
        not_applicable=[PODMAN],
    ),
    *cases(
        "authorization-bypass",
        passes=[{}, engine("29.3.1")],
        fails=[engine("29.3.0"), engine("27.1.0")],
        unknown=[engine("27.1.0+dfsg1"), engine("27.1.0", **DISTRIBUTION), {"authorization_plugins": UNSEEN}],
        not_applicable=[engine("27.1.0", authorization_plugins=()), PODMAN],
    ),
    *cases(
        "runc-known-escape",
        passes=[{}, runc("1.2.8"), runc("1.3.3"), runc("1.4.0-rc.3"), runc("1.3.3-0ubuntu1~24.04.3", **DISTRIBUTION)],
        fails=[runc(v) for v in ("1.2.7", "1.3.2", "1.4.0-rc.2", "1.1.12", "1.0.0-rc93", "1.0-rc6")],
        unknown=[
            *(runc(f"1.1.5{suffix}") for suffix in BUILDS),
            runc("1.2.7", **DISTRIBUTION),
            runc("unknown"),
            podman_with("runc", "1.1.5+ds1"),
            podman_with("runc", "1.1.5"),
            {"components": (Component("Engine", "29.10.0"),)},
            {"components": UNSEEN},
        ],
        not_applicable=[podman_with("crun", "1.14")],
    ),
    *cases(
        "runc-known-weakness",
        passes=[{}, runc("1.3.7"), runc("1.4.4"), runc("1.5.3"), podman_with("runc", "1.3.7")],
        fails=[runc("1.3.6"), runc("1.4.3"), runc("1.5.2")],
        unknown=[runc("1.3.6+ds1"), runc("1.3.6", platform=UNSEEN), {"components": UNSEEN}],
        not_applicable=[podman_with("crun", "1.14")],
    ),
    *cases(
        "containerd-known-vulnerability",
        passes=[{}, containerd("1.7.29"), containerd("v2.1.5"), containerd("2.1.9+unknown")],
        fails=[containerd("1.7.28"), containerd("v2.1.4"), containerd("2.0.6"), containerd("v2.2.0-rc.1")],
        unknown=[
            containerd("1.6.20~ds1"),
            containerd("1.7.12", **DISTRIBUTION),
            {"components": (Component("Engine", "29.10.0"),)},
            {"components": UNSEEN},
        ],
        not_applicable=[PODMAN],
    ),
    *cases(
        "containerd-known-weakness",
        passes=[{}, containerd("v2.2.5"), containerd("1.7.33"), containerd("v2.4.0")],
        fails=[containerd("v2.2.4"), containerd("1.7.32")],
        unknown=[containerd("2.1.8+unknown"), containerd("v2.2.4", **DISTRIBUTION), {"components": UNSEEN}],
        not_applicable=[PODMAN],
    ),
    *cases(
        "desktop-known-escape",
        passes=[desktop("4.44.3"), desktop("4.24.2")],
        fails=[desktop("4.44.2"), desktop("4.25.0")],
        unknown=[{"platform": "Docker Desktop"}, {"platform": UNSEEN}],
        not_applicable=[{}, DISTRIBUTION],
    ),
    *cases(
        "desktop-isolation-bypass",
        passes=[isolated("4.59.0"), isolated("4.40.0")],
        fails=[isolated("4.58.1"), isolated("4.41.0")],
        unknown=[{"platform": UNSEEN}, desktop("4.58.0", runtimes=UNSEEN)],
        not_applicable=[{}, desktop("4.58.0")],
    ),
    *cases(
        "nvidia-toolkit-escape",
        unknown=[
            {"runtimes": ("nvidia", "runc")},
            {"containers": (a_container(), a_container(name="trainer", device_requests=(GPU,)))},
            {"containers": (a_container(device_requests=("nvidia count=1 capabilities=gpu",)),)},
            {"containers": (a_container(device_requests=(CDI,)),)},
            {"containers": (a_container(device_requests=UNSEEN),)},
            {"containers": UNSEEN},
            {"runtimes": UNSEEN},
        ],
        not_applicable=[{}, {"containers": (a_container(device_requests=("cdi ids=amd.com/gpu=0",)),)}],
    ),
)

# Versions that have the flaw, and versions that do not, at each end of each range.
ENDS: list[tuple[str, str, str]] = [
    ("CVE-2026-41567", "29.5.0 26.0.0 25.0.14 1.0.0", "29.5.1"),
    ("CVE-2026-42306", "29.5.0 26.0.0 25.0.14 1.0.0", "29.5.1"),
    ("CVE-2026-41568", "29.5.0 26.0.0 25.0.14 1.0.0", "29.5.1"),
    ("CVE-2026-34040", "29.3.0 26.0.0 25.0.14 1.0.0", "29.3.1"),
    ("CVE-2026-33997", "29.3.0 26.0.0 25.0.14 1.0.0", "29.3.1"),
    (
        "CVE-2024-41110",
        "27.1.0 27.0.0 26.1.4 26.1.0 26.0.2 26.0.0 25.0.5 25.0.0 24.0.9 24.0.0 23.0.14 23.0.0 20.10.27 19.03.0",
        "27.1.1 27.0.0-rc.1 26.1.5 26.0.3 25.0.6 24.0.10 23.0.15 20.10.28 18.09.9",
    ),
    ("CVE-2026-92543", "29.8.1 26.0.0 25.0.14 1.0.0", "29.8.2"),
    ("CVE-2026-92542", "29.8.1 26.0.0 25.0.18 24.0.9 1.0.0", "29.8.2 25.0.19"),
    ("CVE-2026-97032", "29.8.2 26.0.0 25.0.14 1.0.0", "29.9.0"),
    ("CVE-2026-78659", "29.8.2 26.0.0 25.0.14 1.0.0", "29.9.0"),
    ("CVE-2026-78663", "29.8.2 26.0.0 25.0.14 1.0.0", "29.9.0"),
    ("CVE-2026-78669", "29.8.2 26.0.0 25.0.14 1.0.0", "29.9.0"),
    ("CVE-2025-54388", "28.2.0 28.3.2", "28.1.1 28.3.3"),
    ("CVE-2025-54410", "27.5.1 26.0.0 25.0.12 20.10.24", "28.0.0 25.0.13"),
    ("CVE-2024-29018", "26.0.0-rc1 26.0.0-rc2 25.0.0 25.0.4 23.0.10", "26.0.0-rc3 26.0.0 25.0.5 24.0.9 23.0.11"),
    ("CVE-2024-24557", "25.0.0 25.0.1 24.0.0 24.0.8 23.0.9", "25.0.2 24.0.9 23.0.10"),
    ("CVE-2024-23650", "25.0.1 24.0.9 24.0.0 23.0.8", "25.0.2"),
    ("CVE-2024-23651", "25.0.1 24.0.9 24.0.0 23.0.8", "25.0.2"),
    ("CVE-2024-23652", "25.0.1 24.0.9 24.0.0 23.0.8", "25.0.2"),
    ("CVE-2024-23653", "25.0.1 24.0.9 24.0.0 23.0.8", "25.0.2"),
    ("CVE-2025-31133", "1.4.0-rc.1 1.4.0-rc.2 1.3.0-rc.1 1.3.2 1.2.7 0.1.1", "1.4.0-rc.3 1.3.3 1.2.8 1.2.9"),
    ("CVE-2025-52565", "1.4.0-rc.1 1.4.0-rc.2 1.3.0-rc.1 1.3.2 1.2.7 1.0.0-rc3", "1.4.0-rc.3 1.3.3 1.2.8 1.0.0-rc2"),
    ("CVE-2025-52881", "1.4.0-rc.1 1.4.0-rc.2 1.3.0-rc.1 1.3.2 1.2.7 0.1.1", "1.4.0-rc.3 1.3.3 1.2.8"),
    ("CVE-2024-21626", "1.0.0-rc93 1.1.11", "1.0.0-rc92 1.1.12"),
    ("CVE-2021-30465", "1.0.0-rc94 0.1.1", "1.0.0-rc95 1.0.0"),
    ("CVE-2019-5736", "1.0-rc6 0.1.1", "1.0-rc7 1.0.0-rc7"),
    (
        "CVE-2026-119101",
        "1.6.0-rc.1 1.5.0-rc.1 1.5.2 1.4.0-rc.1 1.4.3 1.3.6 1.2.9 0.1.1",
        "1.6.0-rc.2 1.6.0 1.5.3 1.4.4 1.3.7",
    ),
    ("CVE-2026-41579", "1.5.0-rc.1 1.5.0-rc.2 1.4.0-rc.1 1.4.2 1.3.5 0.1.1", "1.5.0-rc.3 1.4.3 1.3.6"),
    ("CVE-2024-45310", "1.2.0-rc.1 1.2.0-rc.2 1.1.13", "1.2.0-rc.3 1.1.14"),
    ("CVE-2023-27561", "1.1.4 1.0.0", "1.1.5"),
    ("CVE-2023-28642", "1.1.4 1.0.0", "1.1.5"),
    ("CVE-2023-25809", "1.1.4 1.0.0", "1.1.5"),
    ("CVE-2022-29162", "1.1.1 1.0.0", "1.1.2"),
    (
        "CVE-2024-25621",
        "2.2.0-beta.0 2.2.0-rc.1 2.1.0-beta.0 2.1.4 2.0.0-beta.0 2.0.6 1.7.28 1.6.38",
        "2.2.0 2.1.5 2.0.7 1.7.29",
    ),
    ("CVE-2025-47290", "2.1.0", "2.0.5 2.1.1"),
    (
        "CVE-2026-47262",
        "2.3.0-beta.0 2.3.1 2.2.0-beta.0 2.2.4 2.1.0-beta.0 2.1.8 2.0.0-beta.0 2.0.9 1.7.32 1.6.38",
        "2.4.0 2.3.2 2.2.5 2.1.9 2.0.10 1.7.33",
    ),
    ("CVE-2025-9074", "4.25.0 4.44.2", "4.24.2 4.44.3"),
    ("CVE-2026-6406", "4.41.0 4.58.1", "4.40.0 4.59.0"),
    ("CVE-2026-24260", "1.19.0 1.0.0", "1.19.1"),
    ("CVE-2025-23266", "1.17.7 1.0.0", "1.17.8"),
    ("CVE-2024-0132", "1.16.1 1.0.0", "1.16.2"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize(("cve", "have", "lack"), ENDS)
def test_a_flaw_begins_and_ends_where_its_source_says(cve: str, have: str, lack: str) -> None:
    (row,) = (each for each in releases.SHIPPED.advisories if each.cve == cve)

    assert [v for v in have.split() if not row.is_sure(parse(v))] == []
    assert [v for v in lack.split() if row.holds(parse(v))] == []


def test_every_flaw_that_is_shipped_is_tried_at_its_ends() -> None:
    assert sorted(cve for cve, _have, _lack in ENDS) == sorted(each.cve for each in releases.SHIPPED.advisories)


@pytest.mark.parametrize("version", ["25.0.15", "25.0.18"])
def test_what_others_released_later_is_neither_sure_nor_repaired(version: str) -> None:
    (row,) = (each for each in releases.SHIPPED.advisories if each.cve == "CVE-2026-41567")

    assert row.holds(parse(version))
    assert not row.is_sure(parse(version))


@pytest.mark.parametrize("version", ["23.0.9", "23.0.18"])
def test_what_the_line_23_got_of_buildkit_is_not_sure(version: str) -> None:
    (row,) = (each for each in releases.SHIPPED.advisories if each.cve == "CVE-2024-23652")

    assert row.holds(parse(version))
    assert not row.is_sure(parse(version))


@pytest.mark.parametrize(
    ("facts", "check", "flaws_and_release"),
    [
        (
            runc("1.1.5"),
            "runc-known-escape",
            ("CVE-2025-31133, CVE-2025-52565, CVE-2025-52881, CVE-2024-21626", "1.2.8"),
        ),
        (runc("1.3.1"), "runc-known-escape", ("CVE-2025-31133, CVE-2025-52565, CVE-2025-52881", "1.3.3")),
        (engine("25.0.4"), "engine-known-vulnerability", ("CVE-2026-41567, CVE-2026-42306, CVE-2026-41568", "29.5.1")),
        (containerd("v2.1.0"), "containerd-known-vulnerability", ("CVE-2024-25621, CVE-2025-47290", "2.1.5")),
        (desktop("4.44.2"), "desktop-known-escape", ("CVE-2025-9074", "4.44.3")),
    ],
)
def test_names_every_flaw_and_the_release_that_ends_them_all(
    facts: Facts, check: str, flaws_and_release: tuple[str, str]
) -> None:
    said = Case(check, "fail", dict(facts)).judged()

    assert said.reason is not None
    values = dict(said.reason.values)
    assert (values["cves"], values["fixed"]) == flaws_and_release


def test_shows_the_version_each_repair_and_the_day_of_the_table() -> None:
    said = Case("containerd-known-vulnerability", "fail", dict(containerd("v2.1.0"))).judged()

    assert dict(said.evidence) == {
        "version.Components.containerd": "v2.1.0",
        "CVE-2024-25621 fixed in": "2.2.0, 2.1.5, 2.0.7, 1.7.29",
        "CVE-2025-47290 fixed in": "2.1.1",
        "sources": "https://github.com/containerd/containerd/security/advisories/GHSA-pwhc-rpq9-4c8w, "
        "https://github.com/containerd/containerd/security/advisories/GHSA-cm76-qm8v-3j95",
        "read on": releases.SHIPPED.read_on,
    }


def test_names_no_repair_that_is_not_sure() -> None:
    said = Case("engine-known-vulnerability", "fail", {"version": "25.0.4"}).judged()

    assert dict(said.evidence)["CVE-2026-41567 fixed in"] == "29.5.1"


def test_a_pass_names_the_version_and_the_day_alone() -> None:
    said = Case("runc-known-escape", "pass", {}).judged()

    assert dict(said.evidence) == {"version.Components.runc": "1.4.4", "read on": releases.SHIPPED.read_on}


@pytest.mark.parametrize("check", ["engine-known-vulnerability", "runc-known-escape", "engine-end-of-life"])
def test_packages_mend_a_server_but_not_docker_desktop(check: str) -> None:
    entry = CATALOGUE[check]

    assert entry.fix(an_engine(platform="Docker Engine - Community")) is not None
    assert entry.fix(an_engine(platform=UNSEEN)) is not None
    assert entry.fix(an_engine(platform="Docker Desktop 4.50.0 (209931)")) is None


def test_tells_where_the_flaws_of_the_toolkit_are_repaired() -> None:
    said = Case("nvidia-toolkit-escape", "unknown", {"runtimes": ("nvidia", "runc")}).judged()

    assert dict(said.evidence)["CVE-2026-24260 fixed in"] == "1.19.1"


def test_each_check_of_this_kind_has_rows_and_each_row_a_check() -> None:
    assert {name.replace("_", "-") for name in vars(flaws)} & CATALOGUE.keys() == set(JUDGES)


def test_judges_by_the_table_in_use() -> None:
    entry = CATALOGUE["runc-known-escape"]
    snapshot = a_snapshot(engine=an_engine(**runc("1.1.5")))
    forgetful = releases.Tables(
        releases.SHIPPED.read_on,
        releases.SHIPPED.lines,
        tuple(each for each in releases.SHIPPED.advisories if each.check != "runc-known-escape"),
    )

    with releases.using(forgetful):
        assert entry.judge(snapshot.engine, snapshot).status == "pass"
    assert entry.judge(snapshot.engine, snapshot).status == "fail"
