"""What the kernel and the machine below give the Engine, and what it says itself that it lacks."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.isolation import DESKTOP, security_names
from secdash.checks.outcome import INFO, LOW, MEDIUM, Outcome, fails_if, not_applicable, unknown
from secdash.checks.remedy import CommandFix, command
from secdash.facts.message import say
from secdash.facts.model import Engine, Snapshot, known

ENHANCED_RUNTIME = "sysbox-runc"
# Parts of warnings that a check of their own reports, or that speak of a choice and not of a fault.
REPORTED_ELSEWHERE = (
    "API is accessible on",
    "cgroup v1 is deprecated",
    "storage-driver is deprecated",
    "DOCKER_INSECURE_NO_IPTABLES_RAW",
    "not using the default seccomp profile",
)


@check(
    Engine,
    severity=MEDIUM,
    risks=("sys-uid0-escape", "denial-of-service"),
    fix=command(
        say("Start the machine with cgroup v2; systemd 226 and a kernel of 5.2 are the least for it."),
        "stat -fc %T /sys/fs/cgroup",
        "sudoedit /etc/default/grub  # GRUB_CMDLINE_LINUX: add systemd.unified_cgroup_hierarchy=1",
        "sudo update-grub",
        "sudo reboot",
    ),
)
def cgroup_v1(engine: Engine) -> Outcome:
    """Host still on cgroup v1"""
    if known(engine.os_type) == "windows":
        return not_applicable(say("Windows has no cgroups."))
    version = known(engine.cgroup_version)
    reason = say("Its release_agent is a way out for root in a container, and Docker is giving it up.")
    return fails_if(version == "1", reason, {"info.CgroupVersion": version})


def _install_apparmor(engine: Engine) -> CommandFix | None:
    """None for Docker Desktop, whose machine nobody may change."""
    if engine.os == DESKTOP:
        return None
    return CommandFix(
        say("Switch AppArmor on, then create the containers anew; on Fedora and its kin, SELinux is the one."),
        (
            "sudo apt-get install apparmor",
            "cat /sys/module/apparmor/parameters/enabled  # Y, or start the kernel with apparmor=1 security=apparmor",
            "sudo systemctl restart docker",
        ),
    )


@check(
    Engine,
    severity=MEDIUM,
    risks=("sys-proc-sys", "sys-uid0-escape"),
    fix=_install_apparmor,
)
def no_mandatory_access_control(engine: Engine) -> Outcome:
    """Neither AppArmor nor SELinux"""
    if known(engine.os_type) == "windows":
        return not_applicable(say("Windows has neither; it isolates containers in other ways."))
    names = security_names(engine)
    found = names & {"apparmor", "selinux"}
    if not found and "rootless" in names:
        return not_applicable(say("A rootless Engine cannot load AppArmor profiles; its user's rights are the bound."))
    reason = say("Nothing but capabilities and seccomp is left when a container's own limits are loosened or fail.")
    return fails_if(not found, reason, {"info.SecurityOptions": list(known(engine.security_options))})


@check(
    Engine,
    severity=LOW,
    risks=("denial-of-service", "network-exposure"),
)
def daemon_warnings(engine: Engine) -> Outcome:
    """Engine warns about its own set-up"""
    if engine.podman:
        return not_applicable(say("Podman gives no warnings about itself through the Docker API."))
    lines = [line for line in known(engine.warnings) if not any(part in line for part in REPORTED_ELSEWHERE)]
    reason = say("The Engine says of itself: %(warnings)s.", warnings="; ".join(map(_short, lines)))
    return fails_if(bool(lines), reason, {"info.Warnings": lines})


@check(
    Engine,
    severity=INFO,
    risks=("sys-uid0-escape",),
    far=("containers",),
)
def enhanced_isolation_off(engine: Engine, snapshot: Snapshot) -> Outcome:
    """Enhanced Container Isolation off"""
    if known(engine.os) != DESKTOP:
        return not_applicable(say("Only Docker Desktop has Enhanced Container Isolation."))
    runtimes = {container.name: known(container.runtime) for container in known(snapshot.containers)}
    if not runtimes:
        return unknown(say("Whether it is on shows in the runtime of a container, and there is none."))
    plain = [name for name, runtime in runtimes.items() if runtime != ENHANCED_RUNTIME]
    reason = say("Root in these containers is root in the virtual machine that runs all of them.")
    return fails_if(bool(plain), reason, {f"HostConfig.Runtime is not {ENHANCED_RUNTIME}": plain})


def _short(warning: str) -> str:
    """The first line of a warning, without the word and the full stop."""
    return warning.strip().partition("\n")[0].removeprefix("WARNING: ").rstrip(".")
