"""The changes that are offered, as a table: which findings each of them closes, and what it may break. Pure.

A change claims only what it truly closes, each of a check whose own fix it is or whose verdict follows from it:
tests make every kind of change on facts, judge again, and compare. Where a fix is not always to be had, or not always
enough, its check is not in the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from secdash.checks.audit import WATCHED
from secdash.checks.host_files import PLACES
from secdash.checks.remedy import LIKELY, SAFE, TRY, Certainty
from secdash.facts.message import Message, say


class Kind(StrEnum):
    """Where the one change is made."""

    DAEMON = "daemon"
    FILES = "files"
    AUDIT = "audit"
    UPGRADE = "upgrade"
    SAME = "same"
    PROJECT = "project"
    IMAGE = "image"


class Change(msgspec.Struct, frozen=True):
    """A change that is the same on every host. `inherited` are checks of containers that the Engine's setting decides.

    Of these it closes only the findings of containers that leave it to the Engine, on hosts where it is made.
    """

    kind: Kind
    key: str
    checks: frozenset[str]
    certainty: Certainty
    breaks: Message
    inherited: frozenset[str] = frozenset()

    @property
    def ident(self) -> str:
        return f"{self.kind}:{self.key}"


RESTARTS = say("The daemon restarts, and containers with it unless live-restore is on.")
RELOADS = say("The daemon only reads its file again.")
EMPTY_STORE = say(
    "The Engine starts with an empty store: images must be pulled again, containers made anew, and files on "
    "mounted volumes given to other users."
)
DATA_MOVES = say("Images and containers of the old driver must be saved before and loaded again.")
NEW_CONTAINERS = say(
    "The daemon restarts. Containers take the setting when they are made anew; sudo and su inside them then fail."
)
NEW_SECCOMP = say("The daemon restarts. Containers take the profile when they start; rare system calls then fail.")
CERTIFICATES = say("Clients without a certificate are refused: make certificates for all of them first.")
CLOSED_NETWORK = say("Containers on the default bridge do not reach each other any more; networks of their own go on.")
LOOPBACK = say("What is published later without an address answers on this machine alone.")
NO_REGISTRY = say("Images cannot be pulled from these registries until they have a certificate.")
LOGS_MOVE = say("Logs of new containers go where the driver sends them; the target must be there.")

# {key of daemon.json: (checks of the Engine or a network, how sure, what may break)}
_DAEMON: Mapping[str, tuple[tuple[str, ...], Certainty, Message]] = {
    "no-new-privileges": (("daemon-no-new-privileges-off",), LIKELY, NEW_CONTAINERS),
    "seccomp-profile": (("daemon-seccomp-disabled",), LIKELY, NEW_SECCOMP),
    "icc": (("icc-enabled",), TRY, CLOSED_NETWORK),
    "userns-remap": (("userns-remap-off",), TRY, EMPTY_STORE),
    "live-restore": (("live-restore-off",), SAFE, RELOADS),
    "debug": (("daemon-debug-on",), SAFE, RELOADS),
    "log-level": (("daemon-log-level-changed",), SAFE, RESTARTS),
    "experimental": (("experimental-features",), LIKELY, RESTARTS),
    "userland-proxy": (("userland-proxy-on",), LIKELY, RESTARTS),
    "default-ulimits": (("default-ulimits-missing",), LIKELY, RESTARTS),
    "cgroup-parent": (("daemon-cgroup-parent-changed",), LIKELY, RESTARTS),
    "iptables": (("iptables-off",), TRY, RESTARTS),
    "ip6tables": (("ipv6-unfiltered",), TRY, RESTARTS),
    "ip": (("publishes-everywhere-by-default",), TRY, LOOPBACK),
    "insecure-registries": (("insecure-registry",), TRY, NO_REGISTRY),
    "storage-driver": (("deprecated-storage-driver",), TRY, DATA_MOVES),
    "log-driver": (("logs-stay-on-host",), TRY, LOGS_MOVE),
    "tlsverify": (("unauthenticated-api",), TRY, CERTIFICATES),
}
INHERITED = {"no-new-privileges": "no-new-privileges-off", "seccomp-profile": "seccomp-disabled"}

# The daemon may be told of another group than docker for its socket, which the fix does not know.
_FILES = frozenset(
    {f"{place.name}-{fault}" for place in PLACES for fault in ("foreign-owner", "loose-mode")}
    - {"docker-sock-foreign-owner"}
    | {"docker-file-writable", "tls-key-readable"}
)
_AUDIT = frozenset(f"{name}-not-audited" for _role, name, _number, _title in WATCHED)
_PARTS = frozenset(
    {
        *("runc-known-escape", "runc-known-weakness"),
        *("containerd-end-of-life", "containerd-known-vulnerability", "containerd-known-weakness"),
    }
)
_ENGINE = frozenset(
    {"engine-end-of-life", "engine-known-vulnerability", "engine-known-weakness", "authorization-bypass"}
)
# Fixes of a Compose service that can always be written and always close their finding, and how sure the least sure is.
SAME: Mapping[str, Certainty] = {
    "no-memory-limit": TRY,
    "no-pids-limit": LIKELY,
    "no-cpu-limit": LIKELY,
    "no-ulimits": LIKELY,
    "no-healthcheck": TRY,
    "unlimited-restarts": LIKELY,
    "no-new-privileges-off": LIKELY,
    "writable-root-filesystem": TRY,
    "runs-as-root": TRY,
    "privileged-container": TRY,
    "default-capabilities-kept": LIKELY,
    "capabilities-added": TRY,
    "dangerous-capability": TRY,
    "published-on-all-interfaces": TRY,
    "host-network": TRY,
    "host-pid": LIKELY,
    "host-ipc": LIKELY,
    "host-uts": LIKELY,
    "host-user-namespace": LIKELY,
    "host-cgroup-namespace": LIKELY,
    "shareable-ipc": LIKELY,
    "custom-cgroup-parent": LIKELY,
}
# Faults that a new build of the image takes away. Of containers of it, by the checks below, only those that leave the
# matter to the image: the finding's evidence says so.
IMAGE = frozenset(
    {
        *("image-default-root", "image-no-healthcheck", "image-build-triggers", "image-exposes-remote-access"),
        *("image-remote-add", "image-reserved-labels", "image-runs-download", "image-update-alone", "image-uses-add"),
        *("image-uses-sudo", "image-verification-off", "image-volume-on-system-path", "image-world-writable"),
    }
)
OF_IMAGE = {"runs-as-root": "image-default-root", "no-healthcheck": "image-no-healthcheck"}
REBUILT = say(
    "The image is built again and its containers are made anew. On an image of somebody else build one of your own."
)
MADE_ANEW = say("These containers are made anew; the fix written for each says what may stop working.")
REDEPLOYED = say("Its containers are made anew, with all these changes at once; try those that are to be tried first.")


def _changes() -> dict[str, Change]:
    made = [
        Change(Kind.DAEMON, key, frozenset(checks), certainty, breaks, _inherited(key))
        for key, (checks, certainty, breaks) in _DAEMON.items()
    ]
    made += [
        Change(Kind.FILES, "files", _FILES, LIKELY, say("Who changed these files as another user cannot any more.")),
        Change(Kind.AUDIT, "audit", _AUDIT, SAFE, say("The log of the audit grows.")),
        Change(Kind.UPGRADE, "engine", _ENGINE | _PARTS, LIKELY, RESTARTS),
        Change(Kind.UPGRADE, "parts", _PARTS, LIKELY, RESTARTS),
    ]
    made += [Change(Kind.SAME, name, frozenset({name}), sure, MADE_ANEW) for name, sure in SAME.items()]
    return {change.ident: change for change in made}


def _inherited(key: str) -> frozenset[str]:
    return frozenset({INHERITED[key]}) if key in INHERITED else frozenset()


CHANGES = _changes()
