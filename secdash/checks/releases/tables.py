"""What is known of releases as of one day: lines with their ends, and flaws with the versions that have them."""

from __future__ import annotations

import hashlib
from functools import cached_property

import msgspec

from secdash.checks.releases.versions import Version, parse

# The checks that ask for advisories, and of which components.
JUDGES = {
    "engine-known-vulnerability": ("engine", "buildkit"),
    "engine-known-weakness": ("engine", "buildkit"),
    "authorization-bypass": ("engine",),
    "runc-known-escape": ("runc",),
    "runc-known-weakness": ("runc",),
    "containerd-known-vulnerability": ("containerd",),
    "containerd-known-weakness": ("containerd",),
    "desktop-known-escape": ("docker desktop",),
    "desktop-isolation-bypass": ("docker desktop",),
    "nvidia-toolkit-escape": ("nvidia toolkit",),
}
HAVE_LINES = ("engine", "containerd", "kernel")
SEVERITIES = ("low", "medium", "high", "critical")


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Each row says who says so, and when that was read."""

    source: str
    read_on: str
    note: str = ""


class Line(Row, frozen=True, kw_only=True):
    """A release line of a component: from version `since` on, and older than `before` ("": however new).

    `ends` is its last day, "" while it is maintained.
    """

    component: str
    name: str
    since: str
    before: str = ""
    ends: str = ""

    def has_begun(self, version: Version) -> bool:
        since = parse(self.since)
        return since is not None and since.line <= version.line

    def is_over(self, version: Version) -> bool:
        before = parse(self.before)
        return before is not None and before.line <= version.line

    @property
    def has_ended(self) -> bool:
        """Compared with the day the row was read: a judgement is the same today and tomorrow."""
        return bool(self.ends) and self.ends < self.read_on


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Versions with the flaw: from `since` ("": the first ever) to before `fixed`.

    `unsure` where those who keep that line may have repaired it and no source says so.
    """

    since: str
    fixed: str
    unsure: bool = False

    def holds(self, version: Version) -> bool:
        since, fixed = parse(self.since), parse(self.fixed)
        return fixed is not None and version < fixed and (since is None or since <= version)


class Advisory(Row, frozen=True, kw_only=True):
    """A published flaw; `check` is the one that judges it."""

    check: str
    component: str
    cve: str
    severity: str
    title: str
    ranges: tuple[Range, ...]

    @property
    def fixed_in(self) -> list[str]:
        """The releases that repaired it, as the ranges name them."""
        return [each.fixed for each in self.ranges if (number := parse(each.fixed)) and not self.holds(number)]

    def holds(self, version: Version) -> bool:
        return any(each.holds(version) for each in self.ranges)

    def is_sure(self, version: Version) -> bool:
        return any(each.holds(version) and not each.unsure for each in self.ranges)


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """All of it. `read_on` is the day on which the whole was last gone through. Lines stand newest first."""

    read_on: str
    lines: tuple[Line, ...]
    advisories: tuple[Advisory, ...]

    @cached_property
    def version(self) -> str:
        """A short digest of the content."""
        return hashlib.blake2b(msgspec.json.encode(self, order="deterministic"), digest_size=6).hexdigest()

    def line(self, component: str, version: Version) -> Line | None:
        """The line a version belongs to; None where it is newer than all that is known."""
        begun = (line for line in self.lines if line.component == component and line.has_begun(version))
        newest = next(begun, None)
        return None if newest is None or newest.is_over(version) else newest

    def of(self, check: str) -> list[Advisory]:
        """All that this check judges."""
        return [each for each in self.advisories if each.check == check]

    def flaws(self, check: str, version: Version) -> list[Advisory]:
        """What this check judges and this version has."""
        return [each for each in self.of(check) if each.holds(version)]


def repaired_by(flaws: list[Advisory], version: Version) -> str:
    """The oldest release, newer than this version, that has none of these flaws; "" where the rows name none."""
    named = {release for flaw in flaws for release in flaw.fixed_in}
    newer = sorted((number, release) for release in named if (number := parse(release)) and number > version)
    return next((release for number, release in newer if not any(flaw.holds(number) for flaw in flaws)), "")
