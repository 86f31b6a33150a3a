"""The scan of a host that is as its last scan saw it: nothing is judged or compared again, and two rows are written.

What a scan records follows from the facts, from the code and the release tables that judge them, from what people
said of the host, and from the day. `mark_of` digests all of it that is known before anything is judged; `record` looks,
under the host's lock, whether the rest is as the last scan left it. Where anything differs the scan goes the whole way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import salted_hmac

from secdash import checks, facts
from secdash.checks import releases
from secdash.facts.answers import Answers
from secdash.facts.sight import digest_of_source, sight
from secdash.findings import attesting
from secdash.findings.models import Acceptance, Finding, State
from secdash.fleet.models import Host
from secdash.scans import moving
from secdash.scans.models import Scan

SOURCES = tuple(Path(str(package.__file__)).parent for package in (facts, checks))
SAME = ("statuses", "tally", "score", "assessed", "containers", "engine_version", "catalogue_version", "snapshot_id")


def mark_of(host: Host, answers: Answers) -> str:
    """Equal marks of one host mean equal facts, judged alike and shown under the same names; "" where nobody can tell.

    What is in the files of images comes to the facts after the answers, so such a host has none.
    """
    if host.image_reading != Host.Images.NONE and not host.is_sample:
        return ""
    told = (
        sight(answers, key=_key()),
        digest_of_source(*SOURCES),
        releases.current().version,
        host.name,
        host.group_id,
    )
    return salted_hmac("secdash.scans.unchanged", repr(told), algorithm="sha256").hexdigest()[:32]


def _key() -> bytes:
    return salted_hmac("secdash.scans.sight", "", algorithm="sha256").digest()


@transaction.atomic
def record(scan: Scan, mark: str, *, timings: Mapping[str, int], at: datetime) -> bool:
    """Close the scan as the last one was. False, and nothing is written, where it must go the whole way."""
    running = Scan.objects.filter(pk=scan.pk, state=Scan.State.RUNNING, attempts=scan.attempts)
    if not running.select_for_update().exists():
        return False
    host = Host.objects.select_for_update().get(pk=scan.host_id)
    last = _last(host)
    if last is None or not _is_same(last, mark, at) or not _stands(host, last, at):
        return False
    running.update(
        state=Scan.State.DONE,
        stage=Scan.Stage.DONE,
        created_at=moving.newer_than(last, scan.created_at),
        finished_at=at,
        lease_until=None,
        timings=dict(timings),
        sight=mark,
        **{name: getattr(last, name) for name in SAME},
    )
    Host.objects.filter(pk=host.pk).update(state=Host.State.REACHABLE, seen_at=at)
    return True


def _last(host: Host) -> Scan | None:
    """The newest finished scan. `moved_since`: a finding was changed after it began, and not by it, or is accepted by
    what is not in force any more.
    """
    changed = Q(changed_at__gt=OuterRef("started_at")) & ~Q(changed_at=OuterRef("finished_at"))
    unheld = Q(state=State.ACCEPTED) & ~Q(acceptance__state=Acceptance.State.IN_FORCE)
    moved = Exists(Finding.objects.filter(changed | unheld, host=OuterRef("host")).order_by())
    finished = Scan.objects.filter(host=host, state=Scan.State.DONE).newest_first()
    return finished.annotate(moved_since=moved).defer("timings", "error").first()


def _is_same(last: Scan, mark: str, at: datetime) -> bool:
    """Acceptances and attestations end with a day, and each day of a host has a row of its own: the first scan of a
    day goes the whole way.
    """
    is_of_today = last.finished_at is not None and last.finished_at.date() == at.date()
    return last.sight == mark and is_of_today and last.started_at is not None and last.snapshot_id is not None


def _stands(host: Host, last: Scan, at: datetime) -> bool:
    """Whether findings and attestations are as the last scan left them."""
    if last.moved_since:  # type: ignore[attr-defined]  # annotated by `_last`
        return False
    attested = attesting.counted(host, engine_version=last.engine_version, tally=last.tally, at=at)
    return attested == moving.attested_in(last.tally)
