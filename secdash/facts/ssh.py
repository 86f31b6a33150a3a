"""One SSH connection in a thread of its own, so that callers who block can open sockets and run scripts through it.

It signs in with the given key and no other, and only where the host shows the key that somebody confirmed. No agent, no
configuration, no known hosts of whoever runs secdash have a part in it.
"""

from __future__ import annotations

import asyncio
import logging
import shlex
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

import asyncssh

from secdash.facts import addresses, trouble
from secdash.facts.doors import PlainSocket, TimeBoxedSocket
from secdash.facts.endpoint import SshIdentity
from secdash.facts.location import Location
from secdash.facts.trouble import Unreachable

asyncssh.set_log_level(logging.WARNING)  # or each connection writes six lines

R = TypeVar("R")

SIGN_IN_TIME = 10.0  # seconds
LOOK_TIME = 5.0
MOST_OUTPUT = 16 << 20  # bytes of one script
PIECE = 1 << 16
SHELL = "exec sh -s"
# A restricted key runs no shell: then this says nothing, and nothing is known.
LOOK = """
if [ ! -e {path} ]; then found=missing
elif [ ! -S {path} ]; then found=other
elif [ ! -r {path} ] || [ ! -w {path} ]; then found=denied
else found=there
fi
printf 'secdash:%s' "$found"
"""


class SshConnection:
    """Signed in on a host, from construction to `close`. Raises Unreachable where that fails."""

    def __init__(self, location: Location, identity: SshIdentity | None, connect_timeout: float) -> None:
        key = _our_key(identity, location.host)
        sock = addresses.connected(location.host, location.port, connect_timeout)
        self.location = location
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="ssh")
        self._thread.start()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        theirs: asyncssh.SSHKey | None = None
        try:
            theirs = _confirmed_key(identity, location.host)
            self._connection = self._run(_sign_in(location, key, theirs, sock), SIGN_IN_TIME)
        except BaseException as error:
            self.close()
            sock.close()
            if isinstance(error, OSError | asyncssh.Error | ValueError):
                raise _refusal(error, location, theirs) from error
            raise

    def socket_to(self, path: str, seconds: float) -> TimeBoxedSocket:
        """A connection to the socket at this path of the host. Raises Unreachable."""
        ours, theirs = socket.socketpair()
        try:
            self._run(self._join(path, theirs), seconds)
        except (OSError, asyncssh.Error) as error:
            ours.close()
            theirs.close()
            raise self._not_opened(path, error) from error
        return PlainSocket(fileno=ours.detach())

    def output(self, script: str, seconds: float) -> bytes:
        """What a shell of the host prints that runs this script, up to a bound.

        Raises OSError (TimeoutError where it takes too long) or asyncssh.Error.
        """
        return self._run(self._output(script), seconds)

    def close(self) -> None:
        """End it with all that goes through it."""
        with suppress(OSError, asyncssh.Error):
            self._run(self._end(), LOOK_TIME)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, R], seconds: float) -> R:
        future: Future[R] = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, seconds), self._loop)
        return future.result()

    @property
    def _open(self) -> asyncssh.SSHClientConnection:
        if self._connection is None:
            raise ConnectionError
        return self._connection

    async def _join(self, path: str, sock: socket.socket) -> None:
        remote_reader, remote_writer = await self._open.open_unix_connection(path)
        local_reader, local_writer = await asyncio.open_connection(sock=sock)
        pump = asyncio.ensure_future(_pump(local_reader, local_writer, remote_reader, remote_writer))
        self._pumps.add(pump)
        pump.add_done_callback(self._pumps.discard)

    async def _output(self, script: str) -> bytes:
        """The script is the input of a shell, so that no command line limits its length."""
        async with self._open.create_process(SHELL, encoding=None, stderr=asyncssh.DEVNULL) as process:
            process.stdin.write(script.encode(errors="surrogateescape"))
            process.stdin.write_eof()
            output = bytearray()
            while len(output) <= MOST_OUTPUT and (piece := await process.stdout.read(PIECE)):
                output += piece
            return bytes(output)

    async def _end(self) -> None:
        for pump in tuple(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        if self._connection is not None:
            self._connection.abort()
            await self._connection.wait_closed()

    def _not_opened(self, path: str, error: Exception) -> Unreachable:
        """An SSH server has one and the same refusal for everything, so the host is asked what is there."""
        host, user = self.location.host, self.location.user
        if isinstance(error, TimeoutError):
            return trouble.socket_not_opened(host, user, path)
        try:
            found = self.output(LOOK.format(path=shlex.quote(path)), LOOK_TIME)
        except (OSError, asyncssh.Error):
            found = b""
        meanings = {
            b"secdash:missing": trouble.no_remote_socket(host, path),
            b"secdash:other": trouble.no_socket_there(host, path),
            b"secdash:denied": trouble.remote_socket_denied(host, user, path),
            b"secdash:there": trouble.no_forwarding(host, user, path),
        }
        return meanings.get(found, trouble.socket_not_opened(host, user, path))


class SshDoor:
    """The socket of an Engine on a host where one signs in over SSH, which needs no Docker there beside the daemon."""

    def __init__(self, location: Location, identity: SshIdentity | None, connect_timeout: float) -> None:
        self._path = location.path
        self._connect_timeout = connect_timeout
        self._connection = SshConnection(location, identity, connect_timeout)

    def open(self) -> TimeBoxedSocket:
        return self._connection.socket_to(self._path, self._connect_timeout)

    def meaning_of(self, _error: Exception) -> None:
        return None

    def close(self) -> None:
        self._connection.close()


def shown_key(location: Location, connect_timeout: float) -> asyncssh.SSHKey:
    """The key that the host shows, without signing in. Raises Unreachable."""
    sock = addresses.connected(location.host, location.port, connect_timeout)
    try:
        key = asyncio.run(asyncio.wait_for(asyncssh.get_server_host_key(sock=sock, config=None), SIGN_IN_TIME))
    except (OSError, asyncssh.Error) as error:
        raise _refusal(error, location, None) from error
    finally:
        sock.close()
    if key is None:
        raise trouble.no_ssh(location.host, location.port)
    return key


async def _sign_in(
    location: Location, ours: asyncssh.SSHKey, theirs: asyncssh.SSHKey, sock: socket.socket
) -> asyncssh.SSHClientConnection:
    return await asyncssh.connect(
        sock=sock,
        config=None,
        username=location.user,
        client_keys=[ours],
        known_hosts=([theirs], [], []),
        agent_path=None,
        gss_host=None,
        pkcs11_provider=None,
        preferred_auth="publickey",
        compression_algs=["none"],
        keepalive_interval=15,
        connect_timeout=SIGN_IN_TIME,
        login_timeout=SIGN_IN_TIME,
    )


async def _pump(
    local_reader: asyncio.StreamReader,
    local_writer: asyncio.StreamWriter,
    remote_reader: asyncssh.SSHReader[bytes],
    remote_writer: asyncssh.SSHWriter[bytes],
) -> None:
    """Carry bytes both ways until one side ends: nobody who speaks HTTP closes half of a connection."""
    ways = [
        asyncio.ensure_future(_carry(local_reader, remote_writer)),
        asyncio.ensure_future(_carry(remote_reader, local_writer)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:  # both are closed before anything is waited for: who cancels this once more cancels the waiting
        remote_writer.close()
        local_writer.close()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, local_writer.wait_closed(), return_exceptions=True)


async def _carry(reader: Any, writer: Any) -> None:
    while data := await reader.read(PIECE):
        writer.write(data)
        await writer.drain()


def _our_key(identity: SshIdentity | None, host: str) -> asyncssh.SSHKey:
    if identity is None or not identity.key:
        raise trouble.no_key(host)
    try:
        return asyncssh.import_private_key(identity.key, identity.passphrase or None)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError) as error:
        raise trouble.unreadable_key(host) from error


def _confirmed_key(identity: SshIdentity | None, host: str) -> asyncssh.SSHKey:
    """Of a line of known_hosts; whoever confirmed it knows for which host."""
    words = identity.host_key.split() if identity else []
    try:
        return asyncssh.import_public_key(" ".join(words[1:3]))
    except (asyncssh.KeyImportError, ValueError) as error:
        raise trouble.unconfirmed_host_key(host) from error


def _refusal(error: Exception, location: Location, confirmed: asyncssh.SSHKey | None) -> Unreachable:
    host = location.host
    if isinstance(error, asyncssh.PermissionDenied):
        return trouble.our_key_refused(host, location.user)
    if isinstance(error, TimeoutError):
        return trouble.slow_ssh(host, location.port)
    if isinstance(error, asyncssh.HostKeyNotVerifiable) or _shows_another(location, confirmed):
        return trouble.changed_host_key(host)
    if isinstance(error, asyncssh.ConnectionLost | asyncssh.ProtocolNotSupported | ConnectionError):
        return trouble.no_ssh(host, location.port)
    reason = getattr(error, "reason", "") or getattr(error, "strerror", "") or type(error).__name__
    return trouble.failed_ssh(host, str(reason))


def _shows_another(location: Location, confirmed: asyncssh.SSHKey | None) -> bool:
    """A host that has no key of the confirmed kind hangs up before it shows one; asked for any it shows what it has."""
    if confirmed is None:
        return False
    try:
        shown = shown_key(location, SIGN_IN_TIME)
    except Unreachable:
        return False
    return bool(shown.public_data != confirmed.public_data)


async def stream_to(
    location: Location, identity: SshIdentity | None, seconds: float
) -> tuple[_Stream, Callable[[bytes], None], Callable[[], None]]:
    """To the socket on that host, for a loop with many of these: what is read, how to write, and how to end it all.

    Raises Unreachable.
    """
    ours, theirs = _our_key(identity, location.host), _confirmed_key(identity, location.host)
    sock = await asyncio.to_thread(addresses.connected, location.host, location.port, seconds)
    try:
        connection = await _sign_in(location, ours, theirs, sock)
    except (OSError, asyncssh.Error, ValueError) as error:
        sock.close()
        raise await asyncio.to_thread(_refusal, error, location, theirs) from error
    try:
        reader, writer = await connection.open_unix_connection(location.path)
    except (OSError, asyncssh.Error) as error:
        connection.abort()
        raise ConnectionError from error  # a trial asks the host what is there
    return _Stream(reader), writer.write, connection.abort


class _Stream:
    """A reader whose only errors are those of sockets."""

    def __init__(self, reader: asyncssh.SSHReader[bytes]) -> None:
        self._reader = reader

    async def read(self, most: int, /) -> bytes:
        try:
            return await self._reader.read(most)
        except asyncssh.Error as error:
            raise ConnectionResetError from error
