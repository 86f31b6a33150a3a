"""A change to daemon.json: keys to merge into a file that secdash has not read, and how the daemon learns of it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from secdash.checks.remedy import DaemonFix, Drop, Put
from secdash.facts.message import Message, say
from secdash.facts.model import Engine, Unknown

FILE = "/etc/docker/daemon.json"
CHECK = f"sudo dockerd --validate --config-file={FILE}"  # since Engine 23.0
RELOAD = "sudo systemctl reload docker"
RESTART = "sudo systemctl restart docker"


def text(fix: DaemonFix) -> str:
    """The keys to set, as JSON; `{}` where keys are only to be removed."""
    return json.dumps({change.key: change.value for change in _puts(fix)}, indent=2, ensure_ascii=False) + "\n"


def diff(fix: DaemonFix) -> str:
    """What changes in the file, as lines to add and to remove; its other keys stay as they are."""
    removed = [f'-  "{change.key}": …' for change in fix.changes if isinstance(change, Drop)]
    added = [f"+{line}" for change in _puts(fix) for line in _entry(change)]
    return "\n".join([f"--- a{FILE}", f"+++ b{FILE}", " {", *removed, *added, " }"]) + "\n"


def commands(fix: DaemonFix) -> tuple[str, ...]:
    return (CHECK, RELOAD if fix.reload else RESTART)


def notes(fix: DaemonFix, engine: Engine) -> tuple[Message, ...]:
    """What the operator must know before: the file is theirs to merge, and whether containers stop."""
    return (
        say("secdash has not read %(file)s: keep its other keys and make the file if there is none.", file=FILE),
        *(say("Remove the key %(key)s if it is there.", key=change.key) for change in _drops(fix.changes)),
        say("The key may also be set as an option where the daemon is started; it refuses to start with both."),
        _effect(fix, engine),
    )


def _effect(fix: DaemonFix, engine: Engine) -> Message:
    if fix.reload:
        return say("The daemon reads this again on reload; running containers go on.")
    if isinstance(engine.live_restore, Unknown):
        return say("The daemon must restart; running containers stop with it unless live-restore is on.")
    if engine.live_restore:
        return say("The daemon must restart; running containers go on, since live-restore is on.")
    return say("The daemon must restart, and running containers stop with it: only those with a restart policy return.")


def _puts(fix: DaemonFix) -> list[Put]:
    return [change for change in fix.changes if isinstance(change, Put)]


def _drops(changes: Iterable[Put | Drop]) -> list[Drop]:
    return [change for change in changes if isinstance(change, Drop)]


def _entry(change: Put) -> list[str]:
    written = json.dumps({change.key: change.value}, indent=2, ensure_ascii=False)
    return written.splitlines()[1:-1]
