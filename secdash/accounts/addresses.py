"""From where somebody comes, as far as it can be known."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "::"
OF_ONE_CLIENT = 64  # bits of an IPv6 address


def client_address(request: HttpRequest) -> str:
    """The peer; behind a proxy of ours, the last address of X-Forwarded-For, which that proxy wrote itself."""
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2] if settings.BEHIND_PROXY else ""
    return _address(said) or _address(request.META.get("REMOTE_ADDR", "")) or UNKNOWN


def network(address: str) -> str:
    """What counts as one client: an IPv4 address, or the network that one holder of IPv6 addresses is given."""
    found = ipaddress.ip_address(address)
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network(f"{found}/{OF_ONE_CLIENT}", strict=False).network_address)


def _address(text: str) -> str:
    try:
        found = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)
