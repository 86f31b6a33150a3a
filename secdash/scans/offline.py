"""Taking the snapshot that somebody brings of an offline host: refused in a sentence, or parked and queued."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from secdash import sealing
from secdash.accounts.models import User
from secdash.audit.recording import record
from secdash.facts import model
from secdash.facts.message import Message, say
from secdash.facts.offline.envelope import NOT_A_SNAPSHOT, Opened, Refused, opened
from secdash.facts.parse.keys import LONGEST_KEY
from secdash.fleet import uploading
from secdash.fleet.models import Host
from secdash.scans import services, uploads
from secdash.scans.collecting import SEALED_OTHERWISE
from secdash.scans.models import Scan, Upload

MOST_AHEAD = timedelta(minutes=5)
MOST_AGE = timedelta(days=7)
WITH_AN_ID = LONGEST_KEY + 100  # characters of a key that has an id behind it

NOT_OFFLINE = say("secdash connects to this host itself and takes no snapshots of it.")


def take(host: Host, data: bytes, *, by: User | None, at: datetime) -> Scan:
    """The scan that judges what this file holds. Raises Refused, and then nothing is changed."""
    found = _opened(host, data)
    facts = _facts(found.body)
    with transaction.atomic():
        Host.objects.select_for_update().get(pk=host.pk)
        _need_newer(Upload.objects.filter(host=host).first(), found, at)
        uploads.park(host, facts, collected_at=found.collected_at, version=found.version, by=by, at=at)
        scan = services.queued(host, trigger=Scan.Trigger.UPLOAD, at=at, by=by)
        record("snapshot.uploaded", by=by, on=host, after={"scan": scan.pk, "collected": found.collected_at}, at=at)
    return scan


def _opened(host: Host, data: bytes) -> Opened:
    try:
        key = uploading.key_of(host)
    except sealing.Unreadable as error:
        raise Refused(SEALED_OTHERWISE) from error
    if not (host.is_offline and key):
        raise Refused(NOT_OFFLINE)
    return opened(data, key)


def _facts(body: bytes) -> model.Snapshot:
    """Strictly what a snapshot is, with keys as `facts.parse` makes them. Raises Refused."""
    try:
        facts = model.load(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Refused(NOT_A_SNAPSHOT) from error
    if not all(_are_keys(_keys(facts, kind)) for kind in model.KINDS):
        raise Refused(NOT_A_SNAPSHOT)
    return facts


def _keys(facts: model.Snapshot, kind: str) -> list[str]:
    found = model.listing(facts, kind)
    return [] if isinstance(found, model.Unknown) else [subject.key for subject in found]


def _are_keys(keys: Iterable[str]) -> bool:
    """Whether they fit the columns that keep them, each once."""
    met = list(keys)
    return len(set(met)) == len(met) and all(len(key) <= WITH_AN_ID and "\0" not in key for key in met)


def _need_newer(standing: Upload | None, found: Opened, at: datetime) -> None:
    """Raises Refused for what comes from the future, or is old, or is not newer than what is here."""
    why = _odd_time(found.collected_at, at) or (
        _not_newer(found.collected_at, standing.collected_at) if standing else None
    )
    if why:
        raise Refused(why)


def _odd_time(collected: datetime, at: datetime) -> Message | None:
    if collected > at + MOST_AHEAD:
        return say(
            "The clock of the host is ahead of secdash’s: it was %(there)s there when it was %(here)s here. Set it.",
            there=_word(collected),
            here=_word(at),
        )
    if collected < at - MOST_AGE:
        return say(
            "This snapshot is of %(collected)s, more than %(days)s days ago. Collect a new one.",
            collected=_word(collected),
            days=MOST_AGE.days,
        )
    return None


def _not_newer(collected: datetime, newest: datetime) -> Message | None:
    if collected == newest:
        return say("This snapshot, of %(collected)s, is here already.", collected=_word(collected))
    if collected < newest:
        return say(
            "A newer snapshot of this host is here already, of %(newest)s; this one is of %(collected)s.",
            newest=_word(newest),
            collected=_word(collected),
        )
    return None


def _word(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
