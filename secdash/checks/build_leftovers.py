"""What package managers leave in an image, as far as its history tells (after hadolint and dockle)."""

from __future__ import annotations

import re

from secdash.checks.engine import check
from secdash.checks.history import APT, HISTORY, YUM, Command, Step, steps
from secdash.checks.outcome import INFO, Outcome, fails_if, unknown
from secdash.checks.remedy import BuildFix
from secdash.facts.message import say
from secdash.facts.model import Image

INSTALLS = frozenset({"install", "in", "add", "update", "up", "upgrade", "localinstall", "groupinstall", "reinstall"})
MAY_BE_MOUNTED = say(
    "BuildKit does not write down whether a cache was mounted for that step; the files of the image would tell."
)
CACHE_MOUNTED = "--mount=type=cache"  # builders that are neither of Docker's keep it
CLEAN_STEPS: dict[str, tuple[str, ...]] = {
    "apt": ("RUN apt-get update \\", "    && apt-get install --yes curl \\", "    && rm -rf /var/lib/apt/lists/*"),
    "apk": ("RUN apk add --no-cache curl",),
    "yum": ("RUN dnf install -y curl \\", "    && dnf clean all"),
    "zypper": ("RUN zypper --non-interactive install curl \\", "    && zypper clean --all"),
}
PLACES = {
    "apt": re.compile(r"/var/lib/(?:apt(?:/|\Z)|\*|\{\S*\bapt\b)"),
    "apk": re.compile(r"/var/cache/(?:apk|\*)"),
    "yum": re.compile(r"/var/cache/(?:yum|dnf|libdnf5|tdnf|\*)"),
    "zypper": re.compile(r"/var/cache/(?:zypp|\*)"),
}
CLEANING = {
    "apt": {"dist-clean", "distclean"},
    "apk": set[str](),
    "yum": {"clean"},
    "zypper": {"clean", "cc"},
}


def _clean_steps(image: Image) -> BuildFix | None:
    left = {manager for step in steps(image) for manager in leaves_cache(step)}
    summary = say("Clean up in the very step that installs: a later one cannot take files out of an earlier layer.")
    lines = tuple(line for manager, own in CLEAN_STEPS.items() if manager in left for line in own)
    return BuildFix(summary, lines) if lines else None


@check(
    Image,
    severity=INFO,
    risks=("supply-chain",),
    fix=_clean_steps,
)
def image_package_cache_left(image: Image) -> Outcome:
    """Package cache left in the image"""
    left = [step for step in steps(image) if leaves_cache(step)]
    found = [step.line for step in left if not step.buildkit]
    unclear = [step.line for step in left if step.buildkit and step.size]
    if unclear and not found:
        return unknown(MAY_BE_MOUNTED, {HISTORY: unclear})
    reason = say("Old lists and downloads ship with it, and a later install may start from them.")
    return fails_if(bool(found), reason, {HISTORY: found})


def leaves_cache(step: Step) -> set[str]:
    """The package managers whose lists or downloads a step fetches and does not remove."""
    if CACHE_MOUNTED in step.line:
        return set()
    fetching = {manager for command in step.commands if (manager := _fetching(command))}
    return {manager for manager in fetching if not any(_cleans(command, manager) for command in step.commands)}


def _fetching(command: Command) -> str:
    """`apt-get update` fetches lists, an install of the others does; apk need not keep them."""
    if command.program in APT and command.verb == "update":
        return "apt"
    if command.program == "apk" and command.verb in INSTALLS and "--no-cache" not in command.arguments:
        return "apk"
    if command.program in YUM and command.verb in (*INSTALLS, "makecache"):
        return "yum"
    return "zypper" if command.program == "zypper" and command.verb in (*INSTALLS, "refresh", "ref") else ""


def _cleans(command: Command, manager: str) -> bool:
    if command.program in ("rm", "find"):
        return any(PLACES[manager].search(word) for word in command.arguments)
    names = {"apt": APT, "yum": YUM}.get(manager, (manager,))
    return command.program in names and command.verb in CLEANING[manager]
