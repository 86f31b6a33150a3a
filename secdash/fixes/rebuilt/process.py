"""What runs in the container: command, environment, user, health check, restarts, labels."""

from __future__ import annotations

from secdash.facts.model import Container, EnvName, Healthcheck
from secdash.fixes.quantities import BILLION, duration
from secdash.fixes.rebuilt.about import About, Keys, filled, seen

USUAL_SIGNALS = ("", "SIGTERM", "15")
USUAL_FOLDERS = ("", "/")
PODMANS_ENV = frozenset({"HOME", "HOSTNAME", "TERM", "container"})
# Written by Compose and Swarm themselves whenever they create a container.
ORCHESTRATORS = ("com.docker.compose.", "com.docker.stack.", "com.docker.swarm.", "io.podman.compose.")
NO_HEALTHCHECK = ("NONE",)
AUTO_REMOVE = "x-auto-remove"  # Compose has no word for `docker run --rm`, and ignores what begins with x-


def keys(about: About) -> Keys:
    container = about.container
    user, folder = seen(container.user, ""), seen(container.working_dir, "")
    signal, grace = seen(container.stop_signal, ""), seen(container.stop_timeout, None)
    found = filled(
        environment=[_variable(entry) for entry in own_env(about)],
        user="" if user == about.of_image("user") else user,
        working_dir="" if folder in (*USUAL_FOLDERS, about.of_image("working_dir")) else folder,
        **_names(container),
        tty=seen(container.tty, False),
        stdin_open=seen(container.open_stdin, False),
        stop_signal="" if signal in USUAL_SIGNALS else signal,
        stop_grace_period="" if grace is None or (about.on_podman and not grace) else duration(grace * BILLION),
        restart=_restart(container),
        healthcheck=_healthcheck(about),
        labels=_own_labels(about),
    )
    init = seen(container.init, None)
    return found | _command(about) | ({} if init is None else {"init": init}) | _auto_remove(container)


def own_env(about: About) -> list[EnvName]:
    """The variables that neither the image sets nor the engine always does."""
    from_image = {entry.name for entry in about.of_image("env") or ()} | (PODMANS_ENV if about.on_podman else set())
    return [entry for entry in seen(about.container.env, ()) if entry.name not in from_image]


def _variable(entry: EnvName) -> str:
    """A name alone takes its value from where Compose or `docker run` is started: secdash never knew it."""
    return f"{entry.name}=" if entry.empty else entry.name


def _command(about: About) -> Keys:
    """An entrypoint that is not the image's makes the Engine forget the image's command: then both are written."""
    entrypoint, command = seen(about.container.entrypoint, None), seen(about.container.command, ())
    own = about.image is None or (entrypoint or ()) != (about.of_image("entrypoint") or ())
    found: Keys = {}
    if own and (entrypoint or about.of_image("entrypoint")):
        found["entrypoint"] = list(entrypoint or ())
    if command and (own or command != about.of_image("command")):
        found["command"] = list(command)
    return found


def _names(container: Container) -> Keys:
    """The Engine makes host names from ids, and refuses one where the name belongs to somebody else."""
    shared = seen(container.network_mode, "").startswith(("host", "container:")) or seen(container.uts_mode, "")
    hostname = seen(container.hostname, "")
    generated = bool(hostname) and container.id.startswith(hostname)
    return (
        {}
        if shared
        else {
            "hostname": "" if generated else hostname,
            "domainname": seen(container.domainname, ""),
        }
    )


def _restart(container: Container) -> str:
    policy, most = seen(container.restart_policy, "no"), seen(container.restart_max, 0)
    if policy in ("", "no"):
        return ""
    return f"{policy}:{most}" if policy == "on-failure" and most else policy


def _auto_remove(container: Container) -> Keys:
    return filled(**{AUTO_REMOVE: seen(container.auto_remove, False)})


def _healthcheck(about: About) -> Keys:
    declared = seen(about.container.healthcheck, ())
    if not declared or declared == about.of_image("healthcheck"):
        return {}
    check: Healthcheck = declared[0]
    if check.test == NO_HEALTHCHECK:
        return {"disable": True}
    return filled(
        test=list(check.test),
        interval=duration(check.interval) if check.interval else "",
        timeout=duration(check.timeout) if check.timeout else "",
        start_period=duration(check.start_period) if check.start_period else "",
        retries=check.retries,
    )


def _own_labels(about: About) -> dict[str, str]:
    from_image = set(about.of_image("labels") or ())
    return {
        name: value
        for name, value in seen(about.container.labels, ())
        if (name, value) not in from_image and not name.startswith(ORCHESTRATORS)
    }
