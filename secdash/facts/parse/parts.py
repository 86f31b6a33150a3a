"""The records inside a container or image: each is read whole, or is malformed."""

from __future__ import annotations

import re
from datetime import date

from secdash.facts import redact
from secdash.facts.model import Device, EnvName, Healthcheck, Mount, Ulimit, Unknown
from secdash.facts.parse.reading import Malformed, Node, flag, in_order, items, mapping, pairs, text, whole

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T", re.ASCII)
NEVER = "0001-01-01"  # how the Engine writes a time that has not come


def capability(value: object) -> str:
    return text(value).upper().removeprefix("CAP_")


def day(value: object) -> str:
    """The day of a moment: a finer time would make every look at a restarting container differ."""
    found = MOMENT.match(text(value))
    try:
        written = date.fromisoformat(found[1] if found else "").isoformat()
    except ValueError:
        raise Malformed from None
    return "" if written == NEVER else written


def env(value: object) -> tuple[EnvName, ...]:
    return redact.env_names(in_order(text)(value))


def labels(value: object) -> tuple[tuple[str, str], ...]:
    return redact.masked_pairs(pairs(value))


def command(value: object) -> tuple[str, ...]:
    """A command line; API versions before 1.21 wrote one string."""
    return redact.masked_words(words(value))


def read_command(config: Node) -> tuple[str, ...] | Unknown:
    """`Cmd`, which is handed to the entrypoint: what is secret in it depends on who reads it."""
    try:
        program = words(config.at("Entrypoint").read(lambda value: value, absent=(), null=()))
    except Malformed:
        program = ()
    return config.at("Cmd").read(lambda value: redact.masked_words(words(value), program), absent=(), null=())


def words(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else in_order(text)(value)


def told_secrets(value: object) -> tuple[str, ...]:
    """Of a `Config`: where the command, the health check or a trigger holds a secret, and what it looks like."""
    config = mapping(value)
    declared = mapping(config.get("Healthcheck") or {})
    lines = {
        "Entrypoint": config.get("Entrypoint"),
        "Cmd": config.get("Cmd"),
        "Healthcheck.Test": declared.get("Test"),
        "OnBuild": config.get("OnBuild"),
    }
    found = ((place, redact.secret_in_words(words(line or ()))) for place, line in lines.items())
    return tuple(f"Config.{place}: {reason}" for place, reason in found if reason)


def told_with_labels(value: object) -> tuple[str, ...]:
    """The same, and the labels that hold one."""
    names = redact.secret_names(pairs(mapping(value).get("Labels") or {}))
    return (*told_secrets(value), *(f"Config.Labels: {name}" for name in names))


def healthcheck(value: object) -> tuple[Healthcheck, ...]:
    """One health check, or none where the object is there but declares nothing."""
    declared = mapping(value)
    test = redact.masked_words(in_order(text)(declared.get("Test") or []))
    check = Healthcheck(
        test,
        interval=_whole_or_zero(declared, "Interval"),
        timeout=_whole_or_zero(declared, "Timeout"),
        start_period=_whole_or_zero(declared, "StartPeriod"),
        retries=_whole_or_zero(declared, "Retries"),
    )
    return () if check == Healthcheck(()) else (check,)


def mount(value: object) -> Mount:
    found = mapping(value)
    return Mount(
        type=text(found.get("Type")),
        source=_text_or_empty(found, "Source"),
        destination=text(found.get("Destination")),
        read_only=not flag(found.get("RW")),
        name=_text_or_empty(found, "Name"),
        driver=_text_or_empty(found, "Driver"),
        propagation=_text_or_empty(found, "Propagation"),
        mode=_text_or_empty(found, "Mode"),
    )


def device(value: object) -> Device:
    found = mapping(value)
    return Device(
        host=text(found.get("PathOnHost")),
        container=_text_or_empty(found, "PathInContainer"),
        permissions=_text_or_empty(found, "CgroupPermissions"),
    )


def device_request(value: object) -> str:
    """A line that a person can read: "nvidia count=-1 capabilities=gpu"."""
    found = mapping(value)
    ids = in_order(text)(found.get("DeviceIDs") or [])
    wanted = f"ids={','.join(ids)}" if ids else f"count={_whole_or_zero(found, 'Count')}"
    sets = [" ".join(in_order(text)(group)) for group in items(found.get("Capabilities") or [])]
    words = (_text_or_empty(found, "Driver"), wanted, f"capabilities={'|'.join(sets)}" if sets else "")
    return " ".join(word for word in words if word)


def ulimit(value: object) -> Ulimit:
    found = mapping(value)
    name = text(found.get("Name")).lower().removeprefix("rlimit_")
    return Ulimit(name, soft=whole(found.get("Soft")), hard=whole(found.get("Hard")))


def _text_or_empty(found: dict[str, object], key: str) -> str:
    return text(found.get(key, ""))


def _whole_or_zero(found: dict[str, object], key: str) -> int:
    return whole(found.get(key, 0))
