"""The programs that start containers for the Engine: it runs them as root."""

from __future__ import annotations

import posixpath
import re
import shlex

from secdash.checks.engine import check
from secdash.checks.isolation import security_names
from secdash.checks.outcome import LOW, MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.paths import is_within, normalise
from secdash.checks.remedy import CommandFix
from secdash.facts.message import say
from secdash.facts.model import Engine, known

# By the program or the type of shim: the name in daemon.json is the administrator's to choose.
FAMILIAR = re.compile(
    r"(?:docker-)?runc|crun(?:-wasm)?|youki|runsc|kata-runtime|sysbox-runc"
    r"|(?:nvidia|amd)-container-runtime(?:\.\w+)?"
    r"|containerd-shim-[\w-]+-v\d|io\.containerd\.[\w-]+\.v\d|io\.containerd\.runtime\.v1\.linux"
)
OPEN_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/home", "/var/home", "/run/user")  # noqa: S108 - looked for
RUNTIMES = "info.Runtimes"


@check(
    Engine,
    severity=LOW,
    risks=("daemon-takeover", "supply-chain"),
)
def unfamiliar_runtime(engine: Engine) -> Outcome:
    """Runtime that is not well known"""
    if engine.podman:
        return _not_podmans(engine)
    strange = [_line(name, path) for name, path in known(engine.runtime_paths) if not _is_familiar(name, path)]
    reason = say("The Engine starts %(runtimes)s as root; find out who installed it.", runtimes=", ".join(strange))
    return fails_if(bool(strange), reason, {RUNTIMES: strange or _all(engine)})


def _move_to_root(engine: Engine) -> CommandFix:
    moves = (
        shlex.join(["sudo", "install", "-o", "root", "-g", "root", "-m", "0755", path, _home_of_root(path)])
        for _, path in _in_open_folder(engine)
    )
    return CommandFix(
        say("Install it where root alone writes, from a copy that you trust, and name that path under runtimes."),
        (*moves, "sudoedit /etc/docker/daemon.json", "sudo systemctl reload docker"),
    )


@check(
    Engine,
    severity=MEDIUM,
    risks=("daemon-takeover", "sys-root-code"),
    fix=_move_to_root,
)
def runtime_in_open_folder(engine: Engine) -> Outcome:
    """Runtime in a folder of ordinary users"""
    if engine.podman:
        return _not_podmans(engine)
    found = [_line(name, path) for name, path in _in_open_folder(engine)]
    if found and "rootless" in security_names(engine):
        return not_applicable(say("A rootless Engine runs its runtime as the user whom the folder belongs to."))
    reason = say("Whoever may write there decides what runs as root: %(runtimes)s.", runtimes=", ".join(found))
    return fails_if(bool(found), reason, {RUNTIMES: found or _all(engine)})


def _not_podmans(_engine: Engine) -> Outcome:
    return not_applicable(say("Podman lists every runtime that it would know, whether it is installed or not."))


def _is_familiar(name: str, path: str) -> bool:
    return FAMILIAR.fullmatch(posixpath.basename(path) or name) is not None


def _in_open_folder(engine: Engine) -> list[tuple[str, str]]:
    absolute = [(name, path) for name, path in known(engine.runtime_paths) if path.startswith("/")]
    return [(name, path) for name, path in absolute if any(is_within(normalise(path), f) for f in OPEN_FOLDERS)]


def _home_of_root(path: str) -> str:
    return f"/usr/local/bin/{posixpath.basename(path)}"


def _line(name: str, path: str) -> str:
    return f"{name} ({path})" if path else name


def _all(engine: Engine) -> list[str]:
    return [_line(name, path) for name, path in known(engine.runtime_paths)]
