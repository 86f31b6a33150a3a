"""The card of mutual TLS, pasted as it is shown into root's shell on a host with Debian's units and a real systemd."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.utils import timezone

from secdash.facts.endpoint import Endpoint
from secdash.facts.identities import Examined, examine_tls
from secdash.fleet.onboarding import cards, tls
from tests.engine import parts
from tests.engine.own_host import UNITS, own_host
from tests.engine.own_root import OwnRoot
from tests.fleet import on_host

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("cards")]

URL = "127.0.0.1:2376"
PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----.*?-----END \1-----\n", re.DOTALL)
CARD = "".join(step.commands for step in cards.card_of({"kind": "tls", "server": "127.0.0.1"}).steps)
LABELS = "docker -H unix:///var/run/docker.sock info --format '{{join .Labels \" \"}}'"


@pytest.fixture(scope="module")
def host() -> Iterator[OwnRoot]:
    parts.require_programs("openssl")
    with own_host() as host:
        host.run("""printf '%s\\n' 'DOCKER_OPTS="--label=a=1 --label=b=2"' >/etc/default/docker""")
        yield host


@pytest.fixture(scope="module")
def printed(host: OwnRoot) -> str:
    """What the whole card prints, and how the shell stands afterwards."""
    done = on_host.run(host, ["sh"], f"{CARD}umask; pwd; set -o | grep -E '^(errexit|nounset)'\n")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def handed_over(printed: str) -> Examined:
    """What a person pastes into the form."""
    authority, certificate, key = (found.group() for found in PEM.finditer(printed))
    return examine_tls(authority, certificate, key, at=timezone.now())


def test_the_certificates_pass_our_own_examination(handed_over: Examined) -> None:
    assert (handed_over.problems, handed_over.remarks) == ((), ())
    assert handed_over.subject == "CN=secdash"


def test_the_engine_lets_secdash_in_and_nobody_else(host: OwnRoot, handed_over: Examined) -> None:
    assert on_host.tried(host, Endpoint(f"tls://{URL}", handed_over.identity)) == "passed"
    assert on_host.tried(host, Endpoint(f"tcp://{URL}")) != "passed"


def test_the_socket_of_the_machine_and_the_options_of_its_unit_stay(host: OwnRoot, printed: str) -> None:
    assert host.run(LABELS).split() == ["a=1", "b=2"]


@pytest.fixture
def dockers_own_unit(host: OwnRoot, printed: str) -> Iterator[None]:
    """As Docker's own packages write it: without a file of options."""
    host.run(f"sed -i -e '/^EnvironmentFile=/d' -e 's/ [$]DOCKER_OPTS//' {UNITS}/docker.service\n{tls.RESTART}")
    yield
    host.run(f"cp /usr/lib/systemd/system/docker.service {UNITS}\n{tls.RESTART}")


@pytest.mark.usefixtures("dockers_own_unit")
def test_the_same_lines_are_right_where_the_unit_knows_no_such_options(host: OwnRoot, handed_over: Examined) -> None:
    assert host.run(LABELS).split() == []
    assert on_host.tried(host, Endpoint(f"tls://{URL}", handed_over.identity)) == "passed"


def test_the_shell_stays_as_it_was(printed: str) -> None:
    assert PEM.sub("", printed).split() == ["0022", "/", "errexit", "off", "nounset", "off"]


def test_a_command_that_fails_ends_nothing_but_itself(host: OwnRoot) -> None:
    text = tls.certificates("127.0.0.1", folder="/proc/nowhere/tls")

    assert on_host.run(host, ["sh"], f"{text}echo still here\n").stdout == "still here\n"


def test_only_root_reads_the_keys_and_everybody_the_unit(host: OwnRoot, printed: str) -> None:
    modes = host.run(f"cd {tls.FOLDER}; stat -c '%n %a' . *-key.pem /etc/docker {tls.UNITS} {tls.UNITS}/*").split("\n")

    assert modes[:-1] == [
        ". 700",
        "ca-key.pem 600",
        "server-key.pem 600",
        "/etc/docker 755",
        f"{tls.UNITS} 755",
        f"{tls.UNITS}/secdash.conf 644",
    ]
    assert set(host.run(f"ls {tls.FOLDER}").split()) == {
        *("ca.pem", "ca.srl", "ca-key.pem", "server-cert.pem", "server-key.pem", "cert.pem")
    }


def test_the_unit_is_readable_whatever_roots_umask_is(host: OwnRoot) -> None:
    host.run("umask 077\n" + tls.drop_in(2376, units="/etc/systemd/system/other.service.d"))

    assert host.run("stat -c %a /etc/systemd/system/other.service.d/*").split() == ["644"]


def test_names_are_quoted(host: OwnRoot) -> None:
    host.run(tls.certificates("docker-1.example.org", folder="/etc/docker/it's here"))

    said = host.run('openssl x509 -noout -ext subjectAltName -in "/etc/docker/it\'s here/server-cert.pem"')
    assert "DNS:docker-1.example.org" in said
