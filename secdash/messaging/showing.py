"""Channels with what came of them, and rules in words."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secdash.accounts.models import User
from secdash.fleet.access import groups_for, hosts_for, tags_for
from secdash.messaging.forms import weekdays
from secdash.messaging.models import ChannelQuerySet, Delivery, Rule
from secdash.messaging.rhythm import Rhythm
from secdash.web.words import SEVERITY_WORDS

LAST_DELIVERIES = 20


def with_outcome(channels: ChannelQuerySet) -> ChannelQuerySet:
    """Each with the state of its last message, as `last_state`, and the number of its rules."""
    last = Delivery.objects.filter(channel=OuterRef("pk")).newest_first()
    return channels.annotate(last_state=Subquery(last.values("state")[:1]), rule_count=Count("rules"))


class RuleLines(NamedTuple):
    """`what`, `where` and `when` of a rule, each a phrase; `scope` is the name of the thing that `where` speaks of."""

    what: str
    where: str
    scope: str
    when: str


def rule_lines(rule: Rule, reader: User) -> RuleLines:
    return RuleLines(_what(rule), _where(rule), _place(rule, reader), _when(rule))


def _place(rule: Rule, reader: User) -> str:
    """ "" for all hosts; a rule may be older than what its reader sees now."""
    asked = (
        (rule.host, hosts_for(reader)),
        (rule.group, groups_for(reader)),
        (rule.tag, tags_for(reader)),
    )
    for place, seen in asked:
        if place is not None:
            shown = reader.sees_all or seen.filter(pk=place.pk).exists()
            return str(place) if shown else _("that you may not see")
    return ""


def _what(rule: Rule) -> str:
    events = [str(event.label) for event in Rule.Event if event in rule.events]
    if any(event in rule.events for event in Rule.OF_FINDINGS):
        events.append(_("findings from %(severity)s on") % {"severity": SEVERITY_WORDS[rule.level.word]})
    if Rule.Event.ENDING in rule.events:
        days = rule.ahead
        events.append(ngettext("%(n)d day ahead", "%(n)d days ahead", days) % {"n": days})
    return capfirst(", ".join(events))


def _where(rule: Rule) -> str:
    return str(Rule.Scope(rule.scope).label)


def _when(rule: Rule) -> str:
    hour = f"{rule.hour:02}:00 {rule.zone}"
    if rule.rhythm == Rhythm.DAILY:
        return _("daily at %(hour)s, if anything changed") % {"hour": hour}
    if rule.rhythm == Rhythm.WEEKLY:
        day = dict(weekdays())[rule.weekday]
        return _("each %(day)s at %(hour)s, if anything changed") % {"day": day, "hour": hour}
    pause = rule.pause
    return ngettext("soon, at most every %(n)d minute", "soon, at most every %(n)d minutes", pause) % {"n": pause}
