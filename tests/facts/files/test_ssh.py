"""Reading a host over a real SSH server: with its own shell, with dash and with busybox, and as different users."""

from __future__ import annotations

import os
import time

import msgspec
import pytest

from secdash.facts import model
from secdash.facts import ssh as ssh_connection
from secdash.facts.answers import Failure
from secdash.facts.files import shell, ssh
from secdash.facts.files.local import LocalFiles
from secdash.facts.files.seen import Folder, Glimpse, Process, Seen, Wanted
from secdash.facts.files.wanted import KERNEL_TABLES, rounds
from secdash.facts.parse.host import parse_host
from tests import build
from tests.engine import parts

pytestmark = pytest.mark.engine


@pytest.fixture
def account(sshd):
    return sshd.endpoint("/var/run/docker.sock")


def connected(account, seconds=30):
    return ssh.SshFiles(account, time.monotonic() + seconds)


@pytest.fixture
def host(tmp_path):
    (tmp_path / "rules").mkdir()
    for name in ("a.rules", "b b.rules", "c'.rules", ".hidden.rules", "d.off"):
        (tmp_path / "rules" / name).write_bytes(f"text of {name}\n".encode() + b"\0\x01caf\xe9")
    (tmp_path / "key.pem").write_text("x")
    os.chown(tmp_path / "key.pem", 4321, 8765)
    (tmp_path / "key.pem").chmod(0o4640)
    (tmp_path / "link").symlink_to("key.pem")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "empty").touch()
    (tmp_path / "long").write_bytes(b"x" * ((1 << 20) + 1))
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


def everything(path):
    names = (
        "key.pem",
        "link",
        "dangling",
        "none",
        "rules",
        "pipe",
        "key.pem/below",
        "$(touch pwned)",
        "a;b",
        "-x",
        "é",
    )
    return Wanted(
        entries=frozenset(f"{path}/{name}" for name in names),
        texts=frozenset(f"{path}/{name}" for name in ("empty", "long", "pipe", "rules/a.rules", "none")),
        folders=frozenset({
            Folder(f"{path}/rules", ".rules", read=True), Folder(f"{path}/none"), Folder(f"{path}/key.pem"),
        }),
    )  # fmt: skip


def test_sees_what_somebody_on_the_host_sees(account, host):
    wanted = everything(host)

    with connected(account) as files:
        assert files.look(wanted) == LocalFiles().look(wanted)
    assert not (host / "pwned").exists()


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_any_shell_runs_the_script(account, host, shell, tmp_path_factory, monkeypatch):
    """The script is run by that shell, and for busybox with busybox's own programs."""
    parts.require_programs(shell)
    programs = tmp_path_factory.mktemp("programs")
    applets = ("stat", "head", "cat") if shell == "busybox" else ()
    for applet in applets:
        (programs / applet).symlink_to("/bin/busybox")
    shown = "busybox sh" if shell == "busybox" else shell
    own = f"PATH={programs}; export PATH\n" if applets else ""
    monkeypatch.setattr(ssh_connection, "SHELL", f"exec {shown} -s")
    monkeypatch.setattr(ssh, "FUNCTIONS", own + ssh.FUNCTIONS)
    wanted = everything(host)

    with connected(account) as files:
        assert files.look(wanted) == LocalFiles().look(wanted)


def test_a_host_is_read_in_two_rounds(account):
    asked = []

    class Counting(ssh.SshFiles):
        def _run(self, lines):
            asked.append(lines)
            return super()._run(lines)

    with Counting(account, time.monotonic() + 30) as files:
        facts = parse_host(rounds(files, files.first({})))

    assert len(asked) <= 2
    assert model.load(model.dump(build.a_snapshot(host=facts))).host == facts
    assert {file.role: file.owner for file in facts.files}["dockerd"] == "root"
    assert "/" in facts.mount_points


def test_the_daemon_is_found_by_its_process(account, dockerd):
    with connected(account) as files:
        found = files.first({}).daemon

    # Several tests' daemons may run on this machine: then nobody can tell which of them is meant.
    daemons = [pid for pid, name in LocalFiles().programs().items() if name == "dockerd"]
    if len(daemons) == 1:
        assert found.argv[0] == "dockerd"
        assert str(dockerd.folder / "daemon.json") in found.argv
    else:
        assert found == ssh.NOT_ONE_DAEMON


MOUNTS = b"20 1 8:1 / / rw - ext4 /dev/x rw\n"
OTHER = b"20 1 0:9 / / rw - overlay x rw\n"


def _processes(*daemons):
    files = {"/proc/1/mountinfo": MOUNTS}
    for number, (table, uid) in enumerate(daemons):
        place = f"/proc/{number + 7}"
        files |= {f"{place}/cmdline": b"dockerd\0-D\0", f"{place}/status": b"Uid:\t9\t%d\t9\t9\n" % uid}
        files[f"{place}/mountinfo"] = table
    return files


def test_of_several_daemons_only_one_of_the_kind_with_the_hosts_root_counts():
    own, rootless, contained = (MOUNTS, 0), (MOUNTS, 1000), (OTHER, 0)

    assert ssh._only_daemon(_processes(own, contained), False) == Process(("dockerd", "-D"), 0)
    assert ssh._only_daemon(_processes(own, rootless), False) == Process(("dockerd", "-D"), 0)
    assert ssh._only_daemon(_processes(own, rootless), True) == Process(("dockerd", "-D"), 1000)
    assert ssh._only_daemon(_processes(own, own), False) == ssh.NOT_ONE_DAEMON
    assert ssh._only_daemon(_processes(contained), False) == ssh.NOT_ONE_DAEMON
    assert ssh._only_daemon({**_processes(own), "/proc/7/cmdline": b""}, False) == ssh.NOT_ONE_DAEMON
    assert ssh._only_daemon({**_processes((b"", 0)), "/proc/1/mountinfo": b""}, False) == ssh.NOT_ONE_DAEMON


def test_a_rootless_daemon_that_is_not_seen_leaves_all_unread(account):
    found = ssh.read(account, {"SecurityOptions": ["name=rootless"]}, seconds=30)

    assert found == ssh.ROOTLESS_UNSEEN


def test_what_the_user_may_not_read_is_a_failure(account, host, monkeypatch):
    monkeypatch.setattr(ssh_connection, "SHELL", "exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -s")
    (host / "rules").chmod(0o700)
    (host / "empty").chmod(0o600)
    for folder in host.parents:
        if folder.is_relative_to("/tmp/pytest-of-root"):
            folder.chmod(folder.stat().st_mode | 0o011)
    host.chmod(0o755)

    with connected(account) as files:
        seen = files.look(everything(host))

    for fact in (seen.entries[f"{host}/rules/a.rules"], seen.texts[f"{host}/empty"]):
        assert isinstance(fact, Failure)
        assert "may not read" in str(fact.why)
    assert isinstance(seen.folders[Folder(f"{host}/rules", ".rules", read=True)], Failure)


def test_no_way_in_is_a_sentence(account):
    nobody = msgspec.structs.replace(account, url=account.url.replace("root@", "nobody-here@"))

    found = ssh.read(nobody, {}, seconds=10)

    assert isinstance(found, Failure)
    assert "lets no nobody-here in" in str(found.why)


def test_time_that_is_up_leaves_the_rest_unread(account):
    wanted = Wanted(frozenset({"/etc"}), folders=frozenset({Folder("/etc")}))

    with connected(account, seconds=0) as files:
        assert files.look(wanted) == Glimpse({"/etc": ssh.OUT_OF_TIME}, {}, {Folder("/etc"): ssh.OUT_OF_TIME})


def test_an_account_without_a_shell_leaves_all_unread():
    wanted = Wanted(frozenset({"/etc"}), folders=frozenset({Folder("/etc")}))

    assert shell.glimpse_of(wanted, []) == Glimpse(
        {"/etc": shell.NOT_ANSWERED}, {}, {Folder("/etc"): shell.NOT_ANSWERED}
    )


def test_a_whole_host_over_ssh(account):
    found = ssh.read(account, {}, seconds=30)

    assert isinstance(found, Seen)
    assert all(path in found.entries for path in KERNEL_TABLES)
    assert parse_host(found).source == "ssh"
