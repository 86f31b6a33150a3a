"""Many findings in pieces, each small enough for one short transaction, host after host.

A host is read, locked and weighed in each piece that has findings of it: it is in one, unless it alone has too many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

FINDINGS_A_CHUNK = 500
HOSTS_A_CHUNK = 50
Row = tuple[int, int]  # host, finding


def chunks(rows: Iterable[Row], *, most: int = FINDINGS_A_CHUNK, hosts: int = HOSTS_A_CHUNK) -> Iterator[list[Row]]:
    """Rows that are ordered by host, in pieces of few findings on few hosts."""
    chunk: list[Row] = []
    on = 0
    for _, of_host in groupby(rows, key=itemgetter(0)):
        rest = list(of_host)
        for piece in (rest[first : first + most] for first in range(0, len(rest), most)):
            if chunk and (len(chunk) + len(piece) > most or on == hosts):
                yield chunk
                chunk, on = [], 0
            chunk += piece
            on += 1
    if chunk:
        yield chunk
