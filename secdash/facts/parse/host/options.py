"""The daemon's options: from its command line to the names and types that daemon.json has for them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

LETTERS = {
    "D": "debug", "G": "group", "H": "host", "b": "bridge", "g": "data-root", "l": "log-level", "p": "pidfile",
    "s": "storage-driver", "v": "version", "h": "help",
}  # fmt: skip
# Options that may be given again and again, and the key of daemon.json that holds all of them.
LISTS = {
    "allow-nondistributable-artifacts": "allow-nondistributable-artifacts",
    "authorization-plugin": "authorization-plugins",
    "cdi-spec-dir": "cdi-spec-dirs", "dns": "dns", "dns-opt": "dns-opts", "dns-search": "dns-search",
    "exec-opt": "exec-opts", "host": "hosts", "host-gateway-ip": "host-gateway-ips",
    "insecure-registry": "insecure-registries", "label": "labels", "node-generic-resource": "node-generic-resources",
    "registry-mirror": "registry-mirrors", "storage-opt": "storage-opts",
}  # fmt: skip
NUMBERS = frozenset({
    "cpu-rt-period", "cpu-rt-runtime", "max-concurrent-downloads", "max-concurrent-uploads", "max-download-attempts",
    "mtu", "network-control-plane-mtu", "network-diagnostic-port", "oom-score-adjust", "shutdown-timeout",
})  # fmt: skip
SWITCHES = frozenset({
    "allow-direct-routing", "cri-containerd", "debug", "experimental", "help", "icc", "init", "ip-forward",
    "ip-forward-no-drop", "ip-masq", "ip6tables", "iptables", "ipv6", "live-restore", "no-new-privileges", "raw-logs",
    "rootless", "selinux-enabled", "tls", "tlsverify", "userland-proxy", "validate", "version",
})  # fmt: skip
TEXTS = frozenset({
    "api-cors-header", "bip", "bip6", "bridge", "bridge-accept-fwmark", "cgroup-parent", "config-file", "containerd",
    "containerd-namespace", "containerd-plugins-namespace", "data-root", "default-cgroupns-mode", "default-gateway",
    "default-gateway-v6", "default-ipc-mode", "default-runtime", "default-shm-size", "exec-root", "firewall-backend",
    "fixed-cidr", "fixed-cidr-v6", "graph", "group", "init-path", "ip", "log-driver", "log-format", "log-level",
    "metrics-addr", "pidfile", "seccomp-profile", "storage-driver", "swarm-default-advertise-addr", "tlscacert",
    "tlscert", "tlskey", "userland-proxy-path", "userns-remap",
})  # fmt: skip
RENAMED = {"graph": "data-root"}
PROXIES = frozenset({"http-proxy", "https-proxy", "no-proxy"})
TRUE, FALSE = frozenset({"1", "t", "T", "TRUE", "true", "True"}), frozenset({"0", "f", "F", "FALSE", "false", "False"})


def parse(words: Sequence[str]) -> dict[str, Any]:
    """What these words set, by the names of daemon.json. Each word is an option or the value of one."""
    found: dict[str, Any] = {}
    for name, value in _given(words):
        _set(found, RENAMED.get(name, name), value)
    return found


def _given(words: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Each option by its long name, with its value; None for a switch."""
    waiting = ""
    for word in words:
        if waiting and (waiting in VALUED or not word.startswith("-")):
            yield waiting, word
            waiting = ""
        elif word.startswith("-") and len(word) > 1:
            if waiting:
                yield waiting, None
            waiting = yield from _read(word)
    if waiting:
        yield waiting, None


def _read(word: str) -> Generator[tuple[str, str | None], None, str]:
    """What a word sets by itself; returns the name of the option that waits for its value, or ""."""
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        if equals or name in SWITCHES or not name:
            yield name, value if equals else None
            return ""
        return name
    return (yield from _letters(word[1:]))


def _letters(letters: str) -> Generator[tuple[str, str | None], None, str]:
    """-D, -Dl debug, -lhost, -l=host."""
    for place, letter in enumerate(letters, start=1):
        name, rest = LETTERS.get(letter, letter), letters[place:]
        if rest.startswith("="):
            yield name, rest[1:]
            return ""
        if name in SWITCHES:
            yield name, None
            continue
        if rest:
            yield name, rest
            return ""
        return name
    return ""


def _set(found: dict[str, Any], name: str, value: str | None) -> None:
    if not name:
        return
    if value is None or name in SWITCHES:
        found[name] = _switch(value)
    elif name in LISTS:
        found.setdefault(LISTS[name], []).append(value)
    elif name in NUMBERS:
        found[name] = int(value) if value.lstrip("-").isdecimal() and len(value) < 19 else value
    elif name in PROXIES:
        found.setdefault("proxies", {})[name] = value
    elif name in OBJECTS:
        key, put = OBJECTS[name]
        put(found.setdefault(key, {} if key not in ARRAYS else []), value)
    else:
        found[name] = value


def _switch(value: str | None) -> bool | str:
    if value is None or value in TRUE:
        return True
    return False if value in FALSE else value


def _pair(into: dict[str, Any], text: str) -> None:
    name, _, value = text.partition("=")
    into[name] = value


def _feature(into: dict[str, Any], text: str) -> None:
    name, equals, value = text.partition("=")
    into[name] = _switch(value if equals else None)


def _runtime(into: dict[str, Any], text: str) -> None:
    name, _, path = text.partition("=")
    into[name] = {"path": path}


def _ulimit(into: dict[str, Any], text: str) -> None:
    name, _, limits = text.partition("=")
    soft, _, hard = limits.partition(":")
    numbers = [int(word) if word.lstrip("-").isdecimal() and len(word) < 19 else word for word in (soft, hard or soft)]
    into[name] = {"Name": name, "Soft": numbers[0], "Hard": numbers[1]}


def _network(into: dict[str, Any], text: str) -> None:
    driver, _, option = text.partition("=")
    _pair(into.setdefault(driver, {}), option)


def _pool(into: list[Any], text: str) -> None:
    pairs = dict(word.partition("=")[::2] for word in text.split(","))
    into.append({name: int(value) if value.isdecimal() and len(value) < 19 else value for name, value in pairs.items()})


ARRAYS = frozenset({"default-address-pools"})
OBJECTS: dict[str, tuple[str, Callable[[Any, str], None]]] = {
    "add-runtime": ("runtimes", _runtime),
    "cluster-store-opt": ("cluster-store-opts", _pair),
    "default-address-pool": ("default-address-pools", _pool),
    "default-network-opt": ("default-network-opts", _network),
    "default-ulimit": ("default-ulimits", _ulimit),
    "feature": ("features", _feature),
    "log-opt": ("log-opts", _pair),
}
# Options that take the next word as their value whatever it looks like, as `--oom-score-adjust -500` does. One that is
# not known here takes the next word unless that is an option.
VALUED = frozenset({*LISTS, *NUMBERS, *PROXIES, *TEXTS, *OBJECTS})
