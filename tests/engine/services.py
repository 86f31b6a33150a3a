"""A real Redis, PostgreSQL and SSH server for tests: on loopback, with data of their own that goes when they stop."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType

import msgspec
import psycopg
import redis

from secdash.facts.endpoint import Endpoint, SshIdentity
from tests.engine import parts

# Durability is for data that is to be kept.
POSTGRES_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=127.0.0.1")
ATTEMPTS = 3  # somebody else may take a port between our choosing it and the server's


@contextmanager
def running_redis() -> Iterator[str]:
    """The URL of an empty Redis."""
    parts.require_programs("redis-server", "setpriv")
    with tempfile.TemporaryDirectory(prefix="sd-redis-", dir="/tmp") as folder:
        process, port = _first_that_answers(
            lambda port: _start_redis(Path(folder), port), _redis_answers, Path(folder) / "log"
        )
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            parts.stop(process)


@contextmanager
def running_postgres(*options: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database whose user may create others; `options`: `name=value`, of the server."""
    initdb, server = postgres_program("initdb"), postgres_program("postgres")
    parts.require_programs("setpriv")
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()  # it refuses to run as root
    with tempfile.TemporaryDirectory(prefix="sd-pg-", dir="/tmp") as folder:
        shutil.chown(folder, user)
        data = Path(folder) / "data"
        _as(user, initdb, "--auth=trust", "--username=secdash", "--no-sync", "--encoding=UTF8", "-D", str(data))
        process, port = _first_that_answers(
            lambda port: _start_postgres(server, data, port, user, options), _postgres_answers, Path(folder) / "log"
        )
        try:
            yield f"postgres://secdash@127.0.0.1:{port}/postgres"
        finally:
            parts.stop(process)


class SshServer(msgspec.Struct, frozen=True):
    """An SSH server that lets in the one who has this key, as the user that runs the tests, or as any other."""

    port: int
    key: str
    known_hosts: str

    def endpoint(self, path: str, user: str = "root") -> Endpoint:
        """The socket at this path, through this server."""
        return Endpoint(f"ssh://{user}@127.0.0.1:{self.port}{path}", SshIdentity(self.key, self.known_hosts))


@contextmanager
def running_sshd(
    options: Mapping[str, str] = MappingProxyType({}), *, restricted: str = "", within: Sequence[str] = ()
) -> Iterator[SshServer]:
    """An SSH server with keys of its own; `restricted` are the words before the key in authorized_keys.

    `within` is a command that runs it elsewhere: in other namespaces of this machine.
    """
    sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    parts.require(sshd is not None, "openssh-server is not installed")
    parts.require(os.geteuid() == 0, "letting others in over SSH needs root")
    parts.require_programs("ssh-keygen", "setpriv")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # its privilege separation wants it
    with tempfile.TemporaryDirectory(prefix="sd-ssh-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for key in ("host", "client"):
            _as("root", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key))
        (folder / "authorized_keys").write_text(f"{restricted} {(folder / 'client.pub').read_text()}".lstrip())
        process, port = _first_that_answers(
            lambda port: _start_sshd([*within, str(sshd)], folder, port, options), _listens, folder / "log"
        )
        host_key = (folder / "host.pub").read_text().split()
        try:
            yield SshServer(port, (folder / "client").read_text(), f"[127.0.0.1]:{port} {' '.join(host_key[:2])}\n")
        finally:
            parts.stop(process)


SSHD_OPTIONS = {
    "ListenAddress": "127.0.0.1",
    "PermitRootLogin": "prohibit-password",
    "PasswordAuthentication": "no",
    "UsePAM": "no",
    "StrictModes": "no",
    "PidFile": "none",
}


def _start_sshd(sshd: Sequence[str], folder: Path, port: int, more: Mapping[str, str]) -> subprocess.Popen[bytes]:
    files = {"HostKey": folder / "host", "AuthorizedKeysFile": folder / "authorized_keys", "Port": port}
    options = [word for name, value in {**SSHD_OPTIONS, **files, **more}.items() for word in ("-o", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return parts.start([*sshd, "-D", "-e", "-f", "/dev/null", *options], stdin=subprocess.DEVNULL, stderr=log)


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _start_redis(folder: Path, port: int) -> subprocess.Popen[bytes]:
    options = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder))
    with (folder / "log").open("wb") as log:
        return parts.start(["redis-server", *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _start_postgres(server: str, data: Path, port: int, user: str, options: Sequence[str]) -> subprocess.Popen[bytes]:
    settings = [word for option in (*POSTGRES_OPTIONS, *options) for word in ("-c", option)]
    command = [server, "-D", str(data), "-p", str(port), "-k", str(data.parent), *settings]
    with (data.parent / "log").open("wb") as log:
        return parts.start(
            command, cwd=data.parent, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_identity(user)
        )


def _first_that_answers(
    start: Callable[[int], subprocess.Popen[bytes]], answers: Callable[[int], bool], log: Path
) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(ATTEMPTS):
        port = parts.free_port()
        process = start(port)
        if parts.wait_until(partial(answers, port), process):
            return process, port
        parts.stop(process)
    parts.require(False, f"the server did not start here: {log.read_text(errors='replace')[-600:]}")
    raise AssertionError


def _redis_answers(port: int) -> bool:
    try:
        with redis.Redis(port=port, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _postgres_answers(port: int) -> bool:
    """A server listens before it is ready: only a connection tells."""
    try:
        psycopg.connect(host="127.0.0.1", port=port, user="secdash", dbname="postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _as(user: str, *command: str) -> None:
    subprocess.run(command, check=True, cwd="/", capture_output=True, **_identity(user))


def _identity(user: str) -> dict[str, str | list[str]]:
    """Options of subprocess that change to the user; none where we are that user already."""
    return {} if os.geteuid() else {"user": user, "group": user, "extra_groups": []}


def postgres_program(name: str) -> str:
    """PostgreSQL's own programs; Debian keeps them off the PATH, one folder a version, of which the newest is ours."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = shutil.which(name) or (str(debian[-1]) if debian else None)
    parts.require(found is not None, f"PostgreSQL ({name}) is not installed")
    return str(found)
