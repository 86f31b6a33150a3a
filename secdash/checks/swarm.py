"""CIS Docker Benchmark, section 7 and item 5.1: swarm mode, its managers, keys and networks."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.outcome import INFO, LOW, MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.remedy import CommandFix, command
from secdash.facts.message import say
from secdash.facts.model import Engine, Network, Snapshot, known

FEWEST_MANAGERS = 3
DAY = 86_400_000_000_000  # nanoseconds
# Ours: the benchmark asks for a life "as appropriate"; the default of 90 days is what it wants to be thought about.
LONGEST_CERTIFICATE = 30 * DAY
MANAGERS_PORT = 2377
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised here, never bound to
NO_SWARM = say("This Engine is in no swarm.")
NO_MANAGER = say("Only the managers of a swarm have this; this Engine is a worker.")


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "5.1"},
    risks=("daemon-takeover",),
    fix=command(
        say("Leave the swarm if no service needs it; its services on this node end."),
        "docker service ls",
        "docker swarm leave --force",
    ),
)
def swarm_mode_on(engine: Engine) -> Outcome:
    """Swarm mode on"""
    if engine.podman:
        return not_applicable(say("Podman has no swarm mode."))
    state = known(engine.swarm).state
    reason = say("The Engine listens to other machines on further ports; it need not if you run no services.")
    return fails_if(state != "inactive", reason, {"info.Swarm.LocalNodeState": state})


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "7.1"},
    risks=("denial-of-service",),
    fix=command(
        say("Have an odd number of managers, three or five; give the node its name as the list shows it."),
        "docker node ls",
        "docker node promote NODE",
    ),
)
def too_few_managers(engine: Engine) -> Outcome:
    """Swarm cannot lose a manager"""
    if absent := _not_a_manager(engine):
        return absent
    managers = known(engine.swarm).managers
    reason = say(
        "Of %(managers)s managers none may fail, or one is there for nothing: three or five.", managers=managers
    )
    bad = managers < FEWEST_MANAGERS or managers % 2 == 0
    return fails_if(bad, reason, {"info.Swarm.Managers": managers})


@check(Engine, severity=MEDIUM, cis={"1.6": "7.2"}, risks=("network-exposure", "daemon-takeover"))
def swarm_port_open_everywhere(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Swarm's control port open on every address"""
    if absent := _not_a_manager(engine):
        return absent
    listeners = [each for each in known(known(snapshot.host).listeners) if each.port == MANAGERS_PORT]
    found = [
        f"[{each.address}]:{each.port}" if ":" in each.address else f"{each.address}:{each.port}" for each in listeners
    ]
    reason = say("Every network of the host reaches the port through which machines join and managers command.")
    return fails_if(any(each.address in EVERYWHERE for each in listeners), reason, {"TCP listeners": found})


def _encrypted_again(network: Network) -> CommandFix:
    return CommandFix(
        say("Make it again with encryption; its services must be attached to the new one, and ESP let through."),
        (
            f"docker network inspect {network.name}",
            f"docker network create --driver overlay --opt encrypted {network.name}-encrypted",
            f"docker service update --network-add {network.name}-encrypted --network-rm {network.name} SERVICE",
            f"docker network rm {network.name}",
        ),
    )


@check(Network, severity=MEDIUM, cis={"1.6": "7.3"}, risks=("network-exposure",), fix=_encrypted_again)
def overlay_not_encrypted(network: Network) -> Outcome:
    """Overlay network without encryption"""
    if known(network.driver) != "overlay":
        return not_applicable(say("It is no overlay network, so its packets do not travel between hosts."))
    options = dict(known(network.options))
    bad = options.get("encrypted", "false").lower() in ("false", "0")
    reason = say("What containers say to each other between hosts can be read, and forged, on the way.")
    return fails_if(bad, reason, {"Options": sorted(options)})


@check(
    Engine,
    severity=INFO,
    cis={"1.6": "7.4"},
    risks=("secret-disclosure",),
    fix=command(
        say("Keep passwords and keys as secrets of the swarm; name your secret and your service."),
        "printf '%s' \"$VALUE\" | docker secret create NAME -",
        "docker service update --secret-add NAME SERVICE",
    ),
    far=("services",),
)
def swarm_secrets_unused(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Swarm keeps no secrets"""
    if absent := _not_a_manager(engine):
        return absent
    services, secrets = len(known(snapshot.services)), known(snapshot.swarm_secrets)
    if not services:
        return not_applicable(say("The swarm has no services that could need a secret."))
    reason = say("Services run and the swarm keeps no secret for them: what they need is written somewhere else.")
    return fails_if(secrets == 0, reason, {"services": services, "secrets": secrets})


@check(
    Engine,
    severity=MEDIUM,
    cis={"1.6": "7.5"},
    risks=("secret-disclosure", "daemon-takeover"),
    fix=command(
        say("Lock the managers; keep the key that the command prints outside the swarm, each restart asks for it."),
        "docker swarm update --autolock=true",
    ),
)
def managers_not_locked(engine: Engine) -> Outcome:
    """Managers' keys unlocked on disk"""
    if absent := _not_a_manager(engine):
        return absent
    locked = known(known(engine.swarm).autolock)
    reason = say("Whoever copies a manager's disk has the swarm's keys, and with them its secrets.")
    return fails_if(not locked, reason, {"info.Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers": locked})


@check(
    Engine,
    severity=LOW,
    cis={"1.6": "7.7"},
    risks=("daemon-takeover",),
    fix=command(
        say("Let certificates live for 30 days; nodes renew them by themselves."),
        "docker swarm update --cert-expiry 720h",
    ),
)
def node_certificates_live_long(engine: Engine) -> Outcome:
    """Node certificates live long"""
    if absent := _not_a_manager(engine):
        return absent
    life = known(known(engine.swarm).certificate_life)
    reason = say("A stolen certificate lets its thief act as a node for up to %(days)s days.", days=life // DAY)
    return fails_if(life > LONGEST_CERTIFICATE, reason, {"info.Swarm.Cluster.Spec.CAConfig.NodeCertExpiry": life})


def _not_a_manager(engine: Engine) -> Outcome | None:
    """Why there is nothing to judge; None on a manager. Podman says "inactive", since it knows no swarm."""
    swarm = known(engine.swarm)
    if swarm.state == "inactive":
        return not_applicable(NO_SWARM)
    return None if swarm.manager else not_applicable(NO_MANAGER)
