"""Kernel settings that a container was given with --sysctl."""

from __future__ import annotations

import re

from secdash.checks.engine import check
from secdash.checks.outcome import MEDIUM, Outcome, fails_if
from secdash.checks.remedy import ComposeFix, Drop, Put
from secdash.facts.message import say
from secdash.facts.model import Container, known

# What a namespace has for itself: https://docs.docker.com/reference/cli/docker/container/run/#sysctl, read 2026-11-26
OF_A_NAMESPACE = re.compile(r"net\..*|fs\.mqueue\..*|kernel\.(?:msg\w+|sem|shm\w+|domainname|hostname)")
# Forwarding is left out: containers inherit it from the host, where Docker turns it on. So is the first unprivileged
# port, which Docker itself lowers to 0 in every container with a network of its own.
LOOSENED = re.compile(
    r"net\.ipv4\.conf\.\w+\.(?:accept_source_route|route_localnet)=1"
    r"|net\.ipv[46]\.conf\.\w+\.accept_redirects=1"
    r"|net\.ipv4\.tcp_syncookies=0"
)


def _without(container: Container) -> ComposeFix:
    kept = {name: value for name, value in known(container.sysctls) if not _loosens(name, value)}
    summary = say("Take these settings away; the kernel's own values hold then.")
    return ComposeFix(summary, (Put("sysctls", kept) if kept else Drop("sysctls"),))


@check(
    Container,
    severity=MEDIUM,
    risks=("sys-proc-sys", "network-exposure"),
    fix=_without,
)
def risky_sysctl(container: Container) -> Outcome:
    """Kernel settings loosened"""
    found = [f"{name}={value}" for name, value in known(container.sysctls) if _loosens(name, value)]
    reason = say(
        "Protections of its network are off, or the setting is the host's own: %(found)s.", found=", ".join(found)
    )
    return fails_if(bool(found), reason, {"HostConfig.Sysctls": found})


def _loosens(name: str, value: str) -> bool:
    return not OF_A_NAMESPACE.fullmatch(name) or LOOSENED.fullmatch(f"{name}={value.strip()}") is not None
