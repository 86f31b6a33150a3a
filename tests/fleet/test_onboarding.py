"""The commands of the cards, run as they are shown, against the real programs of the other side."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.environment import BASE
from secdash.facts.endpoint import Endpoint, SshIdentity
from secdash.facts.identities import examine_tls
from secdash.facts.trying import try_connection
from secdash.fleet.onboarding import cards, ssh, tls
from secdash.fleet.reaching import Place
from tests.cast import signed_in
from tests.engine import parts
from tests.engine.dockerd import running_dockerd
from tests.engine.services import running_sshd


def run(commands, **options):
    return subprocess.run(["sh", "-e"], input=commands, text=True, check=True, capture_output=True, **options)


# --- mutual TLS ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder that the card's commands fill."""
    folder = tmp_path_factory.mktemp("tls") / "it's here"
    run(tls.certificates("127.0.0.1", folder=str(folder)))
    return folder


def read(folder, *names):
    return [(folder / name).read_text() for name in names]


def test_the_certificates_pass_our_own_examination(made):
    found = examine_tls(*read(made, "ca.pem", "cert.pem", "key.pem"), at=timezone.now())

    assert (found.problems, found.remarks) == ((), ())
    assert found.subject == "CN=secdash"


def test_only_root_reads_the_keys_and_nothing_half_made_is_left(made):
    assert {path.name: oct(path.stat().st_mode)[-3:] for path in made.iterdir() if "key" in path.name} == {
        "ca-key.pem": "600",
        "key.pem": "600",
        "server-key.pem": "600",
    }
    assert not [path.name for path in made.iterdir() if path.suffix in (".csr", ".ext")]


@pytest.mark.engine
def test_an_engine_started_as_the_drop_in_says_lets_secdash_in_and_nobody_else(made, tmp_path):
    identity = examine_tls(*read(made, "ca.pem", "cert.pem", "key.pem"), at=timezone.now()).identity
    run(tls.drop_in(2376, folder=str(tmp_path / "tls"), units=str(tmp_path / "units")))
    (tmp_path / "tls").symlink_to(made)
    starts = re.findall(r"^ExecStart=(.*)$", (tmp_path / "units" / "secdash.conf").read_text(), re.MULTILINE)
    words = shlex.split(starts[1])

    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        url = f"tls://127.0.0.1:{listener.getsockname()[1]}"
        options = [word for word in words if word.startswith("--tls")]
        with running_dockerd(args=options, listener=listener):
            ours = try_connection(Endpoint(url, identity))
            nobody = try_connection(Endpoint(url.replace("tls", "tcp", 1)))

    assert starts[0] == ""
    assert words[0].endswith("/dockerd")
    assert "tcp://0.0.0.0:2376" in words
    assert ours.passed, ours
    assert not nobody.passed


# --- SSH ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def limited(dockerd):
    """An SSH server set up as the card says: with its restrictions of the key, and its lines for the account."""
    lines = [line.split() for line in ssh.server("root", str(dockerd.socket)).splitlines() if line.startswith("    ")]
    with running_sshd(dict(lines), restricted=ssh.restrictions(str(dockerd.socket))) as server:
        yield server


@pytest.fixture(params=["key", "server"])
def either(request, dockerd):
    """An SSH server that has only one half of the limits."""
    socket = str(dockerd.socket)
    lines = [line.split() for line in ssh.server("root", socket).splitlines() if line.startswith("    ")]
    halves = {"key": ({}, ssh.restrictions(socket)), "server": (dict(lines), "")}
    options, words = halves[request.param]
    with running_sshd(options, restricted=words) as server:
        yield server


def signing_in(server, tmp_path, *words):
    (tmp_path / "key").write_text(server.key)
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "known").write_text(server.known_hosts)
    options = ["-i", str(tmp_path / "key"), "-o", f"UserKnownHostsFile={tmp_path / 'known'}", "-o", "BatchMode=yes"]
    return ["ssh", "-F", "none", *options, "-p", str(server.port), *words]


def tried(server, socket):
    identity = SshIdentity(server.key, server.known_hosts.strip())
    return try_connection(Endpoint(f"ssh://root@127.0.0.1:{server.port}{socket}", identity))


@pytest.mark.engine
def test_the_authorised_key_forwards_the_socket(limited, dockerd):
    trial = tried(limited, dockerd.socket)

    assert trial.passed, trial


@pytest.mark.engine
def test_each_half_of_the_limits_alone_leaves_that_socket_and_nothing_else(either, dockerd, tmp_path):
    (tmp_path / "another.sock").symlink_to(dockerd.socket)

    assert tried(either, dockerd.socket).passed
    assert not tried(either, tmp_path / "another.sock").passed
    assert said(either, tmp_path, "root@127.0.0.1", "id") == (1, "", "")  # /bin/false ran in its place
    assert "prohibited" in said(either, tmp_path, "-W", f"127.0.0.1:{either.port}", "root@127.0.0.1")[2]
    listening = ("-o", "ExitOnForwardFailure=yes", "-N", "-R", f"{parts.free_port()}:x:1", "root@127.0.0.1")
    assert "forwarding failed" in said(either, tmp_path, *listening)[2]


def said(server, tmp_path, *words):
    command = signing_in(server, tmp_path, *words)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.engine
def test_the_servers_configuration_is_one_that_sshd_takes(tmp_path, limited):
    run(ssh.server("root", "/run/docker.sock", configuration=str(tmp_path / "secdash.conf")))
    run("ssh-keygen -q -t ed25519 -N '' -f host", cwd=tmp_path)
    sshd = ["/usr/sbin/sshd", "-T", "-f", str(tmp_path / "secdash.conf"), "-h", str(tmp_path / "host")]

    told = subprocess.run([*sshd, "-C", "user=root"], check=True, capture_output=True, text=True).stdout.splitlines()

    wanted = {
        "allowstreamlocalforwarding local",
        "permitopen [/run/docker.sock]:*",
        "permittty no",
        "forcecommand /bin/false",
    }
    assert wanted <= set(told)


def test_the_account_is_made_with_the_names_that_were_typed():
    text = ssh.account("ops", "/run/x.sock", "ssh-ed25519 AAAA x", home="/srv/it's")

    assert shlex.split(text.splitlines()[0])[-1] == "ops"
    assert shlex.split(text.splitlines()[3])[2].endswith('command="/bin/false" ssh-ed25519 AAAA x')


# --- the cards ----------------------------------------------------------------------------------------------------


def test_what_is_typed_stands_in_the_commands_and_what_is_no_name_does_not():
    place = cards.place_typed("ssh", {"server": "web-01", "account": "$(reboot)", "port": "99999", "socket": "/run/x"})

    assert place == Place("web-01", 22, "secdash", "/run/x")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["unix", "tls", "ssh", "proxy", "tcp", "carrier-pigeon"])
def test_every_way_has_its_card(kind):
    client, url = signed_in(Role.OPERATOR), reverse("host-commands")

    asked = {"kind": kind, "server": "docker-7.example.org"}
    whole = client.get(url, asked).content.decode()
    part = client.get(url, asked, headers={"HX-Request": "true"}).content.decode()

    assert "<html" in whole
    assert "<html" not in part
    assert ("docker-7.example.org" in part) == (kind == "tls")


def test_cards_lead_to_sections_that_are_there():
    for make in cards.CARDS.values():
        article, anchor = make(Place("web-01", 1, "ops", "/run/x")).guide
        for language in ("en", "fr"):
            text = Path(BASE / "knowledge" / "content" / language / f"{article}.md").read_text(encoding="utf-8")
            assert f"{{#{anchor}}}" in text, (article, anchor)
