"""Where somebody comes from who wants to accept: a finding, a check in some place, or a label's proposal.

It stands in the address, and says which scopes can be chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.checks import CATALOGUE
from secdash.facts.model import Engine, Image
from secdash.findings.accepting import may_accept
from secdash.findings.access import acceptance_for, finding_for
from secdash.findings.asked import Asked, Covers, Scope
from secdash.findings.models import Acceptance, Finding
from secdash.findings.privileges import repository
from secdash.fleet.access import groups_for, groups_where, host_for
from secdash.fleet.models import Group, Host
from secdash.posture import walking
from secdash.posture.saying import title_of

LONGEST = 400


class Offered(NamedTuple):
    """One scope to choose: its value in the form, what it says, and what it narrows the check by."""

    value: str
    label: str
    scope: str
    places: Mapping[str, Any]


class Origin(NamedTuple):
    """`query` is the address's own, so that the form comes back to the same place."""

    check: str
    finding: Finding | None
    host: Host | None
    group: Group | None
    project: str
    image: str
    proposal: Acceptance | None
    query: str
    scopes: list[Offered] = []  # where the reader may accept
    narrowed: bool = False  # there are others, which take in hosts where they may not

    @property
    def title(self) -> str:
        return title_of(self.check)

    def asked(self, value: str, *, covers: str = "", reason: str = "", until: date | None = None) -> Asked:
        """What the form asks for; the narrowest scope where its value is none of those offered."""
        chosen = next((each for each in self.scopes if each.value == value), self.scopes[0])
        kept = covers if covers in Covers else Covers.PRESENT
        return self.asked_of(chosen, covers=kept, reason=reason, until=until)

    def asked_of(self, chosen: Offered, *, covers: str, reason: str = "", until: date | None = None) -> Asked:
        return Asked(chosen.scope, self.check, reason, until, covers, **chosen.places)


def origin(user: User, query: QueryDict) -> Origin:
    """Raises Http404 for what does not exist, or what this person may not see.

    Raises PermissionDenied where they may accept in none of the scopes.
    """
    came = _come_from(user, query)
    there = [*_offered(came), *_in_groups(user, came)]
    scopes = [each for each in there if may_accept(user, came.asked_of(each, covers=Covers.PRESENT))]
    if not scopes:
        raise PermissionDenied
    return came._replace(scopes=scopes, narrowed=len(scopes) < len(there))


def _come_from(user: User, query: QueryDict) -> Origin:
    if number := query.get("proposal", ""):
        return _of_proposal(user, number)
    if number := query.get("finding", ""):
        onward = walking.onward(query).replace("?", "&", 1)
        return _of_finding(finding_for(user, _number(number)), f"finding={_number(number)}{onward}")
    return _of_check(user, query)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def _of_proposal(user: User, number: str) -> Origin:
    proposal = acceptance_for(user, _number(number))
    if proposal.state != Acceptance.State.PROPOSED or proposal.finding is None:
        raise Http404
    finding = finding_for(user, proposal.finding.pk)
    return _of_finding(finding, f"proposal={proposal.pk}")._replace(proposal=proposal)


def _of_finding(finding: Finding, query: str) -> Origin:
    image = finding.subject_key if finding.subject_kind == Image.kind else finding.image
    host = finding.host
    return Origin(finding.check_name, finding, host, host.group, finding.project, repository(image), None, query)


def _of_check(user: User, query: QueryDict) -> Origin:
    texts = {name: query.get(name, "").replace("\0", "")[:LONGEST].strip() for name in ("check", *PLACES)}
    if texts["check"] not in CATALOGUE:
        raise Http404
    host = host_for(user, texts["host"]) if texts["host"] else None
    groups = groups_for(user).filter(hosts__isnull=False).distinct()
    group = get_object_or_404(groups, slug=texts["group"]) if texts["group"] else None
    kept = urlencode({name: text for name, text in texts.items() if text})
    return Origin(texts["check"], None, host, group, texts["project"], repository(texts["image"]), None, kept)


PLACES = ("host", "group", "project", "image")


def _offered(came: Origin) -> Iterator[Offered]:
    """Narrowest first."""
    if came.finding:
        yield Offered("finding", _this(came.finding), Scope.FINDING, {"finding": came.finding})
    if came.project:
        yield _in_project(came, came.project)
    if came.host:
        yield Offered("host", _("This check on host %(host)s") % {"host": came.host}, Scope.HOST, {"host": came.host})
    if came.image:
        label = _("This check for image %(image)s, any tag, on every host") % {"image": came.image}
        yield Offered("image", label, Scope.IMAGE, {"image": came.image})
    if came.group:
        label = _("This check on every host of group %(group)s") % {"group": came.group}
        yield Offered("group", label, Scope.GROUP, {"group": came.group})
    yield Offered("everywhere", _("This check everywhere"), Scope.EVERYWHERE, {})


def _in_groups(user: User, came: Origin) -> Iterator[Offered]:
    """Each of the reader's groups, where nothing says on which hosts and they may not accept on all."""
    if came.host or came.group or (user.sees_all and user.can(Act.ACCEPT_RISK)):
        return
    for group in groups_where(user, Act.ACCEPT_RISK):
        label = _("This check on every host of group %(group)s") % {"group": group}
        yield Offered(f"group-{group.slug}", label, Scope.GROUP, {"group": group})


def _this(finding: Finding) -> str:
    subject = "" if finding.subject_kind == Engine.kind else finding.subject_name
    if not subject:
        return _("This finding alone: host %(host)s") % {"host": finding.host}
    return _("This finding alone: %(subject)s on %(host)s") % {"subject": subject, "host": finding.host}


def _in_project(came: Origin, project: str) -> Offered:
    """A project is at home on one host, unless nothing says on which."""
    if came.host is None:
        label = _("This check in Compose project %(project)s, on every host") % {"project": project}
        return Offered("project", label, Scope.PROJECT, {"project": project})
    label = _("This check in Compose project %(project)s on %(host)s") % {"project": project, "host": came.host}
    return Offered("project", label, Scope.PROJECT, {"project": project, "host": came.host})
