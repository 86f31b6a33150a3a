"""Laws of the catalogue: every check is tried in every verdict it can give, and says things properly."""

from __future__ import annotations

import importlib
import pkgutil
import types
from collections.abc import Iterator
from functools import cache

import msgspec
import pytest

import tests.checks
from secdash.checks import CATALOGUE, outcome
from secdash.checks.engine import Check
from secdash.checks.outcome import Outcome
from secdash.checks.remedy import AuditFix, BuildFix, CommandFix, ComposeFix, Exclude, FileFix, Include, MembersFix
from secdash.checks.risks import RISKS
from tests.checks.cases import Case

LONGEST_TITLE = 45
LONGEST_REASON = 200
# What a sane host simply has not: a swarm, GPUs, remapped users, sessions, Docker Desktop, old drivers, an
# image from a registry, a proxy of the API.
NOTHING_TO_JUDGE = (
    "base-device-size-changed",
    "deprecated-storage-driver",
    "desktop-isolation-bypass",
    "desktop-known-escape",
    "enhanced-isolation-off",
    "host-user-namespace",
    "ipv6-unfiltered",
    "managers-not-locked",
    "no-digest",
    "node-certificates-live-long",
    "nvidia-toolkit-escape",
    "overlay-not-encrypted",
    "privileged-exec",
    "projects-share-network",
    "root-exec",
    "selinux-off",
    "socket-proxy-open",
    "swarm-port-open-everywhere",
    "swarm-secrets-unused",
    "too-few-managers",
)
# No answer of the Engine holds what would settle it: it says what to look at, or that nothing is there.
NEVER_SETTLED = ("nvidia-toolkit-escape",)


@cache
def all_cases() -> tuple[Case, ...]:
    """The tables CASES of every module in tests/checks: no case is tried that is not counted, and the reverse."""
    modules = [importlib.import_module(f"tests.checks.{m.name}") for m in pkgutil.iter_modules(tests.checks.__path__)]
    return tuple(case for module in modules for case in getattr(module, "CASES", ()))


@cache
def judged() -> tuple[tuple[Case, Outcome], ...]:
    """What the checks really said, whatever the tables promise."""
    return tuple((case, case.judged()) for case in all_cases())


def really_said(check: str) -> set[str]:
    return {said.status.value for case, said in judged() if case.check == check}


def _called(function: types.FunctionType, seen: set[types.FunctionType]) -> Iterator[types.FunctionType]:
    """Every function of our checks that a predicate names, and that those name."""
    for name in _names(function.__code__):
        thing = function.__globals__.get(name)
        if not isinstance(thing, types.FunctionType) or thing in seen:
            continue
        seen.add(thing)
        yield thing
        if thing.__module__.startswith("secdash.checks"):
            yield from _called(thing, seen)


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def can_say(entry: Check, word: types.FunctionType) -> bool:
    predicate = _own(entry)
    return any(thing is word for thing in _called(predicate, set()))


def _own(entry: Check) -> types.FunctionType:
    """The function as written: the engine wraps those that take no snapshot, and some checks hand on to another."""
    predicate = entry.predicate
    cells = [cell.cell_contents for cell in getattr(predicate, "__closure__", None) or ()]
    for model in (cell for cell in cells if isinstance(cell, Check)):
        return _own(model)
    inner = [cell for cell in cells if isinstance(cell, types.FunctionType)]
    found = inner[0] if inner else predicate
    assert isinstance(found, types.FunctionType)
    return found


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_is_tried_in_every_verdict_it_can_give(name: str) -> None:
    expected = {"unknown"} if name in NEVER_SETTLED else {"pass", "fail", "unknown"}
    if can_say(CATALOGUE[name], outcome.not_applicable):
        expected.add("not_applicable")
    assert really_said(name) == expected


def test_knows_which_checks_can_be_not_applicable() -> None:
    assert can_say(CATALOGUE["apparmor-off"], outcome.not_applicable)  # says so itself
    assert can_say(CATALOGUE["capabilities-added"], outcome.not_applicable)  # through a function of another module
    assert not can_say(CATALOGUE["no-memory-limit"], outcome.not_applicable)


def test_every_case_gets_the_verdict_it_promises() -> None:
    wrong = [str(case) for case, said in judged() if said.status != case.status]
    assert wrong == []


def test_no_two_cases_are_the_same() -> None:
    assert len({(case.check, str(sorted(case.facts.items(), key=str))) for case in all_cases()}) == len(all_cases())


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_finds_no_fault_with_a_sane_thing(name: str) -> None:
    """So that a test which changes one fact sees the verdict of that fact."""
    expected = "not_applicable" if name in NOTHING_TO_JUDGE else "pass"
    assert Case(name, "pass", {}).judged().status == expected


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_its_title_names_a_fault_shortly(name: str) -> None:
    title = CATALOGUE[name].title
    assert title[0].isupper() or title.startswith("/")
    assert not title.endswith(".")
    assert len(title) <= LONGEST_TITLE


def test_titles_are_distinct() -> None:
    assert len({entry.title for entry in CATALOGUE.values()}) == len(CATALOGUE)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_its_risks_exist(name: str) -> None:
    assert CATALOGUE[name].risks
    assert set(CATALOGUE[name].risks) <= RISKS.keys()


def test_every_verdict_but_a_pass_has_a_reason_in_a_sentence() -> None:
    for case, said in judged():
        if said.status == "pass":
            assert said.reason is None, case
        else:
            assert said.reason is not None, case
            text = str(said.reason)
            assert text[0].isupper() or said.reason.text.startswith("%("), case
            assert text.endswith("."), case
            assert len(said.reason.text) <= LONGEST_REASON, case


def test_every_fail_shows_evidence_that_can_be_stored() -> None:
    for case, said in judged():
        assert msgspec.json.decode(msgspec.json.encode(dict(said.evidence))) == dict(said.evidence), case
        if said.status == "fail":
            assert said.evidence, case


def test_every_fix_changes_something_and_says_so() -> None:
    fixes = [(case, case.entry.fix(case.scene()[0])) for case, said in judged() if said.status == "fail"]
    for case, fix in fixes:
        if fix is None:
            continue
        assert str(fix.summary).endswith("."), case
        if isinstance(fix, BuildFix | CommandFix):
            assert all(fix.lines), case
            continue
        if isinstance(fix, FileFix):
            assert fix.owner or fix.mode, case
            continue
        if isinstance(fix, AuditFix | MembersFix):
            continue  # they say a path or a group, which their records ask for
        assert fix.changes, case
        for change in fix.changes:
            if isinstance(fix, ComposeFix) and isinstance(change, Exclude):
                assert change.items, case
            if isinstance(change, Include):
                assert change.item not in change.instead_of, case
