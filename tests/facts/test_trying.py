"""Trying connections against the real parts: each failure is the right step's, and said word for word."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncssh
import msgspec
import pytest

from secdash.facts import ssh as ssh_connection
from secdash.facts import trouble, trying
from secdash.facts.connect import Unreachable
from secdash.facts.endpoint import Endpoint, SshIdentity, TlsIdentity
from secdash.facts.trying import STEPS, host_key_of, try_connection
from tests.engine import parts
from tests.engine.certificates import Authority
from tests.engine.ports import NO_CERTIFICATE, answering, over_tls, proxied_for_reading, saying
from tests.engine.recordings import recorded
from tests.engine.replaying_server import HangUp, recorded_routes, replaying
from tests.engine.services import running_sshd
from tests.facts.steps import failed_step
from tests.facts.troubles import TROUBLES

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("transport")]

OTHER = Authority("another authority")
KEY = asyncssh.generate_private_key("ssh-ed25519")
HTML = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture(scope="module")
def socket_path() -> Iterator[str]:
    """The path of the socket of a recorded Engine, which everybody on this machine may reach and only root open."""
    with replaying(recorded_routes()) as engine:
        path = Path(engine.url.removeprefix("unix://"))
        path.parent.chmod(0o755)
        path.chmod(0o600)
        yield str(path)


@pytest.fixture(scope="module")
def unforwarding():
    """An SSH server that forwards to no socket, and runs a shell."""
    with running_sshd({"AllowStreamLocalForwarding": "no"}) as server:
        yield server


def assert_said(message, trouble, **values):
    assert str(message) == TROUBLES[trouble][0].format(**values)


# --- what works ---------------------------------------------------------------------------------------------------


def test_every_step_of_mutual_tls_passes(tls_engine):
    trial = try_connection(tls_engine.endpoint(tls_engine.authority.client()))

    assert [step.name for step in trial.steps] == list(STEPS["tls"])
    assert trial.passed
    assert trial.engine == tls_engine.engine.get("/version")["Version"]
    assert trial.api == tls_engine.engine.get("/version")["ApiVersion"]
    assert trial.system.startswith("linux ")


def test_every_step_over_ssh_passes(sshd, dockerd):
    trial = try_connection(sshd.endpoint(str(dockerd.socket)))

    assert [step.name for step in trial.steps] == list(STEPS["ssh"])
    assert trial.passed
    assert trial.engine == dockerd.get("/version")["Version"]


def test_a_proxy_that_only_lets_read_is_enough(dockerd):
    with proxied_for_reading(dockerd.socket) as port:
        trial = try_connection(f"tcp://127.0.0.1:{port}")

    assert [step.name for step in trial.steps] == list(STEPS["tcp"])
    assert trial.passed


def test_podman_is_called_by_its_name():
    with replaying(recorded_routes("podman")) as engine:
        trial = try_connection(engine.url)

    assert trial.passed
    assert trial.engine == f"Podman {recorded('podman/version.json')['Version']}"


def test_a_key_that_may_only_forward_is_enough(socket_path):
    with running_sshd(restricted='restrict,port-forwarding,command="/bin/false"') as server:
        assert try_connection(server.endpoint(socket_path)).passed


# --- what was entered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["", "docker.sock", "http://localhost:2375", "tcp://", "tcp://a b", "tcp://h:0", "tcp://h:99999", "tls://u@h",
            "tcp://h/path", "ssh://host", "ssh://u:secret@host", "ssh://u@host/a\nb", "ssh://-oProxy@host"]
)  # fmt: skip
def test_an_address_that_is_none(url):
    name, message = failed_step(url)

    assert name == "address"
    assert_said(message, "not-an-address")


@pytest.mark.parametrize(
    ("identity", "trouble"),
    [
        (None, "no-certificates"),
        (TlsIdentity("no certificate", "", ""), "unreadable-authority"),
        (TlsIdentity(OTHER.certificate, OTHER.client().certificate, OTHER.client().key), "unreadable-pair"),
        (TlsIdentity(OTHER.certificate, OTHER.client().certificate, "no key"), "unreadable-pair"),
        (SshIdentity("", ""), "no-certificates"),
    ],
)
def test_certificates_that_cannot_be_used(identity, trouble):
    name, message = failed_step(Endpoint("tls://localhost:1", identity))

    assert name == "address"
    assert_said(message, trouble, host="localhost")


ENCRYPTED = KEY.export_private_key(passphrase="right", rounds=50).decode()


@pytest.mark.parametrize(
    ("identity", "trouble"),
    [
        (None, "no-key"),
        (SshIdentity("", ""), "no-key"),
        (SshIdentity("no key", ""), "unreadable-key"),
        (SshIdentity(ENCRYPTED, ""), "unreadable-key"),
        (SshIdentity(ENCRYPTED, "", "wrong"), "unreadable-key"),
    ],
)
def test_keys_that_cannot_be_used(identity, trouble):
    name, message = failed_step(Endpoint("ssh://me@localhost:1", identity))

    assert name == "address"
    assert_said(message, trouble, host="localhost")


# --- the way there ------------------------------------------------------------------------------------------------


def test_a_name_that_nobody_knows():
    name, message = failed_step("tcp://nowhere.invalid")

    assert name == "name"
    assert_said(message, "no-such-name", host="nowhere.invalid")


def test_an_address_that_is_never_connected_to():
    name, message = failed_step("tcp://169.254.169.254:80")

    assert name == "route"
    assert_said(message, "forbidden-address", host="169.254.169.254")


@pytest.mark.parametrize("scheme", ["tcp", "tls", "ssh"])
def test_a_port_on_which_nobody_listens(scheme):
    identities = {
        "tcp": None,
        "tls": TlsIdentity(OTHER.certificate, "", ""),
        "ssh": SshIdentity(KEY.export_private_key().decode(), ""),
    }
    port = parts.free_port()

    name, message = failed_step(
        Endpoint(f"{scheme}://{'me@' if scheme == 'ssh' else ''}127.0.0.1:{port}", identities[scheme])
    )

    assert name == "port"
    assert_said(message, "closed-port", host="127.0.0.1", port=port)


def test_a_port_that_drops_what_is_sent(monkeypatch):
    """One connection fills the queue of a listener that accepts none."""
    monkeypatch.setattr(trying, "CONNECT_TIME", 0.3)
    with closing(socket.socket()) as listener, closing(socket.socket()) as first:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        first.connect(("127.0.0.1", port))
        name, message = failed_step(f"tcp://127.0.0.1:{port}")

    assert name == "route"
    assert message == trouble.silent_port("127.0.0.1", port).message


# --- TLS ----------------------------------------------------------------------------------------------------------


def test_another_authority_than_the_engines(tls_engine):
    name, message = failed_step(
        tls_engine.endpoint(tls_engine.authority.client(), authority=OTHER.certificate),
    )

    assert name == "tls"
    assert_said(message, "wrong-authority", host="localhost")


def test_another_name_than_the_certificates(tls_engine):
    name, message = failed_step(tls_engine.endpoint(tls_engine.authority.client(), host="127.0.0.1"))

    assert name == "tls"
    assert_said(message, "wrong-host-name", host="127.0.0.1")


def test_an_engine_whose_certificate_has_expired():
    with answering(over_tls(OTHER.server("localhost", ended=True))) as port:
        name, message = failed_step(Endpoint(f"tls://localhost:{port}", TlsIdentity(OTHER.certificate, "", "")))

    assert name == "tls"
    assert_said(message, "their-certificate-expired", host="localhost")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (over_tls(OTHER.server("localhost", early=True)), trouble.their_certificate_early("localhost")),
        (over_tls(OTHER.server("localhost"), old=True), trouble.old_tls("localhost")),
    ],
)
def test_an_engine_whose_tls_is_not_of_today(answer, sentence):
    with answering(answer) as port:
        name, message = failed_step(Endpoint(f"tls://localhost:{port}", TlsIdentity(OTHER.certificate, "", "")))

    assert name == "tls"
    assert message == sentence.message


YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()


@pytest.mark.parametrize(
    ("make", "trouble"),
    [
        (lambda _authority: NO_CERTIFICATE, "our-certificate-missing"),
        (lambda authority: authority.client(ended=True), "our-certificate-expired"),
        (lambda _authority: OTHER.client(), "our-certificate-refused"),
        (lambda authority: authority.server("localhost"), "our-certificate-refused"),
    ],
)
def test_a_certificate_that_the_engine_refuses(tls_engine, make, trouble):
    name, message = failed_step(tls_engine.endpoint(make(tls_engine.authority)))

    assert name == "identity"
    assert_said(message, trouble, host="localhost", day=YESTERDAY)


@pytest.mark.parametrize("answer", [saying(HTML), saying(b"SSH-2.0-x\r\n"), lambda _connection: None])
def test_tls_to_a_port_that_speaks_none(answer):
    with answering(answer) as port:
        name, message = failed_step(Endpoint(f"tls://localhost:{port}", TlsIdentity(OTHER.certificate, "", "")))

    assert name == "tls"
    assert_said(message, "tls-to-plain-port", host="localhost", port=port)


def test_a_handshake_that_does_not_end(monkeypatch):
    monkeypatch.setattr(trying, "CONNECT_TIME", 0.3)

    with answering(lambda connection: connection.recv(1 << 16, 0x100) and connection.recv(1 << 16)) as port:
        name, message = failed_step(Endpoint(f"tls://localhost:{port}", TlsIdentity(OTHER.certificate, "", "")))

    assert name == "tls"
    assert_said(message, "silent-handshake", host="localhost", port=port)


def test_plain_http_to_a_tls_port(tls_engine):
    name, message = failed_step(f"tcp://localhost:{tls_engine.port}")

    assert name == "api"
    assert_said(message, "plain-to-tls-port")


# --- SSH ----------------------------------------------------------------------------------------------------------


def test_a_host_key_that_nobody_confirmed(sshd, socket_path):
    endpoint = msgspec.structs.replace(sshd.endpoint(socket_path), identity=SshIdentity(sshd.key, ""))

    name, message = failed_step(endpoint)

    assert name == "host_key"
    assert_said(message, "unconfirmed-host-key", host="127.0.0.1")


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_another_host_key_than_the_confirmed_one(sshd, socket_path, kind):
    other = asyncssh.generate_private_key(kind).export_public_key().decode()
    endpoint = msgspec.structs.replace(sshd.endpoint(socket_path), identity=SshIdentity(sshd.key, f"host {other}"))

    name, message = failed_step(endpoint)

    assert name == "host_key"
    assert_said(message, "changed-host-key", host="127.0.0.1")


def test_a_key_that_the_host_does_not_know(sshd, socket_path):
    wrong = SshIdentity(ENCRYPTED, sshd.known_hosts, "right")

    name, message = failed_step(msgspec.structs.replace(sshd.endpoint(socket_path), identity=wrong))

    assert name == "identity"
    assert_said(message, "our-key-refused", host="127.0.0.1", user="root")


def test_a_port_that_does_not_speak_ssh():
    with answering(saying(HTML)) as port:
        identity = SshIdentity(KEY.export_private_key().decode(), f"x {KEY.export_public_key().decode()}")
        name, message = failed_step(Endpoint(f"ssh://me@127.0.0.1:{port}", identity))

    assert name == "host_key"
    assert_said(message, "no-ssh", host="127.0.0.1", port=port)


def test_an_ssh_server_that_keeps_silent(monkeypatch, sshd):
    monkeypatch.setattr(ssh_connection, "SIGN_IN_TIME", 0.3)

    with answering(lambda connection: connection.recv(1 << 16) and connection.recv(1 << 16)) as port:
        name, message = failed_step(Endpoint(f"ssh://me@127.0.0.1:{port}", SshIdentity(sshd.key, sshd.known_hosts)))

    assert name == "host_key"
    assert_said(message, "silent-ssh", host="127.0.0.1", port=port)


def test_a_server_that_forwards_to_no_socket(unforwarding, socket_path):
    name, message = failed_step(unforwarding.endpoint(socket_path))

    assert name == "socket"
    assert_said(message, "no-forwarding", host="127.0.0.1", user="root", path=socket_path)


def test_a_key_that_may_neither_forward_nor_ask(socket_path):
    with running_sshd(restricted='restrict,command="/bin/false"') as server:
        name, message = failed_step(server.endpoint(socket_path))

    assert name == "socket"
    assert_said(message, "socket-not-opened", host="127.0.0.1", user="root", path=socket_path)


@pytest.mark.parametrize(
    ("path", "trouble"), [("/nowhere/docker.sock", "no-remote-socket"), ("/etc/passwd", "no-socket-there")]
)
def test_a_path_where_no_socket_is(sshd, path, trouble):
    name, message = failed_step(sshd.endpoint(path))

    assert name == "socket"
    assert_said(message, trouble, host="127.0.0.1", path=path)


def test_a_socket_that_the_account_may_not_open(socket_path):
    with running_sshd({"UsePAM": "yes"}) as server:  # which lets in an account that has a shell and no password
        name, message = failed_step(server.endpoint(socket_path, user="postgres"))

    assert name == "socket"
    assert_said(message, "remote-socket-denied", host="127.0.0.1", user="postgres", path=socket_path)


def test_the_key_of_a_host_is_seen_without_signing_in(sshd):
    found = host_key_of(f"ssh://nobody@127.0.0.1:{sshd.port}")

    assert found.line == sshd.known_hosts.strip()
    assert found.kind == "ssh-ed25519"
    assert found.fingerprint == asyncssh.import_public_key(" ".join(found.line.split()[1:])).get_fingerprint()


def test_only_ssh_hosts_show_keys():
    with pytest.raises(Unreachable) as caught:
        host_key_of("tcp://localhost")

    assert_said(caught.value.message, "not-an-address")


# --- what answers -------------------------------------------------------------------------------------------------


def test_something_else_than_docker():
    with answering(saying(HTML)) as port:
        name, message = failed_step(f"tcp://localhost:{port}")

    assert name == "api"
    assert_said(message, "not-docker")


def test_an_engine_that_hangs_up():
    with replaying({"/version": HangUp()}) as engine:
        name, message = failed_step(engine.url)

    assert name == "api"
    assert_said(message, "broke-off")


def test_an_engine_that_is_too_old():
    with replaying({"/version": recorded("docker/version.json") | {"ApiVersion": "1.12"}}) as engine:
        name, message = failed_step(engine.url)

    assert name == "version"
    assert_said(message, "too-old")


# --- secrets ------------------------------------------------------------------------------------------------------


def test_no_message_and_no_repr_holds_a_secret(tls_engine, sshd, socket_path):
    pair = OTHER.client()
    ssh = msgspec.structs.replace(
        sshd.endpoint(socket_path), identity=SshIdentity(ENCRYPTED, sshd.known_hosts, "right")
    )

    told = repr([try_connection(tls_engine.endpoint(pair)), try_connection(ssh), tls_engine.endpoint(pair), ssh])

    for secret in (pair.key.splitlines()[1], ssh.identity.key.splitlines()[1], "hunter2"):
        assert secret not in told
