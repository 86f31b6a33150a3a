"""The host's own files, settings, accounts and ports."""

from __future__ import annotations

from typing import Any

from secdash.facts.model.base import Fact, Record, Unknown


class HostFile(Record, frozen=True):
    """A file, folder or socket of the host that matters to Docker. `role` says what it is to Docker, `key` is its path.

    `mode` holds the permission bits, setuid, setgid and sticky included; names are the host's own for the numbers, or
    the number where it has none.
    """

    kind = "file"

    key: str
    name: str
    role: str
    type: str  # file, folder, socket, link, other
    mode: Fact[int]
    uid: Fact[int]
    gid: Fact[int]
    owner: Fact[str]
    group: Fact[str]


class AuditRule(Record, frozen=True):
    """A rule of the kernel's audit that watches a path: `-w PATH -p PERMISSIONS` or its spelling as a syscall rule.

    As the files of auditd write it. What is loaded in the kernel only auditctl tells, and only to root.
    """

    path: str
    permissions: str
    recursive: bool = False


class Listener(Record, frozen=True):
    """A TCP port of the host that somebody listens on; `address` is 0.0.0.0 or :: for all of them."""

    address: str
    port: int


class Setting(Record, frozen=True):
    """An option of the daemon by its name in daemon.json, as JSON has it; `origin` tells which of the places set it."""

    name: str
    value: Any  # redacted
    origin: str  # daemon.json, command line, unit


class DaemonConfiguration(Record, frozen=True, tag=True):
    """What daemon.json and the daemon's options set together. `text` is the redacted file; None where there is none."""

    file: str
    text: Fact[str | None]
    settings: Fact[tuple[Setting, ...]]


class HostFacts(Record, frozen=True, tag=True):
    """What was read of the host beside its Engine. `source`: local, ssh or archive.

    `unread` has the roles of which nothing can be said, not even whether such a file is there, and why.
    """

    source: str
    files: tuple[HostFile, ...]
    unread: tuple[tuple[str, Unknown], ...]
    daemon: Fact[DaemonConfiguration]
    audit_rules: Fact[tuple[AuditRule, ...]]
    docker_group: Fact[tuple[str, ...]]  # its members, and users whose own group it is
    mount_points: Fact[tuple[str, ...]]  # but for those of the kernel, of sessions and of containers
    listeners: Fact[tuple[Listener, ...]]  # of the ephemeral ports only those that the daemon is told to listen on
