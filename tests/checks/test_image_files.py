"""What the checks say of the files inside images."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.checks import distributions
from secdash.checks.engine import CATALOGUE
from secdash.checks.image_files import EVERYWHERE, USUAL_BITS, USUAL_CAPABILITIES
from secdash.checks.remedy import BuildFix
from secdash.facts.model import FILES_NOT_READ, CapableFile, Distribution, Image, SecretFile, SetuidFile
from tests.build import UNSEEN, an_image, image_files
from tests.checks.cases import Case, Facts, cases


def files(**facts: Any) -> Facts:
    return {"files": image_files(**facts)}


def setuid(path: str, mode: int = 0o4755, uid: int = 0, **facts: Any) -> Facts:
    return files(setuid=(SetuidFile(path, mode, uid),), **facts)


def capable(path: str, *names: str) -> Facts:
    return files(capable=(CapableFile(path, names),))


def built_on(id_: str, version: str, name: str = "Some Linux") -> Facts:
    return files(distribution=Distribution(id_, version, name))


NOT_READ: Facts = {"files": FILES_NOT_READ}
WAITING: Facts = {"files": UNSEEN}

CASES: tuple[Case, ...] = (
    *cases(
        "image-setuid-file",
        passes=[
            {},
            files(setuid=()),
            setuid("/bin/su"),
            setuid("/usr/bin/chage", 0o2755),
            setuid("/usr/bin/chage", 0o6755),
            setuid("/usr/bin/wall", 0o2755),
        ],
        fails=[
            setuid("/usr/local/bin/su"),
            setuid("/usr/bin/su", 0o4755, 1000),
            setuid("/usr/bin/su", 0o6755),
            setuid("/usr/bin/wall", 0o4755),
            setuid("/opt/tool", 0o2755),
            setuid("/opt/tool", cut=("setuid",)),
        ],
        unknown=[NOT_READ, WAITING, files(setuid=(), cut=("setuid",))],
    ),
    *cases(
        "image-file-capability",
        passes=[{}, capable("/usr/bin/newuidmap", "SETUID"), capable("/bin/newgidmap", "SETGID")],
        fails=[
            capable("/usr/bin/newuidmap", "SETGID"),
            capable("/usr/bin/newuidmap", "SETUID", "SYS_ADMIN"),
            capable("/usr/bin/ping", "NET_RAW"),
        ],
        unknown=[NOT_READ, files(cut=("capable",))],
    ),
    *cases(
        "secret-file-in-image",
        passes=[{}, files(cut=("setuid",))],
        fails=[files(secrets=(SecretFile("/root/.npmrc", "an npm token"),))],
        unknown=[NOT_READ],
    ),
    *cases(
        "image-empty-password",
        passes=[{}],
        fails=[files(without_password=("root",))],
        unknown=[NOT_READ, files(without_password=UNSEEN)],
    ),
    *cases(
        "image-duplicate-ids",
        passes=[{}],
        fails=[files(shared_uids=((0, ("root", "toor")),)), files(shared_gids=((5, ("tty", "www")),))],
        unknown=[NOT_READ, files(shared_uids=UNSEEN), files(shared_gids=UNSEEN)],
    ),
    *cases("image-left-overs", passes=[{}], fails=[files(left_overs=("/app/.git",))], unknown=[NOT_READ]),
    *cases(
        "image-package-manager",
        passes=[{}, files(shells=())],
        fails=[files(package_managers=("/usr/bin/apt",))],
        unknown=[NOT_READ],
    ),
    *cases(
        "image-distribution-ended",
        passes=[
            {},
            built_on("debian", "12"),
            built_on("alpine", "3.22.1"),
            built_on("ubuntu", "24.04"),
            built_on("fedora", "43"),
            built_on("rocky", "9.6"),
        ],
        fails=[
            built_on("debian", "11"),
            built_on("debian", "4"),
            built_on("alpine", "3.21.3"),
            built_on("ubuntu", "25.10"),
            built_on("centos", "7"),
        ],
        unknown=[
            NOT_READ,
            files(distribution=UNSEEN),
            built_on("nixos", "25.05"),
            built_on("alpine", "3.24.0"),
            built_on("debian", "14"),
            built_on("rocky", "10.1"),
            built_on("rocky", "7.1"),
            built_on("ubuntu", "unstable"),
            built_on("centos", "8", "CentOS Stream 8"),
        ],
        not_applicable=[
            files(distribution=None),
            built_on("debian", ""),
            built_on("alpine", "3.24_alpha20260101"),
            built_on("arch", ""),
        ],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


@pytest.mark.parametrize("path", sorted(USUAL_BITS))
def test_forgives_what_distributions_ship_and_nothing_beside_it(path: str) -> None:
    usual = USUAL_BITS[path]
    for bits in (0o4000, 0o2000, 0o6000):
        for place in (path, f"/usr{path}"):
            said = Case("image-setuid-file", "pass", dict(setuid(place, 0o755 | bits))).judged()
            assert said.status == ("fail" if bits & ~usual else "pass")


def test_forgives_exactly_these() -> None:
    both = {path for path, bits in USUAL_BITS.items() if bits == 0o6000}
    assert both == {"/bin/chage", "/bin/expiry", "/sbin/unix_chkpwd"}
    assert {path for path, bits in USUAL_BITS.items() if bits == 0o2000} == {
        *("/bin/wall", "/bin/write", "/sbin/pam_extrausers_chkpwd"),
    }
    assert len(USUAL_BITS) == 15
    assert dict(USUAL_CAPABILITIES) == {"/bin/newgidmap": {"SETGID"}, "/bin/newuidmap": {"SETUID"}}


def test_says_what_the_check_saw() -> None:
    said = Case("image-setuid-file", "fail", dict(setuid("/opt/a tool", 0o4711, 7))).judged()
    assert said.evidence == (("setuid and setgid files", ["/opt/a tool 4711, owner 7"]),)
    said = Case("image-duplicate-ids", "fail", dict(files(shared_gids=((5, ("tty", "www")),)))).judged()
    assert said.evidence == (("/etc/group", ["5: tty, www"]),)


# --- distributions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id_", sorted(distributions.LINES))
def test_every_line_is_found_by_its_own_name(id_: str) -> None:
    lines = distributions.LINES[id_]
    assert [line.since for line in lines] == sorted({line.since for line in lines}, reverse=True)
    for line in lines:
        assert line.ends
        if line.name != "older":
            assert distributions.line(id_, line.name, "") == line


@pytest.mark.parametrize(
    ("id_", "ended"),
    [
        ("alpine", "3.21 3.20 3.19 3.18 3.17 3.16 3.15 3.14 3.13 3.12 3.11 3.10 older"),
        ("debian", "11 10 9 8 older"),
        (
            "ubuntu",
            "25.10 25.04 24.10 23.10 23.04 22.10 21.10 21.04 20.10 20.04 19.10 19.04 18.10 18.04 17.10 17.04 16.10 "
            "16.04 older",
        ),
        ("fedora", "42 41 40 39 38 older"),
        ("almalinux", ""),
        ("rocky", ""),
        ("centos", "8 7 6 older"),
    ],
)
def test_knows_which_releases_have_ended(id_: str, ended: str) -> None:
    assert [line.name for line in distributions.LINES[id_] if distributions.has_ended(line)] == ended.split()


def test_a_release_ends_after_its_last_day() -> None:
    last_day = distributions.Line("1", (1, 0), "2026-11-26", read_on="2026-11-26")
    assert not distributions.has_ended(last_day)
    assert not distributions.has_ended(distributions.Line("1", (1, 0), ""))
    assert distributions.has_ended(distributions.Line("1", (1, 0), "2026-11-25", read_on="2026-11-26"))


# --- fixes --------------------------------------------------------------------------------------------------------


def lines_of(check: str, image: Image) -> tuple[str, ...]:
    fix = CATALOGUE[check].fix(image)
    assert isinstance(fix, BuildFix)
    return fix.lines


def test_takes_the_bits_from_the_very_files_as_root() -> None:
    found = (SetuidFile("/usr/bin/su", 0o4755, 0), SetuidFile("/opt/tool", 0o4755, 0), SetuidFile("/b", 0o2755, 5))

    lines = lines_of("image-setuid-file", an_image(files=image_files(setuid=found), user="1000"))

    assert lines == ("USER root", "RUN chmod a-s /opt/tool /b", "USER 1000")


@pytest.mark.parametrize("path", ["/with\u2026", "/two words", "/x\ufffdy", "/t\u2022\u2022\u2022"])
def test_takes_all_bits_where_a_path_cannot_be_written(path: str) -> None:
    found = (SetuidFile("/opt/tool", 0o4755, 0), SetuidFile(path, 0o4755, 0))
    image = an_image(files=image_files(setuid=found), user="")

    assert lines_of("image-setuid-file", image) == (EVERYWHERE,)


@pytest.mark.parametrize("user", ["", "0", "root", "1000\nRUN x", "a b", "${USER}", "1:2:3"])
def test_switches_to_no_user_but_a_plain_one(user: str) -> None:
    image = an_image(files=image_files(without_password=("root",)), user=user)

    assert lines_of("image-empty-password", image) == ("RUN passwd -l root",)


def test_gives_the_image_its_own_user_and_group_back() -> None:
    image = an_image(files=image_files(without_password=("root",)), user="app-1:app.x")

    assert lines_of("image-empty-password", image) == ("USER root", "RUN passwd -l root", "USER app-1:app.x")


def test_replaces_files_that_have_capabilities_by_copies() -> None:
    image = an_image(files=image_files(capable=(CapableFile("/bin/it's", ("NET_RAW",)),)), user="root")
    assert lines_of("image-file-capability", image) == (
        """RUN cp -p '/bin/it'"'"'s' '/bin/it'"'"'s'.plain && mv '/bin/it'"'"'s'.plain '/bin/it'"'"'s'""",
    )
    found = tuple(CapableFile(path, ("NET_RAW",)) for path in ("/bin/x", "/bin/x…"))
    cut = an_image(files=image_files(capable=found))
    assert CATALOGUE["image-file-capability"].fix(cut) is None


def test_locks_each_account() -> None:
    image = an_image(files=image_files(without_password=("root", "guest")), user=UNSEEN)

    assert lines_of("image-empty-password", image) == ("RUN passwd -l root", "RUN passwd -l guest")


@pytest.mark.parametrize(
    ("id_", "version", "base"),
    [
        ("debian", "10", "debian:13"),
        ("ubuntu", "20.04", "ubuntu:26.04"),
        ("alpine", "3.9", "alpine:3.23"),
        ("fedora", "40", "fedora:43"),
        ("almalinux", "8", "almalinux:10"),
    ],
)
def test_offers_the_newest_release_of_the_same_distribution(id_: str, version: str, base: str) -> None:
    assert lines_of("image-distribution-ended", an_image(**built_on(id_, version))) == (f"FROM {base}",)


def test_offers_no_base_where_images_go_by_another_name() -> None:
    assert CATALOGUE["image-distribution-ended"].fix(an_image(**built_on("centos", "7"))) is None
    assert CATALOGUE["image-distribution-ended"].fix(an_image(**files(distribution=None))) is None


def test_knows_which_distributions_roll() -> None:
    rolling = ("arch", "archarm", "opensuse-tumbleweed", "wolfi", "chainguard", "void", "gentoo", "kali")
    assert set(rolling) == distributions.ROLLING
    assert all(distributions.is_rolling(id_, version) for id_ in rolling for version in ("", "20260101"))
    assert not distributions.is_rolling("ubuntu", "")
    assert not distributions.is_rolling("debian", "13")
