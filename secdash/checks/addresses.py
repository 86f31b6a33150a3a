"""Whether an address of a service leads beyond the host it is written on."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_of_this_host(address: str) -> bool:
    """Of `HOST`, `HOST:PORT`, `[V6]:PORT` or a URL: whether it is loopback. What cannot be read leads beyond."""
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
