"""Where a host's answers come from: its Engine, or the simulated Engine of a sample host."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from secdash import sealing
from secdash.facts.answers import Answers
from secdash.facts.collect import collect
from secdash.facts.endpoint import Endpoint
from secdash.facts.files.reading import MOST_SECONDS, Way, with_files
from secdash.facts.message import say
from secdash.facts.trouble import Stage, Unreachable
from secdash.fleet.models import Connection, Host
from secdash.scans.sample import engine as sample

SEALED_OTHERWISE = say(
    "What opens the door of this host was sealed with a key that secdash does not have any more. Enter it again."
)


NEVER_REACHED = say(
    "secdash does not connect to this host: it is known by the snapshots that are uploaded. Run secdash-collect there "
    "and upload what it writes."
)


def answers_of(host: Host, *, progress: Callable[[str, int, int], None], deadline: float) -> Answers:
    """Everything one look at the host brings. Raises facts.connect.Unreachable with the sentence for the operator."""
    if host.connection.kind == Connection.Kind.SAMPLE:
        return sample.answers(host.connection.address, day=timezone.now().date())
    endpoint = endpoint_of(host)
    answers = collect(endpoint, progress=progress, deadline=deadline)
    return with_files(answers, endpoint, way_of(host), seconds=min(MOST_SECONDS, deadline))


def endpoint_of(host: Host) -> Endpoint:
    """Where its Engine is, with what opens the door. Raises facts.connect.Unreachable where nobody can open that."""
    if host.is_offline:
        raise Unreachable(NEVER_REACHED, Stage.ADDRESS)
    try:
        return host.connection.endpoint
    except sealing.Unreadable as error:
        raise Unreachable(SEALED_OTHERWISE, Stage.ADDRESS) from error


def way_of(host: Host) -> Way:
    """How this host's own files are read."""
    return Way(host.file_reading, prefix=settings.HOST_ROOT, owner=owner_of(host))


def owner_of(host: Host) -> str:
    """A name for us as those who scan this host, which others cannot guess: for what is made on it."""
    return salted_hmac("secdash.scans.helper", str(host.pk)).hexdigest()[:16]
