"""What beat asks for twice a minute."""

from __future__ import annotations

from datetime import datetime

from secdash.batches import delete_some
from secdash.messaging import hearing, inbox, sending, speaking
from secdash.messaging.models import Told


def tick(*, at: datetime) -> None:
    """Notice what is new, say what is due, carry on what is under way, forget what is old."""
    inbox.open_for_newcomers(at=at)
    while hearing.hear(at=at) >= hearing.AT_ONCE:
        pass
    speaking.speak(at=at)
    sending.carry_on(at=at)
    forget_old(at=at)


def forget_old(*, at: datetime) -> None:
    """What is told is known for longer than it is looked for; of acceptances for longer than any rule looks ahead."""
    delete_some(Told.objects.filter(what=Told.What.SCAN, at__lt=at - 2 * hearing.HORIZON).order_by("at"))
    delete_some(Told.objects.filter(at__lt=at - 2 * hearing.LATEST_EXPIRY - hearing.FARTHEST).order_by("at"))
    inbox.forget_old(at=at)
    sending.forget_old(at=at)
