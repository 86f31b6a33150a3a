"""What an image says of itself: its user, ports, volumes, triggers, labels, its machine and its age."""

from __future__ import annotations

import shlex
from datetime import date, timedelta

from secdash.checks import paths
from secdash.checks.engine import check
from secdash.checks.isolation import is_root
from secdash.checks.outcome import INFO, LOW, MEDIUM, Outcome, fails_if, not_applicable, unknown
from secdash.checks.remedy import CommandFix, build
from secdash.facts.message import say
from secdash.facts.model import Image, Snapshot, known


@check(
    Image,
    severity=MEDIUM,
    risks=("sys-root-code", "sys-uid0-escape"),
    fix=build(
        say("Name a user without rights as the last one, as numbers; give it what it must write."),
        "RUN install -d -o 10001 -g 10001 /var/lib/app",
        "USER 10001:10001",
    ),
)
def image_default_root(image: Image) -> Outcome:
    """Image starts as root"""
    if known(image.os) == "windows":
        return not_applicable(say("Images of Windows have other users."))
    user = known(image.user)
    reason = say("Every container made from it runs as root unless somebody thinks of another user.")
    return fails_if(is_root(user), reason, {"Config.User": user})


# Ways in for people, by the ports that IANA gave them, and the Engine's own without TLS.
REMOTE_ACCESS = {
    "22/tcp": "SSH",
    "23/tcp": "Telnet",
    "512/tcp": "rexec",
    "513/tcp": "rlogin",
    "2375/tcp": "Docker API",
    "3389/tcp": "RDP",
    "5900/tcp": "VNC",
    "6000/tcp": "X11",
}


@check(
    Image,
    severity=LOW,
    risks=("network-exposure",),
    fix=build(
        say("Leave the service out and its port too; docker exec and the API over SSH replace it."),
        "# remove: EXPOSE 22",
        "EXPOSE 8080",
    ),
)
def image_exposes_remote_access(image: Image) -> Outcome:
    """Image exposes a port for remote access"""
    exposed = known(image.exposed_ports)
    found = [REMOTE_ACCESS[port] for port in exposed if port in REMOTE_ACCESS]
    reason = say("It offers another way in: %(services)s.", services=", ".join(found))
    return fails_if(bool(found), reason, {"Config.ExposedPorts": list(exposed)})


@check(
    Image,
    severity=LOW,
    risks=("supply-chain",),
    fix=build(
        say("Write the steps into the Dockerfiles that need them, where they can be read."),
        "# remove: ONBUILD COPY . /app",
        "COPY . /app",
    ),
)
def image_build_triggers(image: Image) -> Outcome:
    """Image has triggers for other builds"""
    triggers = list(known(image.on_build))
    reason = say("Whoever builds on it runs these steps too, and no line of his own Dockerfile says so.")
    return fails_if(bool(triggers), reason, {"Config.OnBuild": triggers})


# A volume there hides what the image ships, or lies over what the Engine puts there.
KERNEL_PLACES = ("/dev", "/proc", "/sys")
SYSTEM_PLACES = ("/", "/bin", "/boot", "/etc", "/lib", "/lib64", "/run", "/sbin", "/usr", "/usr/bin", "/usr/lib")


@check(
    Image,
    severity=MEDIUM,
    risks=("mutable-filesystem", "sys-proc-sys"),
    fix=build(
        say("Declare the one folder that the application writes, and no part of the system."),
        "VOLUME /var/lib/app",
    ),
)
def image_volume_on_system_path(image: Image) -> Outcome:
    """Image puts a volume on a system path"""
    volumes = known(image.volumes)
    bad = any(_is_of_the_system(paths.normalise(place)) for place in volumes)
    reason = say("That part stays writable in every container, read-only root or not, and outlives updates.")
    return fails_if(bad, reason, {"Config.Volumes": list(volumes)})


def _is_of_the_system(path: str) -> bool:
    return path in SYSTEM_PLACES or any(paths.is_within(path, place) for place in KERNEL_PLACES)


# containerd keeps these names for itself; its CRI plug-in took them from images until June 2026 (CVE-2026-53488).
RESERVED = ("containerd.io/", "io.cri-containerd.")


@check(
    Image,
    severity=MEDIUM,
    risks=("supply-chain", "daemon-takeover"),
    fix=build(say("Name labels after a domain of your own."), 'LABEL org.example.team="shop"'),
)
def image_reserved_labels(image: Image) -> Outcome:
    """Image carries labels of the runtime"""
    found = [name for name, _ in known(image.labels) if name.startswith(RESERVED)]
    reason = say("Such names are orders to the runtime; an image has no business giving any.")
    return fails_if(bool(found), reason, {"Config.Labels": found})


# What `uname -m` says of the host: the architectures whose programs it runs by itself, as images name them.
RUNS: dict[str, tuple[str, ...]] = {
    "x86_64": ("amd64", "386"),
    "amd64": ("amd64", "386"),
    "aarch64": ("arm64", "arm"),
    "arm64": ("arm64", "arm"),
    "armv7l": ("arm",),
    "armv6l": ("arm",),
    "i686": ("386",),
    "ppc64le": ("ppc64le",),
    "s390x": ("s390x",),
    "riscv64": ("riscv64",),
}


def _build_for_here(image: Image) -> CommandFix:
    return CommandFix(
        say("Build it for the machines that run it, or pull the variant that its author made for them."),
        (f"docker buildx build --platform linux/amd64,linux/arm64 --tag {shlex.quote(image.name)} --push .",),
    )


@check(
    Image,
    severity=INFO,
    risks=("app-kernel-code",),
    fix=_build_for_here,
)
def image_foreign_architecture(image: Image, snapshot: Snapshot) -> Outcome:
    """Image built for another architecture"""
    own, host = known(image.architecture), known(snapshot.engine.architecture)
    if host not in RUNS or not own:
        return unknown(say("Which programs this machine runs by itself cannot be told from its name."))
    reason = say("It runs by emulation only: slowly, and through one more program that reads foreign code.")
    return fails_if(own not in RUNS[host], reason, {"Architecture": own, "info.Architecture": host})


# Ours: half a year, after which every distribution has published fixes for what a usual base holds.
OLDEST_DAYS = 180
A_DAY = timedelta(days=1)  # the host's date is that of its own time zone, an image's that of UTC
# Docker's first public release. An earlier date is one that builders write to make equal inputs give equal images.
FIRST_IMAGES = date(2013, 3, 20)


def _build_afresh(image: Image) -> CommandFix:
    return CommandFix(
        say("Build it again on a fresh base, then create its containers anew; do it on a schedule."),
        (f"docker build --pull --no-cache --tag {shlex.quote(image.name)} .", "docker compose up --detach"),
    )


@check(
    Image,
    severity=LOW,
    risks=("supply-chain",),
    fix=_build_afresh,
)
def image_old(image: Image, snapshot: Snapshot) -> Outcome:
    """Image is old"""
    created, today = _day(known(image.created)), _day(known(snapshot.engine.day))
    if created is None or today is None or not FIRST_IMAGES <= created <= today + A_DAY:
        return unknown(say("Its date of creation is not a real one; builds that can be repeated often leave it out."))
    # The age itself would make a finding change every day.
    reason = say("It was built on %(day)s and has had no fix of its base since.", day=created.isoformat())
    return fails_if((today - created).days > OLDEST_DAYS, reason, {"Created": created.isoformat()})


def _day(time: str) -> date | None:
    try:
        return date.fromisoformat(time[:10])
    except ValueError:
        return None
