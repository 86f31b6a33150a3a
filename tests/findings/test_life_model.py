"""Any sequence of scans, outages, partial listings, redeploys, acceptances and clock changes, against the pure life.

The store below is the simplest model of the tables: rows, transitions that are only added, and acceptances.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from secdash.checks.engine import SubjectRef, Verdict
from secdash.checks.outcome import Outcome, Severity, Status
from secdash.facts.message import say
from secdash.facts.model import Unknown
from secdash.findings.binding import Bound, gained, privileges_of, rose
from secdash.findings.lifecycle import CLOSING, Accepting, Learnt, Moved, Opened, Seen, Standing, reconcile
from secdash.findings.scopes import Agreed, Scope, Target, covers
from tests.build import a_container

HOSTS = {1: 10, 2: 11}  # host → group
KEYS = {"shop/web/1": ("shop", "nginx:1.27"), "cron": ("", "registry:5000/cron")}
CHECKS = ("privileged-container", "no-memory-limit")
UNSEEN = Unknown(say("Not seen."))
FACTS = {
    "user": ("1000", "root", "2000", UNSEEN),
    "cap_add": ((), ("NET_ADMIN",), ("NET_ADMIN", "SYS_ADMIN"), UNSEEN),
    "privileged": (False, True, UNSEEN),
    "pid_mode": ("", "host", "container:abc"),
}
facts = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FACTS.items()})
# Most fail, so that there is something to accept.
verdicts = st.dictionaries(
    st.tuples(st.sampled_from(CHECKS), st.sampled_from(sorted(KEYS))),
    st.sampled_from([Status.FAIL, Status.FAIL, Status.FAIL, *Status]),
    min_size=1,
    max_size=6,
)
hosts, keys = st.sampled_from(sorted(HOSTS)), st.sampled_from(sorted(KEYS))
severities = st.sampled_from([Severity.MEDIUM, Severity.HIGH])


class Row:
    """A finding's row. `spurned` is what the transitions say, kept beside them."""

    def __init__(self, pk, host, identity, at):
        self.pk, self.host, self.identity, self.opened = pk, host, identity, at
        self.state, self.severity, self.fingerprint = "open", 0, ""
        self.acceptance, self.bound, self.spurned = None, None, frozenset()

    def target(self):
        check, _, key = self.identity
        return Target(check, self.host, HOSTS[self.host], *KEYS[key], pk=self.pk)


class Life(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.day = date(2026, 11, 27)
        self.rows, self.transitions, self.in_force, self.ended = {}, [], {}, set()
        self.world = {(host, key): a_container(key=key) for host in HOSTS for key in KEYS}
        self.last_seen = {}  # (host, place) → privileges, of the last scan that saw it

    # --- what happens -------------------------------------------------------------------------------------------

    @rule(host=hosts, statuses=verdicts, complete=st.booleans(), severity=severities)
    def scan(self, host, statuses, complete, severity):
        there = {key for _, key in statuses}
        seen_now = {("container", key): privileges_of(self.world[host, key]) for key in there}
        failing, closing = [], []
        for (check, key), status in statuses.items():
            verdict = Verdict(check, severity, SubjectRef("container", key, key), Outcome(status, say("Because.")))
            failing += [Seen(verdict, str(severity), *KEYS[key])] if status is Status.FAIL else []
            closing += [verdict] if status in CLOSING else []
        listed = {"container": frozenset(there)} if complete else {}
        accepting = Accepting(tuple(self.in_force.values()), self.day, seen_now, host, HOSTS[host])
        changes = reconcile(self._standing(host), failing, closing, listed, accepting)
        self.last_seen |= {(host, place): privileges for place, privileges in seen_now.items()}
        self._has_evidence(changes, statuses, listed)
        self._write(host, changes)

    @rule(host=hosts, key=keys, changed=facts)
    def redeploy(self, host, key, changed):
        """Under the same key, with privileges gained, lost or hidden; nothing is known of it until a scan sees it."""
        self.world[host, key] = a_container(key=key, image=KEYS[key][1], **changed)

    @rule(host=hosts)
    def unreachable(self, host):
        """A scan that fails writes nothing."""

    @rule(days=st.integers(-3, 9))
    def clock(self, days):
        self.day += timedelta(days=days)

    @rule(check=st.sampled_from(CHECKS), host=hosts, key=keys, kind=st.sampled_from("hgpie"), later=st.booleans())
    def accept_a_check(self, check, host, key, kind, later):
        narrowed = {
            "h": {"host": host},
            "g": {"group": HOSTS[host]},
            "p": {"project": KEYS[key][0]},
            "i": {"image": KEYS[key][1].rpartition(":")[0] if ":" in KEYS[key][1][-5:] else KEYS[key][1]},
            "e": {},
        }
        self._accept(Scope(check, **narrowed[kind]), later)

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), later=st.booleans())
    def accept_findings(self, data, later):
        chosen = data.draw(st.sets(st.sampled_from(sorted(self.rows)), min_size=1, max_size=3))
        self._accept(Scope(findings=frozenset(chosen)), later)

    @precondition(lambda self: self.in_force)
    @rule(data=st.data())
    def withdraw(self, data):
        self._end(data.draw(st.sampled_from(sorted(self.in_force))), "returned")

    @rule()
    def tick(self):
        for pk in [pk for pk, agreed in self.in_force.items() if agreed.is_past(self.day)]:
            self._end(pk, "expired")

    # --- what must always be true ---------------------------------------------------------------------------------

    @invariant()
    def none_is_duplicated(self):
        assert max(Counter((row.host, row.identity) for row in self.rows.values()).values(), default=1) == 1

    @invariant()
    def every_state_is_explained_by_its_transitions(self):
        now = {}
        for pk, was, then, _why in self.transitions:
            assert now.get(pk, "") == was != then
            now[pk] = then
        assert now == {pk: row.state for pk, row in self.rows.items()}

    @invariant()
    def what_was_opened_and_not_resolved_is_open_or_accepted(self):
        whys = Counter(why for _, _, _, why in self.transitions)
        standing = sum(row.state != "resolved" for row in self.rows.values())
        assert whys["seen"] + whys["reopened"] - whys["fixed"] - whys["gone"] == standing

    @invariant()
    def what_is_accepted_is_covered_and_has_no_more_privilege_than_it_was_accepted_with(self):
        for row in self.rows.values():
            if row.state != "accepted":
                assert row.acceptance is None
                continue
            assert covers(self.in_force[row.acceptance].scope, row.target())
            assert row.bound.acceptance == row.acceptance
            assert not rose(row.bound.severity, row.severity)
            assert not gained(row.bound.privileges, self.last_seen[row.host, row.identity[1:]])

    @invariant()
    def an_acceptance_that_ended_holds_nothing(self):
        assert not {row.acceptance for row in self.rows.values()} & self.ended

    # --- the tables -----------------------------------------------------------------------------------------------

    def _standing(self, host):
        return [
            Standing(r.pk, r.identity, r.state, r.fingerprint, r.severity, r.acceptance, r.bound, r.spurned)
            for r in self.rows.values()
            if r.host == host
        ]

    def _has_evidence(self, changes, statuses, listed):
        for change in changes:
            if isinstance(change, Moved) and change.now == "resolved":
                check, kind, key = self.rows[change.pk].identity
                status = statuses.get((check, key))
                assert status in CLOSING or (status is None and key not in listed[kind]), change

    def _write(self, host, changes):
        for change in changes:
            if isinstance(change, Opened):
                row = self.rows[len(self.rows) + 1] = Row(len(self.rows) + 1, host, change.seen.identity, self.day)
                self._see(row, change.seen)
                self._move(row, "open", "seen", was="")
                if change.bound:
                    self._take(row, change.bound)
            elif isinstance(change, Learnt):
                self.rows[change.pk].bound = change.bound
            else:
                self._change(self.rows[change.pk], change)

    def _change(self, row, change):
        if change.seen:
            self._see(row, change.seen)
        if not isinstance(change, Moved):
            return
        assert change.was == row.state
        if change.bound:
            self._take(row, change.bound)
            return
        if change.why in ("voided", "returned"):
            row.spurned |= {change.acceptance}
        row.acceptance = None
        row.bound = row.bound if change.now == "resolved" else None
        self._move(row, change.now, change.why)

    def _see(self, row, seen):
        row.severity, row.fingerprint = int(seen.verdict.severity), seen.fingerprint

    def _take(self, row, bound):
        assert self.in_force[bound.acceptance].later
        self._hold(row, bound)

    def _hold(self, row, bound):
        assert bound.acceptance not in row.spurned
        row.acceptance, row.bound = bound.acceptance, bound
        self._move(row, "accepted", "accepted")

    def _move(self, row, now, why, was=None):
        self.transitions.append((row.pk, row.state if was is None else was, now, why))
        row.state = now

    def _accept(self, scope, later):
        pk = len(self.in_force) + len(self.ended) + 1
        self.in_force[pk] = Agreed(pk, scope, self.day + timedelta(days=12), later)
        for row in self.rows.values():
            if row.state == "open" and covers(scope, row.target()):
                privileges = self.last_seen.get((row.host, row.identity[1:]), {})
                self._hold(row, Bound(pk, row.severity, privileges))

    def _end(self, pk, why):
        del self.in_force[pk]
        self.ended.add(pk)
        for row in self.rows.values():
            if row.acceptance == pk:
                row.acceptance = row.bound = None
                self._move(row, "open", why)


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=120, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
)
