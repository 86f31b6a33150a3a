"""What opens the door of a host: sealed as it is entered, opened only to connect, shown to nobody."""

from __future__ import annotations

import msgspec

from secdash import sealing
from secdash.facts.endpoint import SshIdentity, TlsIdentity

TLS, SSH, UPLOAD = "tls", "ssh", "upload"


def sealed(identity: TlsIdentity | SshIdentity | None) -> str:
    """As `Connection.sealed` keeps it; the pinned host key, which is no secret, is kept beside it."""
    if identity is None:
        return ""
    kind = TLS if isinstance(identity, TlsIdentity) else SSH
    fields = msgspec.structs.asdict(identity) | ({"host_key": ""} if kind == SSH else {})
    return sealing.seal(msgspec.json.encode([kind, fields]).decode())


def identity_of(sealed: str, host_key: str) -> TlsIdentity | SshIdentity | None:
    """The identity that was sealed. Raises sealing.Unreadable."""
    if not sealed:
        return None
    kind, fields = _unsealed(sealed)
    if kind == UPLOAD:  # opens no door: it signs what somebody brings
        return None
    return TlsIdentity(**fields) if kind == TLS else SshIdentity(**{**fields, "host_key": host_key})


def sealed_upload_key(key: str) -> str:
    return sealing.seal(msgspec.json.encode([UPLOAD, {"key": key}]).decode())


def upload_key_of(sealed: str) -> str:
    """The key with which snapshots of the host are signed; "" where it has none. Raises sealing.Unreadable."""
    kind, fields = _unsealed(sealed) if sealed else ("", {})
    return fields["key"] if kind == UPLOAD else ""


def _unsealed(sealed: str) -> tuple[str, dict[str, str]]:
    found: tuple[str, dict[str, str]] = msgspec.json.decode(sealing.unseal(sealed), type=tuple[str, dict[str, str]])
    return found
