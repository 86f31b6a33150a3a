"""What root alone may read, over a real SSH server and a real sudo, set up by the very commands of the card."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from secdash.checks.engine import judge
from secdash.facts.answers import Failure
from secdash.facts.files import as_root, ssh
from secdash.facts.files.seen import Folder, Glimpse, Seen, Wanted
from secdash.facts.files.shell import refused
from secdash.facts.parse.host import parse_host
from secdash.fleet.onboarding import ssh as card
from tests import build
from tests.engine import parts
from tests.engine.own_root import OwnRoot, own_root
from tests.engine.services import SshServer, running_sshd

ACCOUNT = "secdash"
SHADOW = "root:SECRET-HASH:"
SETTINGS = '{"icc": false, "userland-proxy": false}'

JUDGED = ("userland-proxy-on", "etc-docker-not-audited", "registry-certificate-loose-mode")

# What on many hosts root alone may read, and what nobody else should learn.
PREPARED = f"""
umask 077
rm -rf /etc/docker /etc/audit
mkdir -p /etc/docker/certs.d/hub.example /etc/audit/rules.d
printf '%s' '{SETTINGS}' >/etc/docker/daemon.json
: >/etc/docker/certs.d/hub.example/ca.crt; chmod 444 /etc/docker/certs.d/hub.example/ca.crt
echo '-w /etc/docker -p wa' >/etc/audit/rules.d/docker.rules
echo '{SHADOW}' >/etc/secret
"""


@pytest.fixture(scope="module")
def machine() -> Iterator[OwnRoot]:
    parts.require_programs("sudo", "visudo", "useradd")
    with own_root() as machine:
        machine.run("groupadd --force docker\n" + card.account(ACCOUNT, "/run/docker.sock", card.A_KEY))
        machine.run(f"usermod --shell /bin/sh {ACCOUNT}")
        yield machine


@pytest.fixture(scope="module")
def server(machine: OwnRoot) -> Iterator[SshServer]:
    with running_sshd({"UsePAM": "yes"}, within=machine.enter) as server:
        yield server


@pytest.fixture
def without(machine: OwnRoot) -> OwnRoot:
    """The host, and neither reader nor rule."""
    machine.run(f"rm -f {card.RULE} {as_root.READER}\n{PREPARED}")
    return machine


@pytest.fixture
def with_rule(without: OwnRoot) -> OwnRoot:
    without.run(card.INSTALL_READER + card.allow_reader(ACCOUNT))
    return without


def seen_by(server: SshServer, user: str = ACCOUNT) -> Seen:
    seen = ssh.read(server.endpoint("/run/docker.sock", user), {}, seconds=30)
    assert isinstance(seen, Seen), seen.why
    return seen


def as_account(machine: OwnRoot, *command: str, told: str = "") -> subprocess.CompletedProcess[str]:
    who = ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups", "--"]
    return subprocess.run(
        [*machine.enter, *who, *command], input=told, text=True, capture_output=True, check=False, timeout=30
    )


def verdicts(seen: Seen) -> dict[str, str]:
    """Of the checks that need those files."""
    found = judge(build.a_snapshot(host=parse_host(seen)))
    return {each.check: each.outcome.status.value for each in found if each.check in JUDGED}


# --- with and without the rule -------------------------------------------------------------------------------------


@pytest.mark.engine
def test_without_the_rule_it_is_unknown_and_the_reason_says_what_to_do(without: OwnRoot, server: SshServer) -> None:
    seen = seen_by(server)

    assert seen.text("/etc/docker/daemon.json") == Failure(as_root.not_installed("/etc/docker/daemon.json"))
    assert seen.folders[Folder("/etc/audit/rules.d", ".rules", read=True)] == Failure(
        as_root.not_installed("/etc/audit/rules.d")
    )
    assert verdicts(seen) == dict.fromkeys(JUDGED, "unknown")


@pytest.mark.engine
def test_with_the_rule_the_same_account_sees_what_root_sees(with_rule: OwnRoot, server: SshServer) -> None:
    account, root = seen_by(server), seen_by(server, "root")

    assert account.text("/etc/docker/daemon.json") == SETTINGS
    assert parse_host(account) == parse_host(root)
    assert verdicts(account) == {
        "userland-proxy-on": "pass",
        "etc-docker-not-audited": "pass",
        "registry-certificate-loose-mode": "pass",
    }


@pytest.mark.engine
def test_a_reader_that_sudo_does_not_run_is_said(with_rule: OwnRoot, server: SshServer) -> None:
    with_rule.run(f"rm {card.RULE}")

    seen = seen_by(server)

    assert seen.text("/etc/docker/daemon.json") == Failure(as_root.not_allowed("/etc/docker/daemon.json"))


# --- the rule is as narrow as it says ------------------------------------------------------------------------------


@pytest.mark.engine
def test_visudo_takes_the_rule_and_sudo_lists_this_one_command(with_rule: OwnRoot) -> None:
    assert "parsed OK" in with_rule.run("visudo -c")
    listed = as_account(with_rule, "sudo", "-n", "-l").stdout.splitlines()

    allowed = [line.strip() for line in listed[1 + next(n for n, line in enumerate(listed) if "may run" in line) :]]
    assert allowed == [f'(root) NOSETENV: NOPASSWD: {as_root.READER} ""']


@pytest.mark.engine
@pytest.mark.parametrize("name", ["ALL", "Defaults", "a@example", "0"])
def test_no_name_of_an_account_is_read_as_more_than_a_name(with_rule: OwnRoot, name: str) -> None:
    with_rule.run(card.allow_reader(name))

    assert "parsed OK" in with_rule.run("visudo -c")
    assert as_account(with_rule, "sudo", "-n", as_root.READER, told="ab\n").returncode != 0


@pytest.mark.engine
@pytest.mark.parametrize(
    "command",
    [
        ("cat", "/etc/secret"),
        (as_root.READER, "/etc/secret"),
        ("PATH=/tmp", as_root.READER),
        ("-u", "daemon", as_root.READER),
        ("-s",),
        ("sh", as_root.READER),
    ],
)
def test_anything_else_is_refused(with_rule: OwnRoot, command: tuple[str, ...]) -> None:
    done = as_account(with_rule, "sudo", "-n", *command, told="ab\n")

    assert done.returncode != 0
    assert done.stdout == ""


@pytest.mark.engine
@pytest.mark.parametrize("told", ["", "\n", "$(id)\n", "ab cd\n", "ab;id\n"])
def test_it_takes_nothing_but_a_mark(with_rule: OwnRoot, told: str) -> None:
    done = as_account(with_rule, "sudo", "-n", as_root.READER, told=told)

    assert (done.returncode, done.stdout) == (2, "")


LINKED = "ln -sf /etc/secret /etc/docker/daemon.json"
LAID = {
    "its-own-folder": f"chown {ACCOUNT} /etc/docker; {LINKED}",
    "a-folder-of-its-group": f"chgrp {ACCOUNT} /etc/docker; chmod 2770 /etc/docker; {LINKED}",
    "a-folder-of-all": f"chmod 1777 /etc/docker; {LINKED}",
    "a-link-of-roots": LINKED,
    "a-link-for-a-folder": "mkdir -p /etc/other; cp /etc/secret /etc/other/daemon.json; rm -r /etc/docker; "
    "ln -s other /etc/docker",
    "a-link-among-rules": "ln -s /etc/secret /etc/audit/rules.d/x.rules",
    "a-folder-above": f"chown {ACCOUNT} /etc/audit; ln -sf /etc/secret /etc/audit/audit.rules",
    "a-registry": "mkdir /etc/docker/certs.d/x; ln -s /etc/secret /etc/docker/certs.d/x/ca.crt",
}


@pytest.mark.engine
@pytest.mark.parametrize("how", LAID)
def test_nothing_that_others_could_have_laid_there_is_read(with_rule: OwnRoot, how: str) -> None:
    with_rule.run(LAID[how])

    done = as_account(with_rule, "sudo", "-n", as_root.READER, told="ab\n")

    assert done.returncode == 0, done.stderr
    assert "SECRET" not in done.stdout
    assert "/proc/1/mountinfo" in done.stdout  # it went on to its end


# --- what is made of both ------------------------------------------------------------------------------------------

PATH, OTHER = "/etc/docker/daemon.json", "/srv/tls/key.pem"
WANTED = Wanted(frozenset({OTHER}), frozenset({PATH}))


def own(**texts: Any) -> Glimpse:
    return Glimpse({PATH: refused(PATH), OTHER: refused(OTHER)}, dict(texts), {})


def test_the_readers_word_counts_only_where_the_account_has_none() -> None:
    chunks = [("E", PATH, b"8180 0 0"), ("T", PATH, b"{}"), ("E", OTHER, b"8180 0 0")]

    found = as_root.completed(WANTED, own(), chunks)

    assert found.texts == {PATH: "{}"}
    assert found.entries[PATH].mode == 0o600

    seen = Glimpse(found.entries, {PATH: "mine"}, {})
    assert as_root.completed(WANTED, seen, [("E", PATH, b"81ff 9 9"), ("T", PATH, b"theirs")]) == seen


def test_advice_is_given_for_what_the_reader_would_read_alone() -> None:
    missing, broken = (as_root.completed(WANTED, own(), reader) for reader in (None, []))

    assert missing.entries == {PATH: Failure(as_root.not_installed(PATH)), OTHER: refused(OTHER)}
    assert broken.entries == {PATH: Failure(as_root.not_allowed(PATH)), OTHER: refused(OTHER)}


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox"])
def test_every_shell_reads_the_program(shell: str) -> None:
    parts.require_programs(shell)
    command = ["busybox", "sh"] if shell == "busybox" else [shell]

    done = subprocess.run([*command, "-n"], input=as_root.program(), text=True, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_program_reads_settings_and_no_keys() -> None:
    read = as_root.TEXTS | {folder.path for folder in as_root.FOLDERS if folder.read}

    assert {path.rpartition(".")[2] for path in read} == {"json", "service", "rules", "d"}
