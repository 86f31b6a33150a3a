"""Where a host's answers come from: its Engine, or the simulated Engine of a sample host."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from secdash.facts.answers import Answers
from secdash.facts.collect import collect
from secdash.facts.files.reading import Way, with_files
from secdash.fleet.models import Connection, Host
from secdash.scans.sample import engine as sample


def answers_of(host: Host, *, progress: Callable[[str, int, int], None], deadline: float) -> Answers:
    """Everything one look at the host brings. Raises facts.connect.Unreachable with the sentence for the operator."""
    if host.connection.kind == Connection.Kind.SAMPLE:
        return sample.answers(host.connection.address, day=timezone.now().date())
    url = host.connection.url
    return with_files(collect(url, progress=progress, deadline=deadline), url, way_of(host))


def way_of(host: Host) -> Way:
    """How this host's own files are read."""
    return Way(host.file_reading, prefix=settings.HOST_ROOT, owner=owner_of(host))


def owner_of(host: Host) -> str:
    """A name for us as those who scan this host, which others cannot guess: for what is made on it."""
    return salted_hmac("secdash.scans.helper", str(host.pk)).hexdigest()[:16]
