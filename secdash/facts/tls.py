"""Mutual TLS from texts: no key touches a disk, and nothing of the environment or the system is trusted."""

from __future__ import annotations

import os
import ssl
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from cryptography import x509

from secdash.facts import addresses, trouble
from secdash.facts.doors import TimeBoxedSocket, TlsSocket
from secdash.facts.endpoint import TlsIdentity
from secdash.facts.location import Location
from secdash.facts.trouble import Unreachable

NO_PASSPHRASE = b""  # or OpenSSL would ask for one on the terminal

EXPIRED, EARLY = 10, 9  # X509_V_ERR_CERT_HAS_EXPIRED, …_NOT_YET_VALID
ANOTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH
NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_EOF_WHILE_READING", "RECORD_LAYER_FAILURE")
# What a server says that wants another certificate, or any; "certificate required" is new with TLS 1.3.
REFUSED = (
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "SSLV3_ALERT_CERTIFICATE_REVOKED",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "TLSV1_ALERT_ACCESS_DENIED",
    "TLSV1_ALERT_DECRYPT_ERROR",
    "TLSV1_ALERT_UNKNOWN_CA",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED",
)
OLD = ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE")


class TlsDoor:
    """A port that shows a certificate and asks for ours. Raises Unreachable where what was entered is no good."""

    def __init__(self, location: Location, identity: TlsIdentity | None, connect_timeout: float) -> None:
        if identity is None:
            raise trouble.no_certificates(location.host)
        self._location = location
        self._certificate = identity.certificate
        self._connect_timeout = connect_timeout
        self._context = context_of(identity, location.host)

    def open(self) -> TimeBoxedSocket:
        host, port = self._location.host, self._location.port
        sock = addresses.connected(host, port, self._connect_timeout)
        try:
            sock.settimeout(self._connect_timeout)
            wrapped = self._context.wrap_socket(sock, server_hostname=host.partition("%")[0])
        except OSError as error:
            sock.close()
            raise self.meaning_of(error) or _failed(error, host, port) from error
        return cast("TlsSocket", wrapped)

    def meaning_of(self, error: Exception) -> Unreachable | None:
        """A server of TLS 1.3 refuses a certificate after the handshake, in place of the first answer."""
        if getattr(error, "reason", None) not in REFUSED:
            return None
        host = self._location.host
        if not self._certificate:
            return trouble.our_certificate_missing(host)
        expired = _expired(self._certificate)
        return trouble.our_certificate_expired(host, expired) if expired else trouble.our_certificate_refused(host)

    def close(self) -> None:
        pass


def context_of(identity: TlsIdentity, host: str) -> ssl.SSLContext:
    """Of a connection that holds to this authority, the host's name and TLS 1.2 or later. Raises Unreachable."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the certificate and the name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = TlsSocket
    try:
        context.load_verify_locations(cadata=identity.authority)
    except (ssl.SSLError, ValueError) as error:
        raise trouble.unreadable_authority(host) from error
    if identity.certificate:
        try:
            _load_pair(context, f"{identity.certificate}\n{identity.key}\n")
        except (OSError, ValueError) as error:
            raise trouble.unreadable_pair(host) from error
    return context


def _load_pair(context: ssl.SSLContext, pem: str) -> None:
    """OpenSSL reads keys from files alone: one in memory, or where there are none one that is gone at once."""
    if sys.platform != "linux":
        with tempfile.NamedTemporaryFile("w") as file:  # which only its owner may read
            file.write(pem)
            file.flush()
            context.load_cert_chain(file.name, password=NO_PASSPHRASE)
        return
    with os.fdopen(os.memfd_create("identity", os.MFD_CLOEXEC), "w") as file:
        file.write(pem)
        file.flush()
        context.load_cert_chain(f"/proc/self/fd/{file.fileno()}", password=NO_PASSPHRASE)


def _failed(error: OSError, host: str, port: int) -> Unreachable:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _not_verified(error.verify_code, host)
    reason = getattr(error, "reason", None) or ""
    if reason in OLD:
        return trouble.old_tls(host)
    if isinstance(error, TimeoutError):
        return trouble.slow_handshake(host, port)
    if reason in NOT_TLS or isinstance(error, ConnectionError):
        return trouble.no_tls(host, port)
    return trouble.failed_handshake(host, str(reason or error).lower().replace("_", " "))


def _not_verified(code: int, host: str) -> Unreachable:
    known: dict[int, Callable[[str], Unreachable]] = {
        EXPIRED: trouble.their_certificate_expired,
        EARLY: trouble.their_certificate_early,
        **dict.fromkeys(ANOTHER_NAME, trouble.wrong_host_name),
    }
    return known.get(code, trouble.wrong_authority)(host)


def _expired(certificate: str) -> str:
    """The day on which our certificate ended; "" where it did not."""
    try:
        ended = x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
    except ValueError:
        return ""
    return ended.date().isoformat() if ended < datetime.now(UTC) else ""
