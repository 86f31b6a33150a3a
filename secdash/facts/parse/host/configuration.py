"""What the daemon runs with: its options and daemon.json together, by the names of daemon.json.

The options are those of the running process where it is seen, else those that its unit would start it with. The
Engine refuses an option that is set in both places; where both are seen all the same, the file was changed after the
daemon started, and the option counts (decision in docs/decisions).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from secdash.facts import redact
from secdash.facts.answers import Failure
from secdash.facts.files.seen import Process, Seen
from secdash.facts.message import say
from secdash.facts.model import DaemonConfiguration, Setting, Unknown
from secdash.facts.parse.host import options, units
from secdash.facts.parse.host.layout import Layout
from secdash.facts.places import (
    CONTAINERD_SOCKET,
    DAEMON_JSON,
    DATA_ROOT,
    DOCKER_SOCKET,
    FROM_CONFIGURATION,
    TLS_CA,
    TLS_CERTIFICATE,
    TLS_KEY,
)

IN_FILE, ON_COMMAND_LINE, IN_UNIT = "daemon.json", "command line", "unit"
USUAL_TLS_FILES = {TLS_CA: "ca.pem", TLS_CERTIFICATE: "cert.pem", TLS_KEY: "key.pem"}
MOST_DEEP = 20  # levels of daemon.json; the Engine's own has four

NOT_WHAT_RUNS = Failure(
    say("The unit docker.service starts a daemon with another data root than the Engine has, so it is not what runs.")
)

Settings = dict[str, Setting]
Given = tuple[dict[str, Any], str]


def configuration(seen: Seen, layout: Layout) -> DaemonConfiguration:
    """Both places together, redacted."""
    path = file(seen, layout)
    content = _content(seen, path)
    found = _settings(seen, layout)
    return DaemonConfiguration(
        file=path,
        text=_unknown(content) if isinstance(content, Failure) else _written(content),
        settings=_unknown(found) if isinstance(found, Failure) else tuple(map(_masked, _sorted(found))),
    )


def texts(seen: Seen, layout: Layout) -> tuple[str, ...]:
    """The files that the configuration is read from, as far as they are known."""
    variables = units.environment_files(seen, layout) if isinstance(seen.daemon, Failure) else ()
    return (file(seen, layout), *variables)


def paths(seen: Seen, layout: Layout) -> tuple[str, ...]:
    """What the configuration names of the places in `places`."""
    named = named_places(seen, layout)
    return () if isinstance(named, Failure) else tuple(path for found in named.values() for path in found)


def named_places(seen: Seen, layout: Layout) -> dict[str, tuple[str, ...]] | Failure:
    """{role: paths} that the configuration sets, in place of the usual ones; none for a role that is switched off."""
    found = _settings(seen, layout)
    if isinstance(found, Failure):
        return found
    values = {name: setting.value for name, setting in found.items()}
    named = {role: _tls_file(role, values, layout) for role in FROM_CONFIGURATION}
    named |= {DAEMON_JSON: (file(seen, layout),), CONTAINERD_SOCKET: _containerd(values, layout)}
    if root := _path(values.get("data-root")):
        named[DATA_ROOT] = (root,)
    if sockets := _sockets(values.get("hosts"), layout):
        named[DOCKER_SOCKET] = sockets
    return named


def value(seen: Seen, layout: Layout, name: str) -> Any:
    """One setting as it stands; None where it is not set, or where nothing can be told."""
    found = _settings(seen, layout)
    setting = None if isinstance(found, Failure) else found.get(name)
    return setting.value if setting else None


def file(seen: Seen, layout: Layout) -> str:
    """daemon.json, or what --config-file names."""
    given = _given(seen, layout)
    named = "" if isinstance(given, Failure) else _path(given[0].get("config-file"))
    return named or layout.configuration


def _settings(seen: Seen, layout: Layout) -> Settings | Failure:
    """Everything that is set, by name, not redacted."""
    given, content = _given(seen, layout), _content(seen, file(seen, layout))
    if isinstance(given, Failure):
        return given
    if isinstance(content, Failure):
        return content
    in_file = {options.RENAMED.get(name, name): value for name, value in (content or {}).items()}
    found = {name: Setting(name, value, IN_FILE) for name, value in in_file.items()}
    found |= {name: Setting(name, value, given[1]) for name, value in given[0].items()}
    return found if given[1] == ON_COMMAND_LINE or _is_what_runs(found, seen, layout) else NOT_WHAT_RUNS


def _given(seen: Seen, layout: Layout) -> Given | Failure:
    """The options, and where they were seen."""
    if isinstance(seen.daemon, Process):
        return options.parse(seen.daemon.argv[1:]), ON_COMMAND_LINE
    words = units.command(seen, layout)
    return words if isinstance(words, Failure) else (options.parse(words[1:]), IN_UNIT)


def _is_what_runs(found: Settings, seen: Seen, layout: Layout) -> bool:
    """Whether the Engine has the root that these settings give it; below that where it remaps users."""
    named = _path(found[DATA_ROOT].value) if DATA_ROOT in found else ""
    wanted = named or layout.places[DATA_ROOT][0]
    return not seen.root_dir or f"{seen.root_dir}/".startswith(f"{wanted.rstrip('/')}/")


def _content(seen: Seen, path: str) -> dict[str, Any] | Failure | None:
    """The file, decoded; None where there is none."""
    text = seen.text(path)
    if text is None or isinstance(text, Failure):
        return text
    stripped = text.removeprefix("\ufeff").strip()
    try:
        content = orjson.loads(stripped or "{}")
    except orjson.JSONDecodeError:
        return Failure(say("%(path)s is not valid JSON, so the daemon would not start with it.", path=path))
    if not isinstance(content, dict) or _depth(content) > MOST_DEEP:
        return Failure(say("%(path)s is no JSON object that a daemon could read.", path=path))
    return content


def _depth(value: Any, so_far: int = 1) -> int:
    if so_far > MOST_DEEP or not isinstance(value, dict | list):
        return so_far
    below = value.values() if isinstance(value, dict) else value
    return max((_depth(item, so_far + 1) for item in below), default=so_far)


def _tls_file(role: str, values: Mapping[str, Any], layout: Layout) -> tuple[str, ...]:
    """Where TLS is on and no option names the file, the daemon takes the one in its user's .docker folder."""
    named = _path(values.get(FROM_CONFIGURATION[role]))
    if named:
        return (named,)
    is_on = values.get("tls") is True or values.get("tlsverify") is True
    return (f"{layout.client_folder}/{USUAL_TLS_FILES[role]}",) if is_on else ()


def _sockets(hosts: Any, layout: Layout) -> tuple[str, ...]:
    """Unix sockets among the addresses; the usual one by its usual names. None where no address is one."""
    usual = layout.places[DOCKER_SOCKET]
    addresses = [host for host in hosts if isinstance(host, str)] if isinstance(hosts, list) else []
    named = [address.removeprefix("unix://") for address in addresses if address.startswith("unix://")]
    own = [path for path in named if path.startswith("/") and path not in usual]
    return (*own, *(usual if len(own) < len(named) else ()))


def _containerd(values: Mapping[str, Any], layout: Layout) -> tuple[str, ...]:
    """containerd's socket: the one that is named; else the system's, or that of the one which the daemon starts."""
    usual = layout.places[CONTAINERD_SOCKET]
    if named := _path(values.get("containerd")):
        return (named,)
    own = _path(values.get("exec-root"))
    return (usual[0], f"{own}/containerd/containerd.sock") if own else usual


def _path(value: Any) -> str:
    return value if isinstance(value, str) and value.startswith("/") and "\0" not in value else ""


def _masked(setting: Setting) -> Setting:
    return Setting(setting.name, redact.masked_json(setting.value, setting.name), setting.origin)


def _written(content: dict[str, Any] | None) -> str | None:
    if content is None:
        return None
    return json.dumps(redact.masked_json(content), indent=2, ensure_ascii=False) + "\n"


def _sorted(found: Settings) -> list[Setting]:
    return [found[name] for name in sorted(found)]


def _unknown(failure: Failure) -> Unknown:
    return Unknown(failure.why)
