"""The files that matter, each with its role, owner and mode; and the roles of which nothing can be said."""

from __future__ import annotations

from collections.abc import Iterator

from secdash.facts.answers import Failure
from secdash.facts.files.seen import Entry, Seen
from secdash.facts.message import say
from secdash.facts.model import Fact, HostFile, Unknown
from secdash.facts.parse.host import accounts, configuration
from secdash.facts.parse.host.layout import Layout
from secdash.facts.parse.keys import bounded
from secdash.facts.places import (
    DAEMON_JSON,
    DATA_ROOT,
    DOCKER_SOCKET,
    FROM_CONFIGURATION,
    REGISTRY_CERTIFICATE,
    TLS_KEY,
)

NOT_LOOKED_AT = Failure(say("This place was not looked at: the host names too many."))

Names = dict[int, str] | Unknown


def files(seen: Seen, layout: Layout) -> tuple[tuple[HostFile, ...], tuple[tuple[str, Unknown], ...]]:
    """What is there, by path, and what cannot be told, by role. A path that has two roles is listed with the first."""
    users, groups = _names(seen, "/etc/passwd"), _names(seen, "/etc/group")
    found: dict[str, HostFile] = {}
    unread: dict[str, Unknown] = {}
    for role, path, entry in (*_by_place(seen, layout), *_certificates(seen, layout)):
        if isinstance(entry, Failure):
            unread.setdefault(role, Unknown(entry.why))
        else:
            found.setdefault(path, _file(role, path, entry, users, groups))
    return tuple(found[path] for path in sorted(found)), tuple(sorted(unread.items(), key=lambda item: item[0]))


def _by_place(seen: Seen, layout: Layout) -> Iterator[tuple[str, str, Entry | Failure]]:
    """Every path that the configuration names for a role; of the usual ones the first that is there."""
    named = configuration.named_places(seen, layout)
    if isinstance(named, Failure):
        yield from ((role, "", named) for role in FROM_CONFIGURATION)
    places = {**layout.places, **_told_otherwise(seen, layout), **({} if isinstance(named, Failure) else named)}
    # One file may hold certificate and key: what is asked of the key counts for it.
    for role in sorted(places, key=lambda role: (role != TLS_KEY, role)):
        there = list(_there(seen, places[role]))
        usual = layout.places.get(role, ())
        first = next((path for path, _entry in there if path in usual), "")
        yield from ((role, path, entry) for path, entry in there if path not in usual or path == first)


def _told_otherwise(seen: Seen, layout: Layout) -> dict[str, tuple[str, ...]]:
    """Places that are known without the whole configuration: from the Engine, and from how it was reached."""
    told: dict[str, tuple[str, ...]] = {DAEMON_JSON: (configuration.file(seen, layout),)}
    if seen.root_dir in seen.entries and isinstance(configuration.named_places(seen, layout), Failure):
        told[DATA_ROOT] = (seen.root_dir,)
    if seen.socket and seen.socket not in layout.places[DOCKER_SOCKET]:
        told[DOCKER_SOCKET] = (seen.socket,)
    return told


def _there(seen: Seen, paths: tuple[str, ...]) -> Iterator[tuple[str, Entry | Failure]]:
    for path in paths:
        entry = seen.entries.get(path, NOT_LOOKED_AT)
        if entry is not None:
            yield path, entry


def _certificates(seen: Seen, layout: Layout) -> Iterator[tuple[str, str, Entry | Failure]]:
    """Every *.crt in the folders of certs.d."""
    registries = seen.folders.get(layout.registries)
    if isinstance(registries, Failure):
        yield REGISTRY_CERTIFICATE, "", registries
        return
    for registry in registries or ():
        folder = layout.registry(registry)
        names = seen.folders.get(folder, NOT_LOOKED_AT)
        if isinstance(names, Failure):
            yield REGISTRY_CERTIFICATE, "", names
        for path, entry in _there(seen, tuple(f"{folder.path}/{name}" for name in _listed(names))):
            yield REGISTRY_CERTIFICATE, path, entry


def _listed(names: tuple[str, ...] | Failure | None) -> tuple[str, ...]:
    return () if names is None or isinstance(names, Failure) else names


def _file(role: str, path: str, entry: Entry, users: Names, groups: Names) -> HostFile:
    written = path.encode(errors="replace").decode()  # a name on a disk may be no text at all
    return HostFile(
        key=bounded(written),
        name=written,
        role=role,
        type=entry.type,
        mode=entry.mode,
        uid=_number(entry.uid),
        gid=_number(entry.gid),
        owner=_name(entry.uid, users),
        group=_name(entry.gid, groups),
    )


def _names(seen: Seen, table: str) -> Names:
    text = seen.text(table)
    if isinstance(text, Failure):
        return Unknown(text.why)
    return accounts.names(text or "")


def _number(number: int | Failure) -> Fact[int]:
    return Unknown(number.why) if isinstance(number, Failure) else number


def _name(number: int | Failure, names: Names) -> Fact[str]:
    if isinstance(number, Failure):
        return Unknown(number.why)
    return names if isinstance(names, Unknown) else names.get(number, str(number))
