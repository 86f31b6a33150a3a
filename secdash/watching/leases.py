"""Who watches which host: rows that a process holds by giving signs of life, so that another takes over when it dies.

Each process takes its even share of the hosts. A process that was thought dead and is not loses them at its next sign
of life; until then two may listen to one host, which does no harm: a look that comes second changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from secdash.fleet.models import Host
from secdash.fleet.ways import ENGINES
from secdash.leases import FARTHEST
from secdash.watching.models import Watch, Watcher

NOBODY = {"owner": "", "lease_until": None, "state": Watch.State.WAITING}
Held = dict[int, str]  # host → the kind and address that it is listened to at


def beat(token: str, *, at: datetime, lease: timedelta) -> Held:
    """Give a sign of life, and take or let go of hosts; those that are held from now on."""
    Watcher.objects.update_or_create(token=token, defaults={"seen_at": at})
    Watcher.objects.filter(Q(seen_at__lt=at - lease) | Q(seen_at__gt=at + FARTHEST)).delete()
    _enter_new_hosts()
    mine = Watch.objects.held_by(token)
    mine.exclude(pk__in=Watch.objects.wanted().values("pk")).update(**NOBODY, since=at, error={})
    mine.update(lease_until=at + lease)
    _share(token, at, lease)
    held = Watch.objects.held_by(token).values_list("host_id", "host__connection__kind", "host__connection__address")
    return {host: f"{kind}://{address}" for host, kind, address in held}


def leave(token: str, *, at: datetime) -> None:
    """Let go of everything, so that others need not wait until the lease is over."""
    Watch.objects.held_by(token).update(**NOBODY, since=at)
    Watcher.objects.filter(token=token).delete()


def _enter_new_hosts() -> None:
    new = Host.objects.filter(watch=None, connection__kind__in=ENGINES).values_list("pk", flat=True)
    Watch.objects.bulk_create([Watch(host_id=host) for host in new], batch_size=500, ignore_conflicts=True)


def _share(token: str, at: datetime, lease: timedelta) -> None:
    """As many as each of the living comes to: no fewer while some are free, no more while others have fewer."""
    held = list(Watch.objects.held_by(token).values_list("pk", flat=True))
    share = -(-Watch.objects.wanted().count() // max(Watcher.objects.count(), 1))
    if len(held) > share:
        Watch.objects.held_by(token).filter(pk__in=held[share:]).update(**NOBODY, since=at)
    elif len(held) < share:
        _take(token, share - len(held), at, lease)


@transaction.atomic
def _take(token: str, number: int, at: datetime, lease: timedelta) -> None:
    """Two that reach for the same row do not both get it: the condition is asked again when it is written."""
    free = Watch.objects.wanted().free(at).order_by("pk").values_list("pk", flat=True)[:number]
    chosen: Collection[int] = list(free)
    Watch.objects.filter(pk__in=chosen).free(at).update(owner=token, lease_until=at + lease)
