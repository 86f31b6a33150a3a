"""Where an Engine listens, and what opens the door there. Pure data; nothing of it is ever shown or logged."""

from __future__ import annotations

from typing import Any

import msgspec


class _Secret(msgspec.Struct, frozen=True):
    """Its `repr` tells no field: tracebacks and logs carry reprs."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __rich_repr__(self) -> Any:
        return iter(())


class TlsIdentity(_Secret, frozen=True):
    """PEM texts of mutual TLS: the authority that signed the Engine's certificate, and our certificate with its key."""

    authority: str
    certificate: str
    key: str


class SshIdentity(_Secret, frozen=True):
    """A private key in OpenSSH or PEM form, its passphrase or "", and the host's key as a line of known_hosts."""

    key: str
    host_key: str
    passphrase: str = ""


class Endpoint(msgspec.Struct, frozen=True):
    """`url` is `unix:///path`, the bare path, `tcp://host:port`, `tls://host:port` or
    `ssh://user@host[:port]/path/of/docker.sock`; the identity is that of its scheme, or None.
    """

    url: str
    identity: TlsIdentity | SshIdentity | None = None

    @classmethod
    def of(cls, endpoint: Endpoint | str) -> Endpoint:
        """An address alone is an endpoint that needs no identity."""
        return endpoint if isinstance(endpoint, Endpoint) else cls(endpoint)
