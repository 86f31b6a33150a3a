"""Letters to a program of one's own, as JSON that is signed: it can tell that they come from here, and are not old.

The address is resolved once, looked at, and called as it was looked at, so that a name cannot lead elsewhere in
between; no redirects, short time limits, and of the answer nothing but its status.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError

from secdash.facts.message import say
from secdash.messaging.dialects import Dialect
from secdash.messaging.letters import Letter
from secdash.messaging.outcome import NotSent
from secdash.messaging.wording import written

SCHEMES = {"https": 443, "http": 80}
PREFIX = "whsec_"
BYTES = 24
SECONDS = 10
# Where clouds hand out credentials to whoever asks from inside; the others of their kind are link-local.
METADATA = ipaddress.ip_network("fd00:ec2::/32")

NO_ANSWER = say("The other side does not answer, or not in time.")
NOT_THERE = say("The address leads to where messages may not go. Enter another one.")


class NotAnAddress(ValueError):
    """With the sentence for whoever typed it, which does not repeat what was typed."""


class Hook(NamedTuple):
    """What is sealed of such a channel."""

    address: str
    secret: str

    def __repr__(self) -> str:
        return "Hook(…)"


def checked(address: str) -> str:
    """Raises NotAnAddress."""
    try:
        parts = urlsplit(address)
        complete = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        complete = False
    if not complete or not address.isascii() or any(each.isspace() for each in address):
        raise NotAnAddress(_("Write the whole address, such as https://hooks.example.org/secdash."))
    if parts.username or parts.password:
        raise NotAnAddress(_("Write it without a name and a password: the signature says who sends."))
    return address


def packed(address: str) -> str:
    """The address with a new secret, as it is sealed."""
    return json.dumps(Hook(address, PREFIX + secrets.token_hex(BYTES)))


def unpacked(text: str) -> Hook:
    return Hook(*json.loads(text))


def hint(packed_address: str) -> str:
    parts = urlsplit(unpacked(packed_address).address)
    return f"{parts.scheme}://{parts.hostname}/…"


def signature(secret: str, body: bytes, *, at: datetime) -> str:
    """`t=…,v1=…`: when it was sent, and the HMAC-SHA256 of that moment, a dot and the body."""
    moment = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def carry(packed_address: str, letter: Letter, *, language: str, number: int, kind: str, at: datetime) -> None:
    """Send it. `number` stays the same when it is tried again. Raises NotSent."""
    hook = unpacked(packed_address)
    body = _body(letter, language=language, number=number, kind=kind, at=at)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "secdash",
        "Secdash-Delivery": str(number),
        "Secdash-Signature": signature(hook.secret, body, at=at),
    }
    status = _posted(hook.address, body, headers)
    if not 200 <= status < 300:
        raise NotSent(say("The other side refused the message: it answered with status %(code)s.", code=status))


def _body(letter: Letter, *, language: str, number: int, kind: str, at: datetime) -> bytes:
    text = written(letter, Dialect.PLAIN, language=language)
    told = {
        "delivery": number,
        "kind": kind,
        "at": at.isoformat(),
        "language": language,
        "subject": text.subject,
        "text": text.body,
        "from": settings.PUBLIC_URL,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _posted(address: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. Raises NotSent."""
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _pool(address) as pool:
        try:
            answer = pool.urlopen(
                "POST",
                path,
                body=body,
                headers={**headers, "Host": parts.netloc},
                redirect=False,
                retries=False,
                preload_content=False,
            )
        except (HTTPError, OSError) as error:
            raise NotSent(NO_ANSWER) from error
        answer.close()
        return answer.status


def _pool(address: str) -> HTTPConnectionPool:
    """To the very address that was looked at; the certificate must still be that of the name."""
    parts = urlsplit(address)
    name, port = parts.hostname or "", parts.port or SCHEMES[parts.scheme]
    place = _resolved(name, port)
    limits = urllib3.Timeout(connect=SECONDS, read=SECONDS)
    if parts.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            place,
            port,
            timeout=limits,
            maxsize=1,
            cert_reqs="CERT_REQUIRED",
            assert_hostname=name,
            server_hostname=name,
        )
    return urllib3.HTTPConnectionPool(place, port, timeout=limits, maxsize=1)


def _resolved(name: str, port: int) -> str:
    """The first address of the name. Raises NotSent where it has none, or any of them is where nothing may go."""
    try:
        found = [str(each[4][0]) for each in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotSent(NO_ANSWER) from error
    if not found or any(_is_forbidden(each) for each in found):
        raise NotSent(NOT_THERE, is_final=True)
    return found[0]


def _is_forbidden(text: str) -> bool:
    """Link-local addresses, behind which clouds keep credentials, and what is no single receiver."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_link_local or address.is_multicast or address.is_unspecified or address in METADATA
