"""When somebody looked at the overview: what is new to them is what came since their last visit."""

from __future__ import annotations

from datetime import datetime, timedelta

from secdash.accounts.models import User

ENDS_AFTER = timedelta(minutes=30)  # without a look
WRITTEN_EVERY = timedelta(minutes=1)


def look(user: User, *, at: datetime) -> None:
    """Note the look. A first look after half an hour begins another visit; within one, a minute passes between writes.

    Two looks at once note one of them: each writes only over what it has read.
    """
    seen = user.visited_at
    if seen is not None and at - seen < WRITTEN_EVERY:
        return
    changes = {"visited_at": at}
    if seen is not None and at - seen > ENDS_AFTER:
        changes["last_visit_at"] = seen
    if User.objects.filter(pk=user.pk, visited_at=seen).update(**changes):
        for column, value in changes.items():
            setattr(user, column, value)
