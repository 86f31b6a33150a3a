"""Loading the sample fleet: its hosts, and ninety days of scans recorded as if they had been run."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from secdash.accounts.models import User
from secdash.audit.recording import record as record_act
from secdash.checks import releases
from secdash.checks.engine import judge
from secdash.facts.connect import Unreachable
from secdash.facts.parse import parse
from secdash.fleet import services as fleet
from secdash.fleet.models import Connection, Host
from secdash.scans import days, services
from secdash.scans.models import PostureDay, Scan
from secdash.scans.recording import Judged, record
from secdash.scans.release_tables import in_force
from secdash.scans.sample import accepted, engine
from secdash.scans.sample.plan import HostPlan
from secdash.scans.sample.world import WORLD

DAYS = 90
HOUR = time(6, 30)


def load(*, at: datetime, by: User | None = None) -> int:
    """Register the sample hosts that are missing, each with its history; how many were added."""
    there = set(Host.objects.values_list("name", flat=True))
    missing = [plan for plan in WORLD if plan.name not in there]
    for plan in missing:
        _load_host(plan, at)
    record_act("samples.loaded", by=by, after={"hosts": len(missing)}, at=at)
    return len(missing)


@transaction.atomic
def _load_host(plan: HostPlan, at: datetime) -> None:
    anchor = at.date()
    host = fleet.register(
        plan.name,
        kind=Connection.Kind.SAMPLE,
        address=engine.address(plan.name, anchor),
        at=at - timedelta(days=DAYS),
        group_name=plan.group,
        tags=plan.tags,
        environment=plan.environment,
        owner=plan.owner,
        interval=24 * 60,
    )
    before: object = None
    for days_ago in range(DAYS, -1, -1):
        state = engine.state_of(plan, days_ago)
        when = _moment(anchor - timedelta(days=days_ago), at)
        if state is not None and state == before:
            _same_as_yesterday(host, when)
        else:
            _look(host, when)
        accepted.follow(host, plan.accepted, days_ago, when)
        before = state
    Host.objects.filter(pk=host.pk).update(scan_due_at=host.next_due(at))


def _moment(day: date, latest: datetime) -> datetime:
    """Half past six that day, but never later than `latest`."""
    return min(datetime.combine(day, HOUR, tzinfo=timezone.get_default_timezone()), latest)


def _look(host: Host, at: datetime) -> None:
    """A scan as a worker would have run it that day."""
    scan = Scan.objects.create(
        host=host, trigger=Scan.Trigger.SCHEDULE, state=Scan.State.RUNNING, attempts=1, created_at=at, started_at=at
    )
    try:
        facts = parse(engine.answers(host.connection.address, day=at.date()))
    except Unreachable as error:
        services.lose_sight(scan, error.message, at=at)
        return
    with releases.using(in_force()):
        record(scan, Judged(facts, list(judge(facts))), timings={}, at=at)


def _same_as_yesterday(host: Host, at: datetime) -> None:
    """The day's row of a host that did not change since the day before."""
    yesterday = PostureDay.objects.get(host=host, day=at.date() - timedelta(days=1))
    days.carried(yesterday, at.date()).save(force_insert=True)
    Host.objects.filter(pk=host.pk).update(seen_at=at)
