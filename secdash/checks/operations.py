"""CIS Docker Benchmark, section 6, and what happens in running containers: sessions, services, health."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.isolation import NOT_RUNNING, is_root, is_stopped
from secdash.checks.outcome import HIGH, INFO, LOW, MEDIUM, Outcome, fails_if, not_applicable
from secdash.checks.remedy import TRY, Put, command, compose
from secdash.facts.message import say
from secdash.facts.model import Container, Engine, Healthcheck, Snapshot, known

# Thresholds are ours: the benchmark asks for judgement. 25 stopped containers is where docker-bench-security speaks up.
MOST_UNUSED_IMAGES = 25
MOST_STOPPED_CONTAINERS = 25
MOST_UNUSED_VOLUMES = 25
SSH_SERVERS = frozenset({"sshd", "sshd-session", "dropbear", "tinysshd"})
NO_SESSION = say("No exec session is open in it; past ones are not shown.")


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.7"},
    risks=("sys-root-code",),
)
def ssh_in_container(container: Container) -> Outcome:
    """SSH server inside"""
    if is_stopped(container):
        return not_applicable(NOT_RUNNING)
    commands = sorted({process.command for process in known(container.processes)})
    servers = [name for name in commands if name.rstrip(":") in SSH_SERVERS]
    reason = say("It has a second way in, with keys and updates that nobody looks after; docker exec replaces it.")
    return fails_if(bool(servers), reason, {"top": servers or commands})


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.23"},
    risks=("sys-root-calls",),
)
def privileged_exec(container: Container) -> Outcome:
    """Privileged exec session open"""
    sessions = () if is_stopped(container) else known(container.execs)
    if not sessions:
        return not_applicable(NO_SESSION)
    found = [session.command for session in sessions if session.privileged]
    reason = say("That session holds every capability, whatever the container was denied.")
    return fails_if(bool(found), reason, {"exec, ProcessConfig.privileged": found})


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.24"},
    risks=("sys-root-code",),
)
def root_exec(container: Container) -> Outcome:
    """Root exec session open"""
    sessions = () if is_stopped(container) else known(container.execs)
    if not sessions:
        return not_applicable(NO_SESSION)
    # A session without a user of its own has the container's.
    found = [session.command for session in sessions if is_root(session.user or known(container.user))]
    reason = say("Somebody works as root in it, past the user that was chosen for it.")
    return fails_if(bool(found), reason, {"exec, ProcessConfig.user is root": found})


@check(
    Container,
    severity=LOW,
    cis={"1.6": "5.27"},
    risks=("denial-of-service",),
    fix=compose(
        say("Say how to tell that it is well; put the question here that your application answers."),
        Put("healthcheck", {"test": ["CMD-SHELL", "wget -qO- http://127.0.0.1:8080/ || exit 1"], "interval": "30s"}),
        certainty=TRY,
        breaks=say("With a question that the application cannot answer it counts as unhealthy; ask it by hand first."),
    ),
)
def no_healthcheck(container: Container) -> Outcome:
    """No health check"""
    declared = known(container.healthcheck)
    reason = say("Docker cannot tell whether it works or only runs.")
    return fails_if(
        not has_healthcheck(declared), reason, {"Config.Healthcheck.Test": [list(h.test) for h in declared]}
    )


@check(
    Engine,
    severity=INFO,
    cis={"1.6": "6.1"},
    risks=("supply-chain",),
    fix=command(
        say("Remove images that no container uses; the second command asks first."),
        "docker image ls",
        "docker image prune --all",
    ),
    far=("containers", "images"),
)
def image_sprawl(_engine: Engine, snapshot: Snapshot) -> Outcome:
    """Many unused images"""
    used = {known(container.image_id) for container in known(snapshot.containers)}
    unused = sum(image.id not in used for image in known(snapshot.images))
    reason = say("No container uses these images: %(count)s; old ones are started again by mistake.", count=unused)
    return fails_if(unused > MOST_UNUSED_IMAGES, reason, {"images": len(known(snapshot.images)), "unused": unused})


@check(
    Engine,
    severity=INFO,
    cis={"1.6": "6.2"},
    risks=("daemon-takeover",),
    fix=command(
        say("Remove stopped containers; the second command asks first."),
        "docker container ls --all --filter status=exited",
        "docker container prune",
    ),
)
def container_sprawl(engine: Engine) -> Outcome:
    """Many stopped containers"""
    stopped = known(engine.containers_stopped)
    reason = say("Stopped containers are one start away from running, with old images: %(count)s.", count=stopped)
    seen = {"info.ContainersStopped": stopped, "info.Containers": known(engine.containers_total)}
    return fails_if(stopped > MOST_STOPPED_CONTAINERS, reason, seen)


@check(
    Engine,
    severity=INFO,
    risks=("secret-disclosure",),
    fix=command(
        say("Look at what nobody uses, keep what you may need, and remove the rest; the last command asks first."),
        "docker volume ls --filter dangling=true",
        "docker volume prune",
    ),
    far=("containers",),
)
def volume_sprawl(_engine: Engine, snapshot: Snapshot) -> Outcome:
    """Many unused volumes"""
    used = {mount.name for container in known(snapshot.containers) for mount in known(container.mounts) if mount.name}
    unused = sum(volume.name not in used for volume in known(snapshot.volumes))
    reason = say("No container uses these volumes: %(count)s; what was in them is still there.", count=unused)
    return fails_if(unused > MOST_UNUSED_VOLUMES, reason, {"volumes": len(known(snapshot.volumes)), "unused": unused})


def has_healthcheck(declared: tuple[Healthcheck, ...]) -> bool:
    """An empty test means inherited, which the Engine has already merged; NONE switches it off."""
    return any(check.test[:1] not in ((), ("NONE",)) for check in declared)
