"""Nothing that secdash does to a host sends it anything but GET and HEAD: every request is recorded on the way."""

from __future__ import annotations

import pytest

from secdash.checks import CATALOGUE
from secdash.facts.connect import Unreachable
from secdash.facts.endpoint import TlsIdentity
from secdash.facts.parse import parse
from secdash.facts.trying import try_connection
from secdash.fleet import credentials
from secdash.fleet.models import Connection, Host
from secdash.scans.collecting import answers_of
from secdash.scans.inventories import with_image_files
from secdash.scans.narrowing import Asked, look_again
from tests.engine.certificates import Authority
from tests.engine.ports import asking_for_certificates
from tests.engine.recording_proxy import recording, recording_port
from tests.fleet.hosts import a_host

pytestmark = [pytest.mark.engine, pytest.mark.django_db]


@pytest.fixture
def running(dockerd):
    dockerd.docker("run", "--detach", "--name", "read-me", "bb:1", "sleep", "600")
    yield dockerd
    dockerd.docker("rm", "--force", "read-me")


@pytest.fixture
def engine(running):
    with recording(running.socket) as recorded:
        yield recorded


def a_socket_host(engine, _sshd):
    return a_host(kind=Connection.Kind.UNIX, address=str(engine.path), file_reading=Host.Files.LOCAL)


def an_ssh_host(engine, sshd):
    endpoint = sshd.endpoint(str(engine.path))
    host = a_host(kind=Connection.Kind.SSH, address=endpoint.url.removeprefix("ssh://"), file_reading=Host.Files.SSH)
    host.connection.sealed = credentials.sealed(endpoint.identity)
    host.connection.host_key = sshd.known_hosts
    host.connection.save()
    return host


@pytest.mark.parametrize("make", [a_socket_host, an_ssh_host])
def test_scans_second_looks_and_trials_only_read(engine, sshd, make):
    only_reads(make(engine, sshd), engine)


@pytest.mark.parametrize("kind", [Connection.Kind.TCP, Connection.Kind.TLS])
def test_nor_does_anything_else_go_to_a_port(running, kind):
    authority = Authority()
    tls = asking_for_certificates(authority) if kind == Connection.Kind.TLS else None
    with recording_port(running.socket, tls) as (port, recorded):
        host = a_host(kind=kind, address=f"localhost:{port}")
        if tls:
            pair = authority.client()
            host.connection.sealed = credentials.sealed(TlsIdentity(authority.certificate, pair.certificate, pair.key))
            host.connection.save()
        only_reads(host, recorded)


def only_reads(host, engine):
    """Tried, scanned with the files of its images, and looked at again."""
    host.image_reading = Host.Images.EXPORT

    trial = try_connection(host.connection.endpoint)
    facts = parse(answers_of(host, progress=lambda *_: None, deadline=30))
    facts = with_image_files(host, facts, progress=lambda *_: None)
    for name, key in (("no-memory-limit", "read-me"), ("rootful-daemon", "engine"), ("image-setuid-file", "bb:1")):
        entry = CATALOGUE[name]
        look_again(host, Asked(entry, entry.kind, key), whole_seconds=20, beat=lambda: None)

    assert trial.passed
    assert [container.name for container in facts.containers] == ["read-me"]
    assert {method for method, _path in engine.requests} <= {"GET", "HEAD"}
    paths = {path.split("?")[0].split("/", 2)[-1] for _method, path in engine.requests}
    assert any(path.endswith("/top") for path in paths)
    assert any(path.endswith("/get") for path in paths)
    assert len(engine.requests) == sum(sent.count(b"HTTP/1.1\r\n") for sent in engine.sent)


def test_a_host_over_ssh_is_read_with_its_files_and_says_how(engine, sshd):
    host = an_ssh_host(engine, sshd)

    facts = parse(answers_of(host, progress=lambda *_: None, deadline=30))

    assert facts.engine.reached == "ssh"
    assert facts.host.source == "ssh"
    assert {file.role: file.owner for file in facts.host.files}["dockerd"] == "root"


def test_credentials_that_no_key_opens_any_more_are_a_sentence(engine, sshd, settings):
    host = an_ssh_host(engine, sshd)
    settings.SEALING_KEYS = ["another key than before, and long enough for one"]

    with pytest.raises(Unreachable, match="sealed with a key that secdash does not have any more"):
        answers_of(host, progress=lambda *_: None, deadline=30)
    assert engine.requests == []
