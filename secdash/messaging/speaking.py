"""Turning what waits into one message a rule."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from secdash.messaging import inbox, sending
from secdash.messaging.composing import compose
from secdash.messaging.gathering import gather
from secdash.messaging.letters import Letter, Line, told
from secdash.messaging.models import Delivery, Notice, Pending, Rule

FOOTER = told("You are told since a rule of yours asks for it. Change what you are told")


def speak(*, at: datetime) -> int:
    """One message for each rule that has something to say and is not in its pause; how many."""
    waiting = Pending.objects.values("rule")
    due = Rule.objects.listening().filter(due_at__lte=at, pk__in=waiting).values_list("pk", flat=True)
    return sum(_speak(pk, at) for pk in list(due))


@transaction.atomic
def _speak(pk: int, at: datetime) -> bool:
    """Under a lock on the rule, so that two ticks never say the same: the second finds it in its pause."""
    rules = Rule.objects.listening().select_related("channel__owner", "channel__group", "host", "group", "tag")
    rule = rules.select_for_update(of=("self",)).filter(pk=pk, due_at__lte=at).first()
    if rule is None:
        return False
    gathered = gather(rule)
    Pending.objects.filter(rule=rule).delete()
    letter = compose(gathered.news, footer=footer(rule))
    if letter is None:
        return False
    Rule.objects.filter(pk=rule.pk).update(due_at=rule.next_due(at))
    _hand_over(rule, letter, gathered.hosts, at)
    return True


def footer(rule: Rule) -> Line:
    line = FOOTER if rule.channel.is_personal else told("This channel is told by a rule of secdash. Change the rule")
    return Line(line.text, url=reverse("channel", args=[rule.channel_id]))


def _hand_over(rule: Rule, letter: Letter, hosts: frozenset[int], at: datetime) -> None:
    channel = rule.channel
    if channel.is_inbox and channel.owner:
        inbox.keep([channel.owner], Notice.Kind.NEWS, letter, key=f"rule:{rule.pk}:{at.isoformat()}", at=at)
    else:
        sending.queue(channel, letter, kind=Delivery.Kind.NEWS, hosts=hosts, at=at)
