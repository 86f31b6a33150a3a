"""From where somebody comes, as far as it can be known."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from secdash.audit.middleware import address_of

UNKNOWN = "::"
OF_ONE_CLIENT = 64  # bits of an IPv6 address


def client_address(request: HttpRequest) -> str:
    """As the audit log has it; one word for all whose address is not known."""
    return address_of(request) or UNKNOWN


def network(address: str) -> str:
    """What counts as one client: an IPv4 address, or the network that one holder of IPv6 addresses is given."""
    found = ipaddress.ip_address(address)
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network(f"{found}/{OF_ONE_CLIENT}", strict=False).network_address)
