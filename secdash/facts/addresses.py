"""Where secdash never connects to, whatever name leads there, and the way to everywhere else.

A name is looked up once, and the connection goes to the very address that was looked at: a name that answers otherwise
the next time (DNS rebinding) gains nothing. What is refused are the addresses at which clouds hand out credentials, and
those that are no single host. Loopback and private networks are where Engines and socket proxies are.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
import time
from typing import Any

from secdash.facts import trouble
from secdash.facts.trouble import Unreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Candidate = tuple[socket.AddressFamily, Any]

REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # unspecified: connects to ourselves
            "169.254.0.0/16",  # link-local; metadata of AWS, Azure, Google, Oracle, DigitalOcean, OpenStack …
            "100.100.100.200/32",  # metadata of Alibaba
            "168.63.129.16/32",  # the fabric of Azure
            "192.0.0.0/24",  # protocol assignments; metadata of Oracle Cloud Classic
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and the broadcast address
            "::/128",
            "fe80::/10",  # link-local
            "fec0::/10",  # site-local, long given up
            "ff00::/8",  # multicast
            "fd00:ec2::/32",  # metadata, time and names of AWS
            "fd20:ce::254/128",  # metadata of Google
            "fd00:42::42/128",  # metadata of Scaleway
        ),
    )
)
EMBEDDING = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))  # NAT64, and IPv4-compatible
NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EACCES, errno.EPERM, errno.ENETDOWN)


def is_refused(address: str) -> bool:
    """Whether this address, or one of IPv4 inside of it, is one that secdash never connects to."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    return any(each in network for each in (ip, *_inside(ip)) for network in REFUSED if each.version == network.version)


def _inside(ip: Address) -> tuple[Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for or leads through."""
    if isinstance(ip, ipaddress.IPv4Address) or int(ip) <= 1:
        return ()
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in EMBEDDING):
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return tuple(each for each in found if each is not None)


def connected(host: str, port: int, seconds: float) -> socket.socket:
    """A socket connected to the first address of this host that answers, in time. Raises Unreachable."""
    ends = time.monotonic() + seconds
    failed = trouble.unknown_name(host)
    for family, address in _allowed(host, port, seconds):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(max(0.01, ends - time.monotonic()))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            sock.close()
            failed = _refusal(error, host, port, str(address[0]))
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failed


def _allowed(host: str, port: int, seconds: float) -> list[Candidate]:
    """The addresses of this host but for the refused ones. Raises Unreachable where none is left."""
    found = _looked_up(host, port, seconds)
    allowed = [(family, address) for family, address in found if not is_refused(str(address[0]))]
    if found and not allowed:
        raise trouble.forbidden_address(host, str(found[0][1][0]))
    return allowed


def _looked_up(host: str, port: int, seconds: float) -> list[Candidate]:
    """The system's resolver knows no bound in time, so that it is left to a thread of its own."""
    done: list[list[Candidate] | Unreachable] = []
    thread = threading.Thread(target=lambda: done.append(_resolved(host, port)), daemon=True, name="resolver")
    thread.start()
    thread.join(seconds)
    found = done[0] if done else trouble.slow_name(host)
    if isinstance(found, Unreachable):
        raise found
    return found


def _resolved(host: str, port: int) -> list[Candidate] | Unreachable:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return trouble.unknown_name(host)
    return [(family, address) for family, _, _, _, address in found]


def _refusal(error: OSError, host: str, port: int, address: str) -> Unreachable:
    if isinstance(error, TimeoutError):
        return trouble.silent_port(host, port)
    if error.errno in NO_ROUTE:
        return trouble.no_route(host, address)
    return trouble.closed_port(host, port)
