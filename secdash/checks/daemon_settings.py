"""What daemon.json and the daemon's own options set, as far as the host's files were read."""

from __future__ import annotations

from typing import Any

from secdash.facts.model import Fact, Setting, Snapshot, Unknown

USUAL_GROUP = "docker"


def settings(snapshot: Snapshot) -> Fact[tuple[Setting, ...]]:
    """All that is set; Unknown with the reason where it could not be read."""
    if isinstance(snapshot.host, Unknown):
        return snapshot.host
    if isinstance(snapshot.host.daemon, Unknown):
        return snapshot.host.daemon
    return snapshot.host.daemon.settings


def setting(snapshot: Snapshot, name: str) -> Any:
    """The value of an option by its name in daemon.json; None where nobody set it."""
    found = settings(snapshot)
    if isinstance(found, Unknown):
        return found
    return next((each.value for each in found if each.name == name), None)


def socket_group(snapshot: Snapshot) -> str:
    """The group that the daemon gives its socket to: docker, as long as nothing else is seen."""
    chosen = setting(snapshot, "group")
    return chosen if isinstance(chosen, str) and chosen else USUAL_GROUP
