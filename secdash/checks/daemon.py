"""CIS Docker Benchmark, section 2: how the Docker daemon is set up."""

from __future__ import annotations

from secdash.checks.daemon_settings import setting
from secdash.checks.engine import check
from secdash.checks.isolation import seccomp_profile, security_names
from secdash.checks.outcome import CRITICAL, HIGH, LOW, MEDIUM, Outcome, fails_if, not_applicable, passes, unknown
from secdash.checks.releases.versions import parse
from secdash.checks.remedy import Drop, Fill, Put, command, daemon
from secdash.facts.message import say
from secdash.facts.model import Engine, Network, Snapshot, Unknown, known

LOOPBACK_CIDRS = frozenset({"127.0.0.0/8", "::1/128"})
DEPRECATED_DRIVERS = frozenset({"aufs", "overlay", "devicemapper"})
WITHOUT_OLD_DRIVERS = (25, 0)
ENABLE_ICC = "com.docker.network.bridge.enable_icc"
OPEN_API = "API is accessible on"
TCP = "tcp://"
ANYONE = say("Anyone who reaches the port controls this host as root.")
LOCAL_DRIVERS = frozenset({"json-file", "local", "none"})
REMOTE_DRIVERS = frozenset({"awslogs", "etwlogs", "fluentd", "gcplogs", "gelf", "logentries", "splunk"})
TELLS_NO_NEW_PRIVILEGES = (24, 0)
NOT_PODMAN = say("Podman runs no daemon and has no such setting.")
OVER_TCP = say(
    "This Engine is read over TCP without TLS: whoever reaches the port, or listens in between, can read it too."
)
PODMAN_HIDES_TCP = say("Podman does not say whether its API listens on TCP; look at the unit that starts it.")
NO_DEFAULT_BRIDGE = say("This Engine has no default bridge network.")


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.1"},
    risks=("sys-uid0-escape", "daemon-takeover"),
    fix=command(
        say("Install a second, rootless Engine for your own user and move the containers to it."),
        "sudo apt-get install uidmap docker-ce-rootless-extras",
        "dockerd-rootless-setuptool.sh install",
    ),
)
def rootful_daemon(engine: Engine) -> Outcome:
    """Daemon runs as root"""
    rootless = "rootless" in security_names(engine)
    reason = say("The Engine runs as root: who controls it, or escapes through it, is root on the host.")
    return fails_if(not rootless, reason, _security(engine))


@check(
    Engine,
    severity=MEDIUM,
    cis={"1.6": "2.2"},
    risks=("network-exposure", "app-container-leak"),
    fix=daemon(say("Forbid traffic between containers on the default bridge."), Put("icc", False)),
    far=("networks",),
)
def icc_enabled(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Default bridge lets containers talk freely"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    bridge = default_bridge_network(snapshot)
    if bridge is None:
        return not_applicable(NO_DEFAULT_BRIDGE)
    setting = dict(known(bridge.options)).get(ENABLE_ICC, "true")
    reason = say("Containers on the default bridge reach every port of each other, published or not.")
    return fails_if(setting != "false", reason, {f"networks.{bridge.name}.Options.{ENABLE_ICC}": setting})


@check(
    Engine,
    severity=MEDIUM,
    cis={"1.6": "2.5"},
    risks=("supply-chain",),
    fix=daemon(
        say("Remove the insecure registries; give each of them a certificate first."),
        Drop("insecure-registries"),
        reload=True,
    ),
)
def insecure_registry(engine: Engine) -> Outcome:
    """Insecure registry allowed"""
    ranges = [cidr for cidr in known(engine.insecure_cidrs) if cidr not in LOOPBACK_CIDRS]
    names = [registry.name for registry in known(engine.registries) if not registry.secure]
    reason = say(
        "Images may come from %(registries)s without a verified connection.", registries=", ".join(ranges + names)
    )
    seen = {
        "info.RegistryConfig.InsecureRegistryCIDRs": ranges,
        "info.RegistryConfig.IndexConfigs, not secure": names,
    }
    return fails_if(bool(ranges or names), reason, seen)


@check(
    Engine,
    severity=MEDIUM,
    cis={"1.6": "2.6", "1.8": ("2.6", "2.7")},
    risks=("app-container-leak",),
    fix=daemon(
        say("Change to overlay2. Images and containers of the old driver must be saved and loaded again."),
        Put("storage-driver", "overlay2"),
    ),
)
def deprecated_storage_driver(engine: Engine) -> Outcome:
    """Deprecated storage driver"""
    driver = known(engine.storage_driver)
    if driver not in DEPRECATED_DRIVERS and has_lost_old_drivers(engine):
        return not_applicable(say("Docker 25 and later have none of the drivers that this looks for."))
    # Podman calls overlay what Docker calls overlay2.
    bad = driver in DEPRECATED_DRIVERS and not (engine.podman and driver == "overlay")
    reason = say("The driver %(driver)s is no longer maintained.", driver=driver)
    return fails_if(bad, reason, {"info.Driver": driver})


@check(
    Engine,
    severity=CRITICAL,
    cis={"1.6": "2.7"},
    risks=("daemon-takeover",),
    fix=daemon(
        say("Ask every TCP client for a certificate; make the certificates first, or leave TCP and use SSH."),
        Put("tlsverify", True),
        Fill("tlscacert", "/etc/docker/ca.pem"),
        Fill("tlscert", "/etc/docker/server-cert.pem"),
        Fill("tlskey", "/etc/docker/server-key.pem"),
    ),
)
def unauthenticated_api(engine: Engine, snapshot: Snapshot) -> Outcome:
    """API open without authentication"""
    if engine.reached == "tcp":
        return fails_if(True, OVER_TCP, {"connection": TCP})
    if engine.podman:
        return unknown(PODMAN_HIDES_TCP)
    hosts = _open_hosts(snapshot)
    if isinstance(engine.warnings, Unknown) and not isinstance(hosts, Unknown):
        return fails_if(bool(hosts), ANYONE, {"hosts": hosts})
    lines = [warning for warning in known(engine.warnings) if OPEN_API in warning]
    if lines or isinstance(hosts, Unknown) or not hosts:
        return fails_if(bool(lines), ANYONE, {"info.Warnings": lines})
    reason = say("From its next start on it will listen on %(hosts)s for anyone.", hosts=", ".join(hosts))
    return fails_if(True, reason, {"info.Warnings": lines, "hosts": hosts})


@check(
    Engine,
    severity=MEDIUM,
    cis={"1.6": "2.9"},
    risks=("sys-uid0-escape",),
    fix=daemon(
        say("Map root in containers to an ordinary user. The Engine then starts with an empty store."),
        Put("userns-remap", "default"),
    ),
)
def userns_remap_off(engine: Engine) -> Outcome:
    """User namespaces not remapped"""
    if engine.podman:
        return not_applicable(say("Podman sets user namespaces container by container."))
    mapped = security_names(engine) & {"userns", "rootless"}
    reason = say("Root in a container is root on the host once it gets out.")
    return fails_if(not mapped, reason, _security(engine))


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.12"},
    risks=("daemon-takeover",),
)
def no_authorization_plugin(engine: Engine) -> Outcome:
    """No authorization plugin"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    plugins = list(known(engine.authorization_plugins))
    reason = say("Whoever may use the API may use all of it.")
    return fails_if(not plugins, reason, {"info.Plugins.Authorization": plugins})


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.13"},
    risks=("denial-of-service",),
    fix=daemon(
        say("Send the logs to another machine; put its address here. Only new containers use it."),
        Put("log-driver", "fluentd"),
        Put("log-opts", {"fluentd-address": "logs.example.org:24224", "fluentd-async": "true"}),
    ),
)
def logs_stay_on_host(engine: Engine) -> Outcome:
    """Logs stay on the host"""
    driver = known(engine.logging_driver)
    seen = {"info.LoggingDriver": driver}
    if driver in REMOTE_DRIVERS:
        return passes(seen)
    # journald and syslog hand over to a service of the host, and a plugin does what it likes.
    if driver not in LOCAL_DRIVERS:
        return unknown(
            say("Whether %(driver)s sends the logs on to another machine is not shown.", driver=driver), seen
        )
    return fails_if(True, say("Whoever takes this host over can erase the containers' logs."), seen)


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.14"},
    risks=("app-suid-escalation",),
    fix=daemon(
        say("Keep the processes of all new containers from gaining privileges."), Put("no-new-privileges", True)
    ),
)
def daemon_no_new_privileges_off(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Engine does not default to no-new-privileges"""
    if "no-new-privileges" in security_names(engine):
        return passes(_security(engine))
    if engine.podman:
        return unknown(say("Podman does not show the default; look for no_new_privileges in containers.conf."))
    reason = say("Unless a container says otherwise, its setuid programs can make a process root.")
    if tells_no_new_privileges(engine):
        return fails_if(True, reason, _security(engine))
    chosen = setting(snapshot, "no-new-privileges")
    if isinstance(chosen, Unknown):
        return unknown(say("This Engine does not show the default; look for no-new-privileges in daemon.json."))
    return fails_if(chosen is not True, reason, {"no-new-privileges": chosen})


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.15"},
    risks=("denial-of-service",),
    fix=daemon(say("Let containers run on while the daemon restarts."), Put("live-restore", True), reload=True),
)
def live_restore_off(engine: Engine) -> Outcome:
    """Containers stop with the daemon"""
    if engine.podman:
        return not_applicable(NOT_PODMAN)
    if known(engine.swarm).state == "active":
        return not_applicable(say("Live restore cannot be used in swarm mode."))
    live = known(engine.live_restore)
    reason = say("Each upgrade of the Engine stops every container, so upgrades are put off.")
    return fails_if(not live, reason, {"info.LiveRestoreEnabled": live})


@check(
    Engine,
    severity=HIGH,
    cis={"1.6": "2.17"},
    risks=("app-kernel-code",),
    fix=daemon(say("Return to the built-in seccomp profile."), Drop("seccomp-profile")),
)
def daemon_seccomp_disabled(engine: Engine) -> Outcome:
    """Engine applies no seccomp profile"""
    profile = seccomp_profile(engine)
    reason = say("Containers may make every system call of the kernel.")
    return fails_if(profile in ("", "unconfined"), reason, _security(engine))


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "2.18"},
    risks=("daemon-takeover",),
    fix=daemon(say("Switch the experimental features off."), Put("experimental", False)),
)
def experimental_features(engine: Engine) -> Outcome:
    """Experimental features on"""
    on = known(engine.experimental)
    reason = say("Features that nobody promises to maintain are reachable through the API.")
    return fails_if(on, reason, {"info.ExperimentalBuild": on})


@check(
    Engine,
    severity=LOW,
    risks=("secret-disclosure",),
    fix=daemon(say("Switch debugging off."), Put("debug", False), reload=True),
)
def daemon_debug_on(engine: Engine) -> Outcome:
    """Daemon debugging left on"""
    on = known(engine.debug)
    reason = say("The daemon logs more than it should and offers its profiler through the API.")
    return fails_if(on, reason, {"info.Debug": on})


def has_lost_old_drivers(engine: Engine) -> bool:
    """aufs and overlay left with 24.0, devicemapper with 25.0 (docs.docker.com/engine/deprecated)."""
    if engine.podman or isinstance(engine.version, Unknown):
        return False
    version = parse(engine.version)
    return version is not None and version.line >= WITHOUT_OLD_DRIVERS


def tells_no_new_privileges(engine: Engine) -> bool:
    """Whether the default would show in SecurityOptions: since 24.0."""
    version = None if engine.podman else parse(known(engine.version))
    return version is not None and version.line >= TELLS_NO_NEW_PRIVILEGES


def _open_hosts(snapshot: Snapshot) -> list[str] | Unknown:
    """TCP addresses that the daemon is set to listen on without asking clients for a certificate."""
    hosts, verify = setting(snapshot, "hosts"), setting(snapshot, "tlsverify")
    if isinstance(hosts, Unknown):
        return hosts
    return [] if verify is True else [str(host) for host in hosts or () if str(host).startswith(TCP)]


def default_bridge_network(snapshot: Snapshot) -> Network | None:
    """Docker always names it `bridge`, and lets nobody else have that name."""
    return next((network for network in known(snapshot.networks) if network.name == "bridge"), None)


def _security(engine: Engine) -> dict[str, object]:
    return {"info.SecurityOptions": list(known(engine.security_options))}
