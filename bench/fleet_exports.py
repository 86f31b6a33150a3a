"""All that stands open as a file of each kind: how long, how large, and how much memory it takes to write it."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import NamedTuple

from bench.fleet_table import Line

BUDGET_MB = 32  # whatever the number of rows
MANY = 200_000


class Exported(NamedTuple):
    """`peak`: what the process grew by, in MB, until the file was written; `size` is that of the file."""

    kind: str
    rows: int
    seconds: float
    size: float
    peak: float


def exports() -> Iterator[Line]:
    for each in written():
        yield Line(
            what=f"export of {each.rows:,} findings as {each.kind}",
            measured=f"memory grew by {each.peak:.1f} MB",
            beside=f"{each.seconds:.0f} s, a file of {each.size:.1f} MB",
            target=f"{MANY:,} in constant memory: under {BUDGET_MB} MB",
            kept=each.peak < BUDGET_MB if each.rows >= MANY else None,
        )


def written() -> Iterator[Exported]:
    """Each in a process of its own, so that none is lent the memory of another."""
    from django.db import connection

    from secdash.posture.export import labels

    connection.close()
    for kind, _label in labels():
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(target=_write, args=(kind, theirs))
        process.start()
        yield ours.recv()
        process.join()


def _write(kind: str, answer: Connection) -> None:
    from secdash.findings.models import Finding
    from secdash.posture import export

    Finding.objects.first()  # the connection, and what Django loads with it
    before, begun = _peak(), time.perf_counter()
    size = sum(len(each) for each in export.response(Finding.objects.open(), kind, sort="worst"))
    seconds = time.perf_counter() - begun
    answer.send(Exported(kind, Finding.objects.open().count(), seconds, size / 1e6, _peak() - before))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
