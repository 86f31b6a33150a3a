"""Acceptances as pages show them: lists, what each holds, what one would hide, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import pgettext_lazy

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.checks.outcome import Severity
from secdash.findings import policy
from secdash.findings.accepting import open_within, worst
from secdash.findings.access import acceptances_for, findings_for, may_decide_on
from secdash.findings.asked import Asked
from secdash.findings.covering import within
from secdash.findings.models import Acceptance, AcceptanceQuerySet, Finding, FindingQuerySet, State, Transition, Why
from secdash.fleet.access import acts_somewhere, hosts_for
from secdash.posture.accepting_effect import Effect, effect

SOON, VERY_SOON = timedelta(days=30), timedelta(days=7)
ROWS, NAMED = 25, 20
NOT_YET = (Acceptance.State.WAITING, Acceptance.State.PROPOSED)
IN_FORCE, WAITING, PROPOSED, ENDED = "in-force", "waiting", "proposed", "ended"
TABS = {
    IN_FORCE: pgettext_lazy("acceptances", "In force"),
    WAITING: pgettext_lazy("acceptances", "Waiting for approval"),
    PROPOSED: pgettext_lazy("acceptances", "Proposed by labels"),
    ENDED: pgettext_lazy("acceptances", "Ended"),
}
NEWEST, ENDING, STALE, WIDEST = "newest", "ending", "stale", "widest"
ORDERS = {
    NEWEST: pgettext_lazy("acceptances", "Newest"),
    ENDING: pgettext_lazy("acceptances", "Ending soon"),
    STALE: pgettext_lazy("acceptances", "Holding nothing"),
    WIDEST: pgettext_lazy("acceptances", "Holding most"),
}


class Holds(NamedTuple):
    """How many findings, on how many hosts, and the worst severity among them."""

    findings: int = 0
    hosts: int = 0
    worst: Severity | None = None


class Line(NamedTuple):
    acceptance: Acceptance
    holds: Holds
    chosen: int
    ends_soon: bool
    may_approve: bool
    may_accept: bool


class Tab(NamedTuple):
    name: str
    label: str
    number: int


class Listing(NamedTuple):
    tab: str
    order: str
    tabs: list[Tab]
    page: Page[Acceptance]
    lines: list[Line]


class Preview(NamedTuple):
    """What an acceptance would hide, and what the policy asks of it."""

    holds: Holds
    named: list[Finding]
    severity: Severity | None
    last: date | None
    days: int | None
    needs_approval: bool
    later: bool
    effect: Effect

    @property
    def left(self) -> int:
        return self.holds.findings - len(self.named)


class Detail(NamedTuple):
    acceptance: Acceptance
    holds: Holds
    page: Page[Finding]
    moves: list[tuple[str, int]]
    voided: list[Transition]
    chosen: int
    may_decide: bool
    may_end: bool
    may_accept: bool
    effect: Effect | None  # of what it would hold

    @property
    def is_own_wait(self) -> bool:
        """It waits, and whoever reads is the one who may not decide."""
        return self.acceptance.state == Acceptance.State.WAITING and not self.may_decide


def listing(user: User, *, tab: str, order: str, number: str, today: date) -> Listing:
    """One page of a tab. Foreign words in the address mean the first of each."""
    tab, order = _known(tab, order)
    page = Paginator(rows(user, tab=tab, order=order, today=today), ROWS).get_page(number)
    return Listing(tab, order, _tabs(acceptances_for(user)), page, lines(user, page.object_list, today))


def rows(user: User, *, tab: str, order: str, today: date) -> AcceptanceQuerySet:
    """All of a tab in that order, with what they are about."""
    tab, order = _known(tab, order)
    found = _ordered(user, _in_tab(acceptances_for(user), tab), order, today)
    return found.select_related("finding__host", "host", "group", "by", "decided_by", "ended_by")


def _known(tab: str, order: str) -> tuple[str, str]:
    tab = tab if tab in TABS else IN_FORCE
    return tab, order if order in ORDERS and tab == IN_FORCE else NEWEST


def _in_tab(mine: AcceptanceQuerySet, tab: str) -> AcceptanceQuerySet:
    """Proposals that were taken up live on as what they became."""
    if tab == ENDED:
        over = Q(state=Acceptance.State.REFUSED) | (Q(state=Acceptance.State.ENDED) & ~Q(ended=""))
        return mine.filter(over)
    if tab == PROPOSED:
        return mine.filter(state=Acceptance.State.PROPOSED, finding__state=State.OPEN)
    return mine.waiting() if tab == WAITING else mine.in_force()


def _tabs(mine: AcceptanceQuerySet) -> list[Tab]:
    counted = mine.aggregate(
        **{name.replace("-", "_"): Count("pk", filter=Q(pk__in=_in_tab(mine, name).values("pk"))) for name in TABS}
    )
    return [Tab(name, str(label), counted[name.replace("-", "_")]) for name, label in TABS.items()]


def _ordered(user: User, rows: AcceptanceQuerySet, order: str, today: date) -> AcceptanceQuerySet:
    held = findings_for(user).filter(acceptance=OuterRef("pk"))
    if order == ENDING:
        return rows.filter(until__lte=today + SOON).order_by("until", "pk")
    if order == STALE:
        return rows.filter(~Exists(held)).order_by("at", "pk")
    if order == WIDEST:
        return rows.annotate(held=holding_of(user)).filter(held__gt=0).order_by("-held", "pk")
    return rows.order_by("-pk")


def holding_of(user: User) -> Count:
    """How many findings that this person sees an acceptance holds."""
    seen = None if user.sees_all else Q(holding__host__in=hosts_for(user).order_by().values("pk"))
    return Count("holding", filter=seen, distinct=True)


def lines(user: User, several: Iterable[Acceptance], today: date) -> list[Line]:
    """Each with what it holds, in six queries at most."""
    acceptances = list(several)
    pks = [each.pk for each in acceptances]
    held, chosen = _holds(user, pks), _chosen(user, pks)
    approves, accepts = (_allowing(user, act, pks) for act in (Act.APPROVE_RISK, Act.ACCEPT_RISK))
    soon = today + VERY_SOON
    return [
        Line(
            each,
            held.get(each.pk, Holds()),
            chosen.get(each.pk, 0),
            ends_soon=each.until is not None and each.until <= soon,
            may_approve=each.pk in approves,
            may_accept=each.pk in accepts,
        )
        for each in acceptances
    ]


def _allowing(user: User, act: Act, pks: list[int]) -> set[int]:
    """Those about which this person may decide; no query for whoever may everywhere, or nowhere."""
    if user.sees_all and user.can(act):
        return set(pks)
    if act not in acts_somewhere(user):
        return set()
    return set(Acceptance.objects.allowing(user, act).filter(pk__in=pks).values_list("pk", flat=True))


def _holds(user: User, pks: list[int]) -> dict[int, Holds]:
    rows = findings_for(user).filter(acceptance__in=pks).order_by().values("acceptance")
    counted = rows.annotate(findings=Count("pk"), hosts=Count("host", distinct=True), worst=Max("severity"))
    return {row["acceptance"]: Holds(row["findings"], row["hosts"], Severity(row["worst"])) for row in counted}


def _chosen(user: User, pks: list[int]) -> Mapping[int, int]:
    rows = Acceptance.chosen.through.objects.filter(acceptance__in=pks)
    if not user.sees_all:
        rows = rows.filter(finding__host__in=hosts_for(user).order_by().values("pk"))
    return dict(rows.order_by().values_list("acceptance_id").annotate(Count("pk")))


def held_of(findings: FindingQuerySet) -> Holds:
    found = findings.aggregate(findings=Count("pk"), hosts=Count("host", distinct=True), worst=Max("severity"))
    severity = None if found["worst"] is None else Severity(found["worst"])
    return Holds(found["findings"], found["hosts"], severity)


def preview(user: User, asked: Asked, *, today: date) -> Preview:
    """Ten queries, however much it would hide."""
    found = open_within(asked, user)
    severity = worst(asked, user)
    rules = policy.current()
    rule = rules.rule(severity) if severity is not None else policy.Rule()
    return Preview(
        holds=held_of(found),
        named=list(found.select_related("host").order_by("-severity", "check_name", "host__name", "pk")[:NAMED]),
        severity=severity,
        last=rules.last_day(severity, today) if severity is not None else None,
        days=rule.accept_days,
        needs_approval=rule.approvals > 0,
        later=asked.covers == Acceptance.Covers.LATER,
        effect=effect(user, found),
    )


def last_day(user: User, asked: Asked, *, today: date) -> date | None:
    """The latest that the policy allows; two queries."""
    severity = worst(asked, user)
    return policy.current().last_day(severity, today) if severity is not None else None


def detail(user: User, acceptance: Acceptance, *, number: str) -> Detail:
    """What it holds; of one that waits or is proposed, what it would hold."""
    held = _about(user, acceptance)
    rows = held.select_related("host").order_by("-severity", "host__name", "check_name", "subject_name", "pk")
    waits = acceptance.state == Acceptance.State.WAITING
    may_accept = may_decide_on(user, Act.ACCEPT_RISK, acceptance)
    return Detail(
        acceptance=acceptance,
        holds=held_of(held),
        page=Paginator(rows, ROWS).get_page(number),
        moves=_moves(user, acceptance),
        voided=_voided(user, acceptance),
        chosen=_chosen(user, [acceptance.pk]).get(acceptance.pk, 0),
        may_decide=waits and acceptance.by_id != user.pk and may_decide_on(user, Act.APPROVE_RISK, acceptance),
        may_end=may_accept and (waits or acceptance.state == Acceptance.State.IN_FORCE),
        may_accept=may_accept,
        effect=effect(user, held) if acceptance.state in NOT_YET else None,
    )


def _about(user: User, acceptance: Acceptance) -> FindingQuerySet:
    if acceptance.state in NOT_YET:
        found = findings_for(user).open().filter(within(acceptance))
        later = acceptance.covers == Acceptance.Covers.LATER
        return found if later else found.filter(opened_at__lte=acceptance.at)
    return findings_for(user).filter(acceptance=acceptance)


def _moves(user: User, acceptance: Acceptance) -> list[tuple[str, int]]:
    """How often findings came into it and left it, by why."""
    rows = _told(user, acceptance).order_by().values_list("why")
    counted = dict(rows.annotate(Count("pk")))
    return [(str(why.label), counted[why.value]) for why in Why if why.value in counted]


def _voided(user: User, acceptance: Acceptance) -> list[Transition]:
    rows = _told(user, acceptance).filter(why=Why.VOIDED).select_related("finding__host")
    return list(rows.order_by("-at", "-pk")[:NAMED])


def _told(user: User, acceptance: Acceptance) -> QuerySet[Transition]:
    rows = Transition.objects.filter(acceptance=acceptance)
    return rows if user.sees_all else rows.filter(finding__host__in=hosts_for(user).order_by().values("pk"))
