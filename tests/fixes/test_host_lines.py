"""Fixes of the host's files, proved on files: the rendered lines are run on a tree of ours, which is then looked at."""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from secdash.checks import CATALOGUE
from secdash.checks.audit import WATCHED
from secdash.checks.host_files import PLACES
from secdash.checks.outcome import Status
from secdash.checks.remedy import MembersFix
from secdash.facts.message import say
from secdash.facts.model import AuditRule, HostFile, Snapshot
from secdash.fixes import render
from tests.build import UNSEEN, a_daemon, a_file, a_host, a_snapshot, an_engine
from tests.engine import parts

TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFSOCK: "socket"}
NOBODY = 65534
ROOTFUL = an_engine(security_options=("name=apparmor",))


def seen(path: Path, role: str) -> HostFile:
    """What a reader of the host would say of it."""
    found = path.stat()
    owner, group = pwd.getpwuid(found.st_uid).pw_name, grp.getgrgid(found.st_gid).gr_name
    return HostFile(
        str(path),
        str(path),
        role,
        TYPES[stat.S_IFMT(found.st_mode)],
        stat.S_IMODE(found.st_mode),
        found.st_uid,
        found.st_gid,
        owner,
        group,
    )


def run(lines: tuple[str, ...], rules: Path) -> None:
    """As a root shell would, but for the rules of this machine's own audit."""
    for line in lines:
        if "augenrules" in line:
            continue
        text = line.replace("sudo ", "").replace("/etc/audit/rules.d/docker.rules", shlex.quote(str(rules)))
        subprocess.run(["sh", "-euc", text], check=True, capture_output=True)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A place whose name a shell would take apart."""
    folder = tmp_path / "it's $HOME; here"
    folder.mkdir()
    return folder


def a_wrong(folder: Path, place_of: str, mode: int, uid: int) -> Path:
    path = folder / "wrong"
    if place_of == "etc-docker":
        path.mkdir()
    else:
        path.touch()
    os.chown(path, uid, uid)
    path.chmod(mode)
    return path


WORST = {place.name: place.role for place in PLACES}
FAULTS: Mapping[str, tuple[str, int, int]] = {
    **{f"{name}-loose-mode": (role, 0o7777, 0) for name, role in WORST.items()},
    **{f"{name}-foreign-owner": (role, 0o400, NOBODY) for name, role in WORST.items()},
    "docker-file-writable": ("etc-docker", 0o2777, NOBODY),
    "tls-key-readable": ("tls-key", 0o644, 0),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_lines_mend_the_file(name: str, wrong: Path) -> None:
    parts.require(os.geteuid() == 0, "changing owners needs root")
    role, mode, uid = FAULTS[name]
    if "docker.sock" in role:
        parts.require(_has_group("docker"), "the socket's group is made by Docker's package")
    path, check, snapshot = a_wrong(wrong, role, mode, uid), CATALOGUE[name], a_snapshot(engine=ROOTFUL)
    before = seen(path, role)
    assert check.judge(before, snapshot).status is Status.FAIL
    fix = check.fix(before)
    assert fix

    run(render(fix, before, snapshot).commands, wrong / "rules")

    assert check.judge(seen(path, role), snapshot).status is Status.PASS


def test_every_fix_of_a_file_is_proved_here() -> None:
    of_files = {name for name, entry in CATALOGUE.items() if entry.kind == "file" and entry.fixable}
    of_audit = {f"{name}-not-audited" for _role, name, _number, _title in WATCHED}

    assert of_files == set(FAULTS) | of_audit


def rules_in(file: Path) -> tuple[AuditRule, ...]:
    """The rules that note something, of a file as `augenrules` takes it."""
    found = []
    for line in file.read_text().splitlines():
        action, *fields = [word for word in shlex.split(line) if not word.startswith("-")]
        asked = dict(field.partition("=")[::2] for field in fields)
        if action == "always,exit":
            recursive = "dir" in asked
            found.append(AuditRule(asked["dir" if recursive else "path"], asked["perm"], recursive))
    return tuple(found)


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, name, _number, _title in WATCHED])
def test_the_rule_watches_the_file(role: str, name: str, tmp_path: Path) -> None:
    check, file, rules = CATALOGUE[f"{name}-not-audited"], a_file(key=f"/srv/{name}", role=role), tmp_path / "rules"
    before = watching(file, ())
    assert check.judge(file, before).status is Status.FAIL
    fix = check.fix(file)
    assert fix
    lines = render(fix, file, before).commands

    run(lines, rules)

    assert lines[-1] == "sudo augenrules --load"
    assert check.judge(file, watching(file, rules_in(rules))).status is Status.PASS


def watching(file: HostFile, rules: tuple[AuditRule, ...]) -> Snapshot:
    return a_snapshot(host=a_host(files=(file,), audit_rules=rules))


@pytest.mark.parametrize(
    ("driver", "silent"),
    [("overlay2", ["/srv/data/volumes", "/srv/data/overlay2"]), ("overlayfs", ["/srv/data/volumes"])],
)
def test_what_containers_write_all_the_time_is_not_noted(driver: str, silent: list[str], tmp_path: Path) -> None:
    """The first rule that matches counts, so those that note nothing come first."""
    file, rules = a_file(key="/srv/data", role="data-root", type="folder"), tmp_path / "rules"
    snapshot = a_snapshot(engine=an_engine(storage_driver=driver))
    fix = CATALOGUE["data-root-not-audited"].fix(file)
    assert fix

    run(render(fix, file, snapshot).commands, rules)

    written = rules.read_text().splitlines()
    assert written[:-1] == [f"-a never,exit -F dir={folder}" for folder in silent]
    assert written[-1] == "-a always,exit -F dir=/srv/data -F perm=wa -k docker"


MEMBERS = MembersFix(say("Mend it."))


def test_takes_each_member_but_root_out_of_the_group(tmp_path: Path) -> None:
    """`gpasswd` itself does it, on the accounts of a tree of ours."""
    parts.require(os.geteuid() == 0, "changing groups needs root")
    parts.require_programs("gpasswd")
    accounts = tmp_path / "etc"
    accounts.mkdir()
    (accounts / "group").write_text("root:x:0:\ndocker:x:107:root,ann,bob\n")
    (accounts / "passwd").write_text("root:x:0:0::/:/bin/sh\nann:x:1000:1000::/:\nbob:x:1001:1001::/:\n")
    result = render(MEMBERS, ROOTFUL, a_snapshot(host=a_host(docker_group=("root", "ann", "bob"))))

    run(tuple(line.replace("gpasswd", f"gpasswd -Q {tmp_path}") for line in result.commands), tmp_path)

    assert (accounts / "group").read_text() == "root:x:0:\ndocker:x:107:root\n"
    assert "usermod -g" in str(result.notes[0])


def test_takes_them_out_of_the_group_that_the_daemon_is_set_to() -> None:
    host = a_host(docker_group=("o'neill",), daemon=a_daemon(group="admins"))
    result = render(MEMBERS, ROOTFUL, a_snapshot(host=host))

    assert [shlex.split(line) for line in result.commands] == [["sudo", "gpasswd", "-d", "o'neill", "admins"]]


@pytest.mark.parametrize("host", [UNSEEN, a_host(docker_group=UNSEEN)])
def test_writes_no_line_for_members_that_were_not_seen(host: object) -> None:
    assert render(MEMBERS, ROOTFUL, msgspec.structs.replace(a_snapshot(), host=host)).commands == ()


def test_says_what_the_fix_of_a_socket_does_not_reach() -> None:
    socket = a_file(role="docker.sock", type="socket", mode=0o666)
    fix = CATALOGUE["docker-sock-loose-mode"].fix(socket)
    assert fix

    assert "SocketMode" in str(render(fix, socket, a_snapshot()).notes[0])


def _has_group(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True
