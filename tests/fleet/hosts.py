"""Hosts for tests."""

from __future__ import annotations

from datetime import UTC, datetime

from secdash.fleet import services
from secdash.fleet.models import Connection, Host
from secdash.scans.sample import engine

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def a_host(name: str = "web-01", *, at: datetime = NOON, **options) -> Host:
    """A host whose simulated Engine answers as the sample fleet's host of that name did that day."""
    options.setdefault("kind", Connection.Kind.SAMPLE)
    options.setdefault("address", engine.address(name, at.date()))
    return services.register(name, at=at, **options)
