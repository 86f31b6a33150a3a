"""The card of SSH, pasted as it is shown into root's shell on a host with Debian's sshd and a real systemd."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from secdash.facts.endpoint import Endpoint, SshIdentity
from secdash.facts.files.as_root import READER
from secdash.facts.ssh_keys import fingerprint
from secdash.fleet.onboarding import cards, local, ssh
from tests.engine import parts
from tests.engine.own_host import own_host
from tests.engine.own_root import OwnRoot
from tests.fleet import on_host

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("cards")]

SOCKET = "/var/run/docker.sock"
MAKE_KEY, *ON_HOST, FINGERPRINTS = (
    step.commands for step in cards.card_of({"kind": "ssh", "server": "127.0.0.1", "account": "secdash"}).steps
)
FOR_THE_SOCKET, FOR_FILES = ON_HOST[:2], ON_HOST[2:]
ANOTHER = "/run/another.sock"


class Ready(NamedTuple):
    """A host for which the card was followed; `printed` is what its commands said."""

    host: OwnRoot
    key: Path
    identity: SshIdentity
    printed: str

    def tried(self, socket: str = SOCKET) -> str:
        return on_host.tried(self.host, Endpoint(f"ssh://secdash@127.0.0.1{socket}", self.identity))

    def signed_in(self, *words: str) -> subprocess.CompletedProcess[str]:
        known = "-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", "-oBatchMode=yes"
        return on_host.run(self.host, ["ssh", "-F", "none", "-q", *known, "-i", str(self.key), *words])


@contextmanager
def prepared(folder: Path, steps: list[str]) -> Iterator[Ready]:
    parts.require_programs("ssh", "sudo", "visudo", "useradd")
    subprocess.run(["sh", "-e"], input=MAKE_KEY, text=True, check=True, capture_output=True, cwd=folder)
    public = (folder / "secdash-key.pub").read_text().strip()
    with own_host() as host:
        host.run(f"systemctl start docker ssh; ln -s docker.sock {ANOTHER}")
        done = on_host.run(host, ["sh"], "".join(steps).replace(ssh.A_KEY, public))
        assert done.returncode == 0, done.stderr
        kind, data = host.run("cat /etc/ssh/ssh_host_ed25519_key.pub").split()[:2]
        identity = SshIdentity((folder / "secdash-key").read_text(), f"127.0.0.1 {kind} {data}")
        yield Ready(host, folder / "secdash-key", identity, done.stdout)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    with prepared(tmp_path_factory.mktemp("key"), FOR_THE_SOCKET) as ready:
        yield ready


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    """With the steps for the files of the host as well."""
    with prepared(tmp_path_factory.mktemp("key"), ON_HOST) as ready:
        yield ready


def test_an_account_without_a_shell_and_a_password_forwards_the_socket(ready: Ready) -> None:
    *_, shell = ready.host.run("getent passwd secdash").strip().split(":")
    password = ready.host.run("getent shadow secdash").split(":")[1]

    assert (shell, password) == ("/usr/sbin/nologin", "*")
    assert ready.tried() == "passed"


def test_it_opens_nothing_else(ready: Ready) -> None:
    ran = ready.signed_in("secdash@127.0.0.1", "id")
    terminal = ready.signed_in("-tt", "secdash@127.0.0.1")
    port = ready.signed_in("-W", "127.0.0.1:22", "secdash@127.0.0.1")
    listening = ready.signed_in("-oExitOnForwardFailure=yes", "-N", "-R", "8080:x:1", "secdash@127.0.0.1")

    assert ready.tried(ANOTHER) != "passed"
    assert all(done.returncode for done in (ran, terminal, port, listening))
    assert {ran.stdout, terminal.stdout} <= {"This account is currently not available.\n", ""}


def test_the_last_line_shows_what_sshd_took(ready: Ready) -> None:
    assert ready.printed == f"permitopen [{SOCKET}]:*\n"


def test_the_way_is_open_where_sshd_takes_locked_accounts_for_closed_ones(ready: Ready) -> None:
    """As it does without PAM, which not every distribution has it use."""
    ready.host.run(f"echo 'UsePAM no' >/etc/ssh/sshd_config.d/0.conf\n{ssh.RELOAD}")

    assert ready.tried() == "passed"


def test_the_fingerprints_are_those_that_the_page_shows(ready: Ready) -> None:
    lines = ready.host.run(FINGERPRINTS).splitlines()

    assert fingerprint(ready.identity.host_key.split()[2]) in {line.split()[1] for line in lines}


def test_with_the_further_steps_it_runs_commands_and_still_opens_one_socket(reading: Ready) -> None:
    assert reading.signed_in("secdash@127.0.0.1", "id", "-un").stdout == "secdash\n"
    assert reading.tried() == "passed"
    assert reading.tried(ANOTHER) != "passed"
    assert reading.signed_in("-W", "127.0.0.1:22", "secdash@127.0.0.1").returncode != 0


def test_and_sudo_runs_the_one_program(reading: Ready) -> None:
    told = f"echo ab | sudo -n {READER}"

    assert "/proc/1/mountinfo" in reading.signed_in("secdash@127.0.0.1", told).stdout
    assert reading.signed_in("secdash@127.0.0.1", "sudo", "-n", "id").returncode != 0


# --- the Engine of the machine itself ------------------------------------------------------------------------------


def test_the_user_that_the_card_of_the_local_socket_names_opens_it_afterwards(ready: Ready) -> None:
    asked = ["setpriv", "--reuid=workers", "--regid=workers", "--init-groups", "docker", "-H", f"unix://{SOCKET}", "ps"]
    ready.host.run("useradd --system --user-group workers")
    before = on_host.run(ready.host, asked).returncode

    ready.host.run(local.join_group("workers"))

    assert before != 0
    assert on_host.run(ready.host, asked).returncode == 0


def test_it_names_the_user_of_this_process() -> None:
    (step,) = cards.card_of({"kind": "unix"}).steps

    assert step.commands.split()[-1] == pwd.getpwuid(os.geteuid()).pw_name


# --- names ---------------------------------------------------------------------------------------------------------


def test_root_is_never_locked_out() -> None:
    card = cards.card_of({"kind": "ssh", "server": "web-01", "account": "root"})

    assert card.warning
    assert not any("Match User root" in step.commands for step in card.steps)
