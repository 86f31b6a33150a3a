"""Devices through which a container holds the whole machine: its memory and its disks."""

from __future__ import annotations

import re
from collections.abc import Callable

from secdash.checks.engine import check
from secdash.checks.isolation import fails_where_found
from secdash.checks.outcome import CRITICAL, Outcome
from secdash.checks.paths import normalise
from secdash.checks.remedy import Change, ComposeFix, Exclude
from secdash.checks.service import device_entry
from secdash.facts.message import say
from secdash.facts.model import Container, Device, Unknown, known

MEMORY = r"mem|kmem|port"
DISKS = r"(?:s|h|v|xv)d[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+\w*|md\d+|dm-\d+"
BY_NAME = r"(?:disk|mapper|block|md)(?:/.*)?"
CONTROLS = re.compile(rf"/dev(?:/(?:{MEMORY}|{DISKS}|{BY_NAME}))?")
# A device that is merely bound in from the host stays shut unless such a rule opens it; `host-devices` reports those.
# Every device of a kind, a block device whichever it is, or memory by its number (1:1 mem, 1:2 kmem, 1:4 port). A rule
# of none but `m` lets it make the node and not open it.
RULE = re.compile(r"(?:a\b.*|b \S+ \w*[rw]\w*|c (?:\*:\S+|1:(?:\*|1|2|4)) \w*[rw]\w*)")


def _without(container: Container) -> ComposeFix:
    found: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("devices", tuple(device_entry(device) for device in _devices(container))),
        ("device_cgroup_rules", () if isinstance(container.device_cgroup_rules, Unknown) else tuple(_rules(container))),
    )
    changes: tuple[Change, ...] = tuple(Exclude(key, items) for key, items in found if items)
    return ComposeFix(
        say("Take the device away; give the container the files it needs, not the disk below them."), changes
    )


@check(
    Container,
    severity=CRITICAL,
    risks=("sys-dev", "low-full-privileges", "secret-disclosure"),
    fix=_without,
)
def device_controls_host(container: Container) -> Outcome:
    """Holds the host's memory or disks"""
    places: dict[str, Callable[[], list[str]]] = {
        "HostConfig.Devices": lambda: [device_entry(device) for device in _devices(container)],
        "HostConfig.DeviceCgroupRules": lambda: _rules(container),
    }
    return fails_where_found(
        container,
        places,
        lambda found: say(
            "Below every permission it reads, and where it may write changes, all of the host: %(found)s.", found=found
        ),
    )


def _devices(container: Container) -> list[Device]:
    return [device for device in known(container.devices) if CONTROLS.fullmatch(normalise(device.host))]


def _rules(container: Container) -> list[str]:
    return [rule for rule in known(container.device_cgroup_rules) if RULE.fullmatch(rule.strip())]
