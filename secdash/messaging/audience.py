"""Who may be told of what: the hosts of a channel, asked anew each time something is said."""

from __future__ import annotations

from collections.abc import Iterable

from secdash.fleet.access import hosts_for
from secdash.fleet.models import Host, HostQuerySet
from secdash.messaging.models import Channel, Rule


def hosts_of(channel: Channel) -> HostQuerySet:
    """What its receivers may see now: a person's hosts, a group's, or all. None for somebody who left."""
    if channel.owner:
        return hosts_for(channel.owner)
    if channel.group_id:
        return Host.objects.filter(group=channel.group_id)
    return Host.objects.all()


def hosts_of_rule(rule: Rule) -> HostQuerySet:
    """Those of its channel that the rule is about."""
    hosts = hosts_of(rule.channel)
    match rule.scope:
        case Rule.Scope.GROUP:
            return hosts.filter(group=rule.group_id)
        case Rule.Scope.TAG:
            return hosts.filter(tags=rule.tag_id)
        case Rule.Scope.HOST:
            return hosts.filter(pk=rule.host_id or 0)
    return hosts


def may_hear_of(channel: Channel, hosts: Iterable[int]) -> bool:
    """Whether all of these hosts are still among those of the channel."""
    asked = set(hosts)
    return not asked or hosts_of(channel).filter(pk__in=asked).count() == len(asked)
