"""What a container may do with file systems in memory that it was given beside its root."""

from __future__ import annotations

from secdash.checks.engine import check
from secdash.checks.outcome import LOW, Outcome, fails_if, unknown
from secdash.checks.remedy import ComposeFix, Include
from secdash.checks.service import tmpfs_entry
from secdash.facts.message import say
from secdash.facts.model import Container, Snapshot, known

# Docker mounts with noexec, nosuid and nodev unless one of these stands in the options (seen on 20.10).
LOOSENING = ("exec", "suid", "dev")
SIZES = ("size=", "nr_blocks=")


def _bounded_tmpfs(container: Container) -> ComposeFix:
    """Docker forbids programs, setuid and devices there by itself: taking the words that allow them is enough."""
    changes = tuple(
        Include("tmpfs", tmpfs_entry(path, _strict(options)), (tmpfs_entry(path, options),))
        for path, options in known(container.tmpfs)
        if _allowances(options, known(container.memory))
    )
    return ComposeFix(say("Forbid programs there again, and set a size; 64m is a place to start."), changes)


@check(
    Container,
    severity=LOW,
    risks=("mutable-filesystem", "denial-of-service"),
    fix=_bounded_tmpfs,
)
def loose_tmpfs(container: Container, snapshot: Snapshot) -> Outcome:
    """Scratch space without limits"""
    memory = known(container.memory)
    allowed = {path: _allowances(options, memory) for path, options in known(container.tmpfs)}
    found = [f"{path}: {', '.join(words)}" for path, words in allowed.items() if words]
    if snapshot.engine.podman and not found and not all(_says_strict(options) for _, options in known(container.tmpfs)):
        return unknown(say("Podman has other defaults for these than Docker, and does not tell them."))
    reason = say("Foreign programs may be put and run there, or it may grow to half of the host's memory.")
    return fails_if(bool(found), reason, {"HostConfig.Tmpfs": found})


def _allowances(options: str, memory: int) -> list[str]:
    """What a memory file system may though Docker would not let it. A memory limit bounds its size too."""
    words = options.split(",")
    sized = memory > 0 or any(word.startswith(SIZES) for word in words)
    return [word for word in LOOSENING if word in words] + ([] if sized else ["no size"])


def _says_strict(options: str) -> bool:
    return {"noexec", "nosuid", "nodev"} <= set(options.split(","))


def _strict(options: str) -> str:
    words = [word for word in options.split(",") if word and word not in LOOSENING]
    return ",".join(words if any(word.startswith(SIZES) for word in words) else [*words, "size=64m"])
