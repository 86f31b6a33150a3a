"""The days of a period as today's checks would have judged them, from the snapshots that are kept."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secdash.accounts.models import User
from secdash.posture.rejudged import rejudged_scores
from secdash.posture.trends.asked import Asked
from secdash.posture.trends.comparing import Side
from secdash.posture.trends.fixes import Bins
from secdash.posture.trends.periods import Period
from secdash.posture.trends.series import Day


def judged_today(user: User, asked: Asked, period: Period) -> Side:
    """Only scores."""
    found = rejudged_scores(user, asked.scope, period.first, period.last)
    days = [Day() if score is None else Day(hosts=1, scored=1, score_sum=score) for _day, score in found.scores]
    return Side(_name(found.missing), period, days, Bins())


def _name(missing: int) -> str:
    if not missing:
        return _("Judged by today’s checks")
    text = ngettext(
        "Judged by today’s checks, but for %(n)d day of a host",
        "Judged by today’s checks, but for %(n)d days of hosts",
        missing,
    )
    return text % {"n": missing}
