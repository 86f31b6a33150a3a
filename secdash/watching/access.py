"""Fetching how a host is watched."""

from __future__ import annotations

from secdash.fleet.models import Host
from secdash.fleet.ways import ENGINES
from secdash.watching.models import Watch


def watch_of(host: Host) -> Watch | None:
    """Whoever may see the host may see this. None for a host that has no Engine to listen to; not saved where no
    process has met the host yet.
    """
    if host.connection.kind not in ENGINES:
        return None
    return Watch.objects.filter(host=host).first() or Watch(host=host)
