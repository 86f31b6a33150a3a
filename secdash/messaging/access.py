"""Fetching channels and rules with the permission inside."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.fleet.access import acts_somewhere
from secdash.messaging.models import Channel, ChannelQuerySet, Rule


def channels_for(user: User) -> ChannelQuerySet:
    return Channel.objects.manageable_by(user).select_related("owner", "group")


def channel_for(user: User, pk: int) -> Channel:
    """The channel. Raises Http404 for one that does not exist or that this person does not look after."""
    return get_object_or_404(channels_for(user), pk=pk)


def rule_for(user: User, pk: int) -> Rule:
    rules = Rule.objects.manageable_by(user).select_related("channel__owner", "channel__group", "host", "group", "tag")
    return get_object_or_404(rules, pk=pk)


def may_manage(user: User) -> bool:
    """Whether they may give addresses for others, and addresses of chats and webhooks, for some hosts at least."""
    return Act.MANAGE_CHANNELS in acts_somewhere(user)
