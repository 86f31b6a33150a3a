"""A seccomp profile of the container's own: what it lets through that Docker's would not."""

from __future__ import annotations

from typing import Any

import msgspec

from secdash.checks.engine import check
from secdash.checks.isolation import seccomp_profile, security_entries, unless_privileged
from secdash.checks.outcome import MEDIUM, Outcome, fails_if, not_applicable, passes, unknown
from secdash.checks.remedy import ComposeFix, Exclude
from secdash.checks.service import SECCOMP_FILE, is_seccomp_profile
from secdash.facts.message import say
from secdash.facts.model import Container, Snapshot

OPTION = "seccomp="
DOCKERS_OWN = ("builtin", "default")
LETS_THROUGH = frozenset({"SCMP_ACT_ALLOW", "SCMP_ACT_LOG"})
# Docker's profile refuses these, or lets them through with a capability only. ptrace is not among them: it is allowed
# since kernel 4.8, where it can no longer get past the filter.
# https://github.com/moby/profiles/blob/main/seccomp/default.json, read 2026-11-26
DANGEROUS = frozenset(
    {
        *("mount", "umount", "umount2", "pivot_root", "move_mount", "open_tree", "fsopen", "fsmount", "fsconfig"),
        *("unshare", "setns", "open_by_handle_at", "bpf", "perf_event_open", "userfaultfd"),
        *("add_key", "keyctl", "request_key"),
        *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"),
        *("iopl", "ioperm", "acct", "swapon", "swapoff"),
    }
)


class Rule(msgspec.Struct):
    """Rules of 2016 name one call, later ones several; `includes.caps` asks for capabilities."""

    action: str
    names: tuple[str, ...] | None = None
    name: str = ""
    args: list[Any] | None = None
    includes: dict[str, Any] | None = None

    @property
    def calls(self) -> tuple[str, ...]:
        return self.names or ((self.name,) if self.name else ())

    @property
    def is_unconditional(self) -> bool:
        return not self.args and not (self.includes or {}).get("caps")


class Profile(msgspec.Struct):
    default: str = msgspec.field(name="defaultAction")
    syscalls: list[Rule] | None = None


def _without(_container: Container) -> ComposeFix:
    """The rebuilt service says where the profile's text must be kept; without that entry Docker's own applies."""
    summary = say("Return it to Docker's profile; where that is too strict, start from a copy of it and add one call.")
    return ComposeFix(summary, (Exclude("security_opt", (OPTION + SECCOMP_FILE,)),))


@check(
    Container,
    severity=MEDIUM,
    risks=("app-kernel-code", "sys-root-calls"),
    fix=_without,
)
def weak_seccomp_profile(container: Container, snapshot: Snapshot) -> Outcome:
    """Seccomp profile lets too much through"""
    own = [entry for entry in security_entries(container) if entry.startswith(OPTION)]
    return unless_privileged(container, _of_own(own[-1]) if own else _of_engine(seccomp_profile(snapshot.engine)))


def _of_engine(name: str) -> Outcome:
    if name in DOCKERS_OWN:
        return passes({"info.SecurityOptions, seccomp": name})
    if name in ("", "unconfined"):
        return not_applicable(say("It has no seccomp profile at all; a check of its own reports that."))
    return unknown(say("The Engine gives every container the profile in %(file)s, and does not show it.", file=name))


def _of_own(entry: str) -> Outcome:
    if not is_seccomp_profile(entry):
        return _of_engine(entry.removeprefix(OPTION))
    try:
        profile = msgspec.json.decode(entry.removeprefix(OPTION), type=Profile)
    except msgspec.MsgspecError:
        return unknown(say("Its seccomp profile is not written as secdash knows them."))
    allowed = sorted(_unconditional(profile) & DANGEROUS)
    seen = {"HostConfig.SecurityOpt, defaultAction": profile.default, "HostConfig.SecurityOpt, dangerous": allowed}
    if profile.default in LETS_THROUGH:
        return fails_if(True, say("It lets every call through that it does not name."), seen)
    calls = ", ".join(allowed)
    return fails_if(bool(allowed), say("It lets calls through that Docker refuses: %(calls)s.", calls=calls), seen)


def _unconditional(profile: Profile) -> set[str]:
    rules = [rule for rule in profile.syscalls or () if rule.action in LETS_THROUGH and rule.is_unconditional]
    return {call for rule in rules for call in rule.calls}
