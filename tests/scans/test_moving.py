"""What moved a score is told from what differs alone; it is what comparing everything tells."""

from __future__ import annotations

import random

from secdash.checks.benchmark_manual import MANUAL
from secdash.checks.differing import judge_noting
from secdash.checks.engine import judge
from secdash.checks.outcome import Severity, Status
from secdash.findings.lifecycle import identity
from secdash.findings.score import weigh
from secdash.scans import moves
from secdash.scans.judging import Judged
from secdash.scans.moving import Earlier, attested_in, between
from secdash.scans.tallied import counted, tallied, tally
from tests.checks.varied import host, jumbled

ITEMS = sorted(MANUAL)[:3]


def test_what_moved_a_score_is_what_comparing_all_verdicts_tells():
    before, chance = list(judge(host())), random.Random(7)  # noqa: S311 - the same at every run
    told = 0
    for name, facts in jumbled(25, 40):
        now, looked = judge_noting(facts)
        attested_before, attested = (_some_attested(chance) for _ in "12")
        accepted_before, accepted = (_some_accepted(verdicts, chance) for verdicts in (before, now))
        stored = {**tally(before), **tallied(attested_before.items())}
        if chance.random() < 0.3:  # as another catalogue judged it
            stored.pop(chance.choice(sorted(tally(before))))
        score = weigh(counted(stored), accepted_before.values()).value
        whole = moves.between(
            score,
            stored,
            moves.picture(before, attested_in(stored), accepted_before),
            moves.picture(now, attested, accepted),
        )
        earlier = Earlier(score, stored, host(), accepted_before)

        assert between(earlier, Judged(facts, now, looked), tally(now), attested, accepted) == whole, name
        told += bool(whole)

    assert told > 15


def _some_attested(chance):
    return {item: chance.choice((Status.PASS, Status.FAIL)) for item in ITEMS if chance.random() < 0.3}


def _some_accepted(verdicts, chance):
    """Nearly all that would hold the score at its cap, and a few more."""
    failing = [each for each in verdicts if each.status is Status.FAIL]
    often = {severity: 0.99 if severity > Severity.MEDIUM else 0.2 for severity in Severity}
    return {identity(each): each.severity for each in failing if chance.random() < often[each.severity]}
