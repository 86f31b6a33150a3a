"""The cards: what is typed stands in their commands, and each half of the limits of SSH holds by itself.

Whole cards are followed on hosts of their own in test_onboarding_tls, test_onboarding_ssh and test_onboarding_proxy.
"""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from django.urls import reverse

from secdash.accounts.roles import Role
from secdash.environment import BASE
from secdash.facts.endpoint import Endpoint, SshIdentity
from secdash.facts.trying import try_connection
from secdash.fleet.onboarding import cards, ssh
from secdash.fleet.reaching import Place
from tests.cast import signed_in
from tests.engine import parts
from tests.engine.services import running_sshd

# --- SSH ----------------------------------------------------------------------------------------------------------


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
