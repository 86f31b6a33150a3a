"""From what was seen of a host's files to its facts. Pure, and whatever the files hold, it never raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from secdash.facts.answers import Failure
from secdash.facts.files.seen import Seen
from secdash.facts.message import say
from secdash.facts.model import Fact, HostFacts, Listener, Unknown
from secdash.facts.parse.host import accounts, audit, configuration, kernel
from secdash.facts.parse.host.files import files
from secdash.facts.parse.host.layout import Layout, layout_of
from secdash.facts.places import DATA_ROOT

T = TypeVar("T")

PASSWD, GROUP = "/etc/passwd", "/etc/group"
MOUNTS, TCP, TCP6 = "/proc/1/mountinfo", "/proc/1/net/tcp", "/proc/1/net/tcp6"


def parse_host(seen: Seen | Failure) -> HostFacts | Unknown:
    if isinstance(seen, Failure):
        return Unknown(seen.why)
    layout = layout_of(seen)
    found, unread = files(seen, layout)
    rules = audit.rules(seen)
    return HostFacts(
        source=seen.source,
        files=found,
        unread=unread,
        daemon=configuration.configuration(seen, layout),
        audit_rules=Unknown(rules.why) if isinstance(rules, Failure) else rules,
        docker_group=_docker_group(seen, layout),
        mount_points=_mount_points(seen, layout),
        listeners=_listeners(seen, layout),
    )


def _docker_group(seen: Seen, layout: Layout) -> Fact[tuple[str, ...]]:
    """Who is in the group that the daemon gives its socket to."""
    named = configuration.value(seen, layout, "group")
    name = named if isinstance(named, str) and named else "docker"
    return _of(seen, (GROUP, PASSWD), lambda group, passwd: accounts.members(group, passwd, name))


def _mount_points(seen: Seen, layout: Layout) -> Fact[tuple[str, ...]]:
    named = configuration.value(seen, layout, DATA_ROOT)
    roots = (*layout.places[DATA_ROOT], *(path for path in (named, seen.root_dir) if _is_path(path)))
    return _of(seen, (MOUNTS,), lambda mountinfo: kernel.mount_points(mountinfo, roots))


def _listeners(seen: Seen, layout: Layout) -> Fact[tuple[Listener, ...]]:
    hosts = configuration.value(seen, layout, "hosts")
    ports = frozenset(filter(None, map(_port, hosts if isinstance(hosts, list) else [])))
    # A kernel without IPv6 has no tcp6.
    tables = (TCP,) if seen.text(TCP6) is None else (TCP, TCP6)
    return _of(seen, tables, lambda *texts: kernel.listeners(texts, ports))


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/")


def _port(address: object) -> int:
    port = address.rpartition(":")[2] if isinstance(address, str) and address.startswith("tcp://") else ""
    return int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0


def _of(seen: Seen, paths: tuple[str, ...], make: Callable[..., T]) -> Fact[T]:
    """What is made of these files; Unknown where one of them cannot be read, or is not there."""
    texts: list[Any] = [seen.text(path) for path in paths]
    for path, text in zip(paths, texts, strict=True):
        if not isinstance(text, str):
            return Unknown(
                text.why if isinstance(text, Failure) else say("There is no %(path)s on this host.", path=path)
            )
    return make(*texts)
