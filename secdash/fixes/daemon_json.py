"""A change to daemon.json: merged into the file where it was read, else its keys alone; and what the daemon needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from secdash.checks.daemon_settings import settings
from secdash.checks.isolation import security_names
from secdash.checks.releases.versions import parse
from secdash.checks.remedy import DaemonFix, Drop, Fill, Put
from secdash.facts.message import Message, say
from secdash.facts.model import Engine, Snapshot, Unknown
from secdash.facts.redact import MASK
from secdash.fixes import json_text, patch
from secdash.fixes.patch import Lines

FILE = "/etc/docker/daemon.json"
ROOTLESS_FILE = "~/.config/docker/daemon.json"
VALIDATES_SINCE = (23, 0)
IN_FILE = "daemon.json"
SERVICE = "docker.service"
# Options whose name on the command line is not the one in the file.
OPTIONS: Mapping[str, str] = {
    "hosts": "host",
    "insecure-registries": "insecure-registry",
    "registry-mirrors": "registry-mirror",
    "authorization-plugins": "authorization-plugin",
    "default-ulimits": "default-ulimit",
    "storage-opts": "storage-opt",
    "log-opts": "log-opt",
    "exec-opts": "exec-opt",
    "labels": "label",
}

Edit = Put | Fill | Drop


class Written(msgspec.Struct, frozen=True):
    """A fix of the daemon's configuration, written out. `json` is the whole file, or only the keys to merge into it.

    `lines` compare the file as it is with `json`; there are none where it was not read.
    """

    file: str
    commands: tuple[str, ...]
    notes: tuple[Message, ...]
    json: str = ""
    diff: str = ""
    lines: Lines = ()


def written(fix: DaemonFix, snapshot: Snapshot) -> Written:
    file, present = _present(snapshot)
    on_command_line = _on_command_line(snapshot)
    here = [change for change in fix.changes if change.key not in on_command_line]
    there = [change for change in fix.changes if change.key in on_command_line and not isinstance(change, Fill)]
    reload = fix.reload and not there
    commands = _commands(file, snapshot, here, there, reload=reload)
    notes = (*(_conflict(change, _unit(snapshot)) for change in there), _effect(snapshot.engine, reload=reload))
    bare = Written(file, commands, notes)
    if not here:
        return bare
    merged = None if present is None else _merged(present, here)
    return _alone(bare, here) if present is None or merged is None else _whole(bare, present, merged)


def _whole(bare: Written, present: str, merged: str) -> Written:
    """The file with the fix in it, and what that changes."""
    masked = say("Values shown as %(mask)s are hidden here: put yours back when you copy the file.", mask=MASK)
    return msgspec.structs.replace(
        bare,
        json=merged,
        diff=patch.unified(present, merged, bare.file.lstrip("/")),
        lines=patch.lines(present, merged),
        notes=(masked, *bare.notes) if MASK in merged else bare.notes,
    )


def _alone(bare: Written, changes: Sequence[Edit]) -> Written:
    """The keys, for a file that was not read or that is no JSON."""
    notes = (
        say("secdash has not read %(file)s: keep its other keys and make the file if there is none.", file=bare.file),
        *(say("Remove the key %(key)s if it is there.", key=change.key) for change in _drops(changes)),
        say("The key may also be set as an option where the daemon is started; it refuses to start with both."),
    )
    return msgspec.structs.replace(
        bare, json=_keys(changes), diff=_sketch(bare.file, changes), notes=(*notes, *bare.notes)
    )


def _present(snapshot: Snapshot) -> tuple[str, str | None]:
    """Its path and text; "" where there is no such file, None where it was not read."""
    usual = ROOTLESS_FILE if _is_rootless(snapshot.engine) else FILE
    if isinstance(snapshot.host, Unknown) or isinstance(snapshot.host.daemon, Unknown):
        return usual, None
    daemon = snapshot.host.daemon
    return daemon.file or usual, None if isinstance(daemon.text, Unknown) else daemon.text or ""


def _merged(text: str, changes: Iterable[Edit]) -> str | None:
    """The file with the changes made; None where it is no JSON object, as redaction may leave it."""
    try:
        for change in changes:
            text = _edited(text if text.strip() else "{}", change)
    except ValueError:
        return None
    return text


def _edited(text: str, change: Edit) -> str:
    match change:
        case Put(key, value):
            return json_text.put(text, key, value)
        case Fill(key, value):
            return text if key in json_text.keys(text) else json_text.put(text, key, value)
        case Drop(key):
            return json_text.drop(text, key)


def _on_command_line(snapshot: Snapshot) -> frozenset[str]:
    """Keys that are options of the daemon's command line: set in the file as well, they keep it from starting."""
    found = settings(snapshot)
    known_ones = () if isinstance(found, Unknown) else found
    return frozenset(each.name for each in known_ones if each.origin != IN_FILE)


def _conflict(change: Edit, unit: str) -> Message:
    """A running daemon shows its options, not who gave them: where there is a unit, it is the one to look into."""
    option = _option(change)
    if not unit:
        return say(
            "--%(option)s is given where the daemon is started: change it there; it refuses to start with both.",
            option=option,
        )
    if isinstance(change, Drop):
        return say(
            "Take --%(option)s out of the unit %(unit)s: the option is given there.",
            option=option,
            unit=unit,
        )
    return say(
        "Set --%(option)s in the unit %(unit)s, not in the file: the daemon refuses to start with both.",
        option=option,
        unit=unit,
    )


def _option(change: Edit) -> str:
    """As the command line has it, with its value where this is one word."""
    name = OPTIONS.get(change.key, change.key)
    if isinstance(change, Drop) or isinstance(change.value, dict | list):
        return name
    return f"{name}={change.value if isinstance(change.value, str) else json.dumps(change.value)}"


def _unit(snapshot: Snapshot) -> str:
    """The file of the daemon's unit; "" where there is none."""
    files = () if isinstance(snapshot.host, Unknown) else snapshot.host.files
    return next((file.key for file in files if file.role == SERVICE), "")


def _effect(engine: Engine, *, reload: bool) -> Message:
    """Whether containers stop."""
    if reload:
        return say("The daemon reads this again on reload; running containers go on.")
    if isinstance(engine.live_restore, Unknown):
        return say("The daemon must restart; running containers stop with it unless live-restore is on.")
    if engine.live_restore:
        return say("The daemon must restart; running containers go on, since live-restore is on.")
    return say("The daemon must restart, and running containers stop with it: only those with a restart policy return.")


def _commands(
    file: str, snapshot: Snapshot, here: Sequence[Edit], there: Sequence[Edit], *, reload: bool
) -> tuple[str, ...]:
    """Open the unit if something in it changes, look at the file if this daemon can, then let it read both."""
    engine, systemctl = snapshot.engine, _systemctl(snapshot.engine)
    edit = (f"{systemctl} edit --full docker",) if there and _unit(snapshot) else ()
    sudo = "" if _is_rootless(engine) else "sudo "
    check = (f"{sudo}dockerd --validate --config-file={file}",) if here and _validates(engine) else ()
    return (*edit, *check, f"{systemctl} {'reload' if reload else 'restart'} docker")


def _systemctl(engine: Engine) -> str:
    return "systemctl --user" if _is_rootless(engine) else "sudo systemctl"


def _is_rootless(engine: Engine) -> bool:
    return not isinstance(engine.security_options, Unknown) and "rootless" in security_names(engine)


def _validates(engine: Engine) -> bool:
    version = None if isinstance(engine.version, Unknown) else parse(engine.version)
    return version is None or version.line >= VALIDATES_SINCE


def _keys(changes: Sequence[Edit]) -> str:
    """The keys to set, as JSON; `{}` where keys are only to be removed."""
    return json.dumps({each.key: each.value for each in _puts(changes)}, indent=2, ensure_ascii=False) + "\n"


def _sketch(file: str, changes: Sequence[Edit]) -> str:
    """What changes in a file that was not read, as lines to add and to remove."""
    removed = [f'-  "{change.key}": …' for change in _drops(changes)]
    added = [f"+{line}" for change in _puts(changes) for line in _entry(change)]
    return "\n".join([f"--- a{file}", f"+++ b{file}", " {", *removed, *added, " }"]) + "\n"


def _puts(changes: Iterable[Edit]) -> list[Put | Fill]:
    return [change for change in changes if isinstance(change, Put | Fill)]


def _drops(changes: Iterable[Edit]) -> list[Drop]:
    return [change for change in changes if isinstance(change, Drop)]


def _entry(change: Put | Fill) -> list[str]:
    return json.dumps({change.key: change.value}, indent=2, ensure_ascii=False).splitlines()[1:-1]
