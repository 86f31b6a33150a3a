"""Command lines that change a file, a rule of the kernel's audit or a group of the host."""

from __future__ import annotations

import shlex

from secdash.checks.daemon_settings import socket_group
from secdash.checks.remedy import AuditFix, FileFix
from secdash.facts.message import Message, say
from secdash.facts.model import Snapshot, Unknown

RULES = "/etc/audit/rules.d/docker.rules"
LOAD = "sudo augenrules --load"
KEY = "docker"
LAYERS = ("overlay2", "btrfs", "zfs", "vfs")  # drivers that keep the layers in a folder of their own name


def of_file(fix: FileFix) -> tuple[str, ...]:
    """The owner first: chown takes setuid and setgid away, which a mode may be meant to keep."""
    path = shlex.quote(fix.path)
    owner = (f"sudo chown {shlex.quote(fix.owner)} {path}",) if fix.owner else ()
    return (*owner, f"sudo chmod {fix.mode} {path}") if fix.mode else owner


def of_audit(fix: AuditFix, snapshot: Snapshot) -> tuple[str, ...]:
    """A line for the file of rules, and the command that loads it. The first rule that matches counts."""
    silent = [f"-a never,exit -F dir={folder}" for folder in _busy(fix, snapshot)]
    field = "dir" if fix.folder else "path"
    rules = [*silent, f"-a always,exit -F {field}={fix.path} -F perm=wa -k {KEY}"]
    return (*(f"echo {shlex.quote(rule)} | sudo tee -a {RULES}" for rule in rules), LOAD)


def of_members(snapshot: Snapshot) -> tuple[str, ...]:
    members = () if isinstance(snapshot.host, Unknown) else snapshot.host.docker_group
    names = () if isinstance(members, Unknown) else members
    group = shlex.quote(socket_group(snapshot))
    return tuple(f"sudo gpasswd -d {shlex.quote(name)} {group}" for name in names if name != "root")


def notes_of_members() -> tuple[Message, ...]:
    return (
        say("It counts from the next login on. Whose own group it is needs another one first, with usermod -g."),
        say("Programs that use the socket under such an account lose it; see which before."),
    )


def _busy(fix: AuditFix, snapshot: Snapshot) -> list[str]:
    """Folders below a data root where containers write all the time; a rule for one that is missing stops auditctl."""
    if not fix.data_root:
        return []
    driver = snapshot.engine.storage_driver
    own = [driver] if driver in LAYERS else []
    return [f"{fix.path}/{name}" for name in ("volumes", *own)]
