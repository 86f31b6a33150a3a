"""Channels and their rules, the outbox, and the inboxes."""

from __future__ import annotations

from secdash.messaging.models.channel import Channel, ChannelQuerySet, Rule, RuleQuerySet, a_zone
from secdash.messaging.models.notice import Notice, NoticeQuerySet
from secdash.messaging.models.outbox import Delivery, DeliveryQuerySet, Pending, Told

__all__ = [
    "Channel",
    "ChannelQuerySet",
    "Delivery",
    "DeliveryQuerySet",
    "Notice",
    "NoticeQuerySet",
    "Pending",
    "Rule",
    "RuleQuerySet",
    "Told",
    "a_zone",
]
