"""CIS Docker Benchmark, section 5: AppArmor, SELinux, seccomp, masked paths, and gaining privileges."""

from __future__ import annotations

from collections.abc import Callable

from secdash.checks.daemon import tells_no_new_privileges
from secdash.checks.daemon_settings import setting
from secdash.checks.engine import check
from secdash.checks.isolation import (
    HOLDS_EVERYTHING,
    is_stopped,
    seccomp_profile,
    security_entries,
    security_names,
    unless_privileged,
)
from secdash.checks.outcome import HIGH, LOW, MEDIUM, Outcome, fails_if, not_applicable, passes, unknown
from secdash.checks.paths import is_within
from secdash.checks.remedy import Change, ComposeFix, Drop, Exclude, FixFor, Include, compose
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Snapshot, Unknown, known

UNCONFINED_APPARMOR = "apparmor=unconfined"
UNCONFINED_SECCOMP = "seccomp=unconfined"
UNCONFINED_PATHS = "systempaths=unconfined"
NO_LABEL = "label=disable"
ON, OFF = "no-new-privileges=true", "no-new-privileges=false"
ON_TO_GO = frozenset({"1", "t", "T", "true", "TRUE", "True"})  # what the Engine takes for true, strconv.ParseBool
OPTIONS = "HostConfig.SecurityOpt"
MASKED = "HostConfig.MaskedPaths"
# What every Engine since 18.09 hides, but for files that newer kernels no longer have.
ALWAYS_MASKED = ("/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/scsi", "/proc/timer_list", "/sys/firmware")
# Hidden since 2023 and 2025: GHSA-jq35-85cj-fj4p, GHSA-6fw5-f8r9-fgfm. Seen in the answers of Engine 28.5.
MASKED_SINCE = ("/proc/interrupts", "/sys/devices/virtual/powercap")


def _confine(summary: Message, *entries: str) -> FixFor:
    """A fix that takes these security options out, and the privileges that imply them."""

    def fix(container: Container) -> ComposeFix | None:
        own = tuple(entry for entry in security_entries(container) if entry in entries)
        changes: list[Change] = [Exclude("security_opt", own)] if own else []
        if known(container.privileged):
            changes.append(Drop("privileged"))
        return ComposeFix(summary, tuple(changes)) if changes else None

    return fix


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.2"},
    risks=("sys-root-calls", "sys-proc-sys"),
    fix=_confine(say("Return it to the AppArmor profile that Docker applies by default."), UNCONFINED_APPARMOR),
)
def apparmor_off(container: Container, snapshot: Snapshot) -> Outcome:
    """No AppArmor profile"""
    if "apparmor" not in security_names(snapshot.engine):
        return not_applicable(say("AppArmor is not active on this host."))
    profile, options = known(container.apparmor_profile), security_entries(container)
    seen = {"AppArmorProfile": profile, OPTIONS: list(options)}
    off = profile == "unconfined" or UNCONFINED_APPARMOR in options
    if not profile and not off and is_stopped(container):
        return unknown(say("Docker chooses the profile when the container starts, which it has not yet done."), seen)
    reason = say("The kernel does not hold it to the profile that keeps root in a container from the host.")
    return fails_if(off or not profile, reason, seen)


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.3"},
    risks=("app-container-leak",),
    fix=_confine(say("Return it to the SELinux label that Docker gives by default."), NO_LABEL),
)
def selinux_off(container: Container, snapshot: Snapshot) -> Outcome:
    """No SELinux label"""
    if "selinux" not in security_names(snapshot.engine):
        return not_applicable(say("SELinux is not active in this Engine."))
    label, options = known(container.process_label), security_entries(container)
    seen = {"ProcessLabel": label, OPTIONS: list(options)}
    off = NO_LABEL in options
    if not label and not off and is_stopped(container):
        return unknown(say("Docker gives the label when the container starts, which it has not yet done."), seen)
    return fails_if(off or not label, say("Its processes may touch the files of other containers and the host."), seen)


@check(
    Container,
    severity=HIGH,
    cis={"1.6": "5.22"},
    risks=("app-kernel-code",),
    fix=_confine(say("Return it to the seccomp profile that Docker applies by default."), UNCONFINED_SECCOMP),
)
def seccomp_disabled(container: Container, snapshot: Snapshot) -> Outcome:
    """Seccomp disabled"""
    own = [entry for entry in security_entries(container) if entry.startswith("seccomp=")]
    seen = {OPTIONS: [_short(entry) for entry in own], "HostConfig.Privileged": known(container.privileged)}
    reason = say("It may make every system call, also those with a record of holes in the kernel.")
    if own:
        return fails_if(own[-1] == UNCONFINED_SECCOMP, reason, seen)
    if seen["HostConfig.Privileged"]:
        return fails_if(True, reason, seen)
    profile = seccomp_profile(snapshot.engine)
    return fails_if(profile in ("", "unconfined"), reason, seen | {"info.SecurityOptions, seccomp": profile})


@check(
    Container,
    severity=MEDIUM,
    cis={"1.6": "5.26"},
    risks=("app-suid-escalation",),
    fix=compose(
        say("Keep its processes from gaining privileges; sudo and su inside it then fail."),
        Include("security_opt", ON, instead_of=(OFF,)),
        breaks=say("sudo, su and other setuid programs inside it do not gain rights any more."),
    ),
)
def no_new_privileges_off(container: Container, snapshot: Snapshot) -> Outcome:
    """May gain new privileges"""
    own = [entry for entry in security_entries(container) if entry.startswith("no-new-privileges")]
    reason = say("A setuid program inside it can make a process root.")
    if own:
        return fails_if(own[-1].partition("=")[2] not in ON_TO_GO, reason, {OPTIONS: own})
    if "no-new-privileges" in security_names(snapshot.engine):
        return passes({OPTIONS: own, "info.SecurityOptions": "name=no-new-privileges"})
    # Podman writes the container's real state into SecurityOpt, whatever its default is.
    if snapshot.engine.podman or tells_no_new_privileges(snapshot.engine):
        return fails_if(True, reason, {OPTIONS: own})
    default = setting(snapshot, "no-new-privileges")
    if isinstance(default, Unknown):
        return unknown(say("The Engine's default counts, and this Engine does not show it; set it on the container."))
    return fails_if(default is not True, reason, {OPTIONS: own, "no-new-privileges": default})


@check(
    Container,
    severity=HIGH,
    risks=("sys-proc-sys",),
    fix=compose(
        say("Hide the kernel's own files again, as Docker does by default."),
        Exclude("security_opt", (UNCONFINED_PATHS,)),
    ),
)
def unmasked_proc(container: Container) -> Outcome:
    """Kernel files unmasked"""
    masked, read_only = known(container.masked_paths), known(container.readonly_paths)
    # null is how a privileged container shows, and Engines that did not yet let anybody change the list.
    bare = masked == () or read_only == ()
    seen = {
        "HostConfig.MaskedPaths": None if masked is None else list(masked),
        "HostConfig.ReadonlyPaths": None if read_only is None else list(read_only),
    }
    reason = say("It can read and write files of /proc and /sys through which root steers the host's kernel.")
    return unless_privileged(container, fails_if(bare, reason, seen))


@check(
    Container,
    severity=MEDIUM,
    risks=("sys-proc-sys", "app-container-leak"),
)
def masked_paths_incomplete(container: Container) -> Outcome:
    """Kernel files partly unmasked"""
    return _masks(
        container,
        ALWAYS_MASKED,
        lambda paths: say(
            "A list of its own shows these, which Docker hides from every container: %(paths)s.", paths=paths
        ),
    )


@check(
    Container,
    severity=LOW,
    risks=("app-container-leak",),
)
def masked_paths_outdated(container: Container) -> Outcome:
    """Masked paths of an old Engine"""
    return _masks(
        container,
        MASKED_SINCE,
        lambda paths: say(
            "Created before Docker hid them, it reads heat or power of the machine: %(paths)s.", paths=paths
        ),
    )


def _masks(container: Container, wanted: tuple[str, ...], reason: Callable[[str], Message]) -> Outcome:
    """A path counts as hidden where one above it is."""
    masked = known(container.masked_paths)
    if known(container.privileged):
        return not_applicable(HOLDS_EVERYTHING)
    if masked == ():
        return not_applicable(say("Nothing is hidden from it at all; a check of its own reports that."))
    if masked is None:
        return unknown(say("This Engine hides its own list of files, and does not show it."))
    seen = [path for path in wanted if not any(is_within(path, hidden) for hidden in masked)]
    return fails_if(bool(seen), reason(", ".join(seen)), {f"not in {MASKED}": seen})


def _short(entry: str) -> str:
    """A custom seccomp profile stands in the answer as its whole JSON."""
    return entry if len(entry) < 80 else f"{entry[:60]}…"
