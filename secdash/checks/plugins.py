"""Managed plugins: programs that the Engine runs for itself, with the privileges that somebody once granted."""

from __future__ import annotations

import shlex

from secdash.checks.capabilities import DANGEROUS
from secdash.checks.engine import check
from secdash.checks.outcome import MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.paths import normalise, shows_docker_socket
from secdash.checks.remedy import CommandFix
from secdash.facts.message import say
from secdash.facts.model import Engine, Plugin, known


def _disable(engine: Engine) -> CommandFix:
    names = [shlex.quote(plugin.name) for plugin in known(engine.plugins) if plugin.enabled and _privileges(plugin)]
    lines = (f"docker plugin {verb} {name}" for name in names for verb in ("inspect", "disable"))
    return CommandFix(
        say("Look at what it was granted, and disable what nobody needs; its volumes wait."), tuple(lines)
    )


@check(
    Engine,
    severity=MEDIUM,
    risks=("daemon-takeover", "low-full-privileges"),
    fix=_disable,
)
def privileged_plugin(engine: Engine) -> Outcome:
    """Plugin with wide privileges"""
    if engine.podman:
        return not_applicable(say("Podman has no managed plugins."))
    enabled = [plugin for plugin in known(engine.plugins) if plugin.enabled]
    wide = {plugin.name: ", ".join(held) for plugin in enabled if (held := _privileges(plugin))}
    reason = say("Its code is as good as root on the host: %(plugins)s.", plugins=", ".join(wide))
    return fails_if(bool(wide), reason, {f"plugins, {name}": held for name, held in wide.items()} or {"plugins": []})


def _privileges(plugin: Plugin) -> list[str]:
    """What of its grants reaches beyond the plugin, in the words of the Engine's answer; / shows the socket too."""
    grants = {
        "Network.Type host": plugin.network == "host",
        "PidHost": plugin.host_pid,
        "IpcHost": plugin.host_ipc,
        "AllowAllDevices": plugin.all_devices,
    }
    held = [words for words, granted in grants.items() if granted]
    held += [name for name in plugin.capabilities if name in DANGEROUS]
    return held + [source for source in plugin.sources if shows_docker_socket(normalise(source))]
