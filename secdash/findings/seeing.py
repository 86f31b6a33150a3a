"""What was last seen of a host's subjects. The snapshots lie in a room above, which says here how they are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from secdash.findings.privileges import Place, Privileges

Wanted = Mapping[int, Collection[Place]]  # by host's id
LastSeen = Callable[[Wanted], Mapping[int, Mapping[Place, Privileges]]]

_told: list[LastSeen] = []


def told_by(reader: LastSeen) -> None:
    """Whoever keeps snapshots registers once, when the process starts; the newest registration counts."""
    _told[:] = [reader]


def last_seen(wanted: Wanted) -> Mapping[int, Mapping[Place, Privileges]]:
    """The privileges of these subjects, as the newest snapshots of their hosts have them; else they are not known."""
    return _told[0](wanted) if _told and wanted else {}
