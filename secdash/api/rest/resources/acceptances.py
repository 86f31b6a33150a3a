"""Accepted risks: read them, accept, end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.api.models import Scope
from secdash.api.rest import cursors
from secdash.api.rest.described import told
from secdash.api.rest.guard import Bearer, asker
from secdash.api.rest.problems import CONFLICT, Problem
from secdash.api.rest.shapes import USUAL_LIMIT, Asked, Cursor, Day, Limit, Name, Number, Shape, Text, Word
from secdash.findings import accepting
from secdash.findings.access import acceptance_for, acceptances_for
from secdash.findings.asked import Asked as Wanted
from secdash.findings.asked import NotAcceptable
from secdash.findings.models import Acceptance
from secdash.posture.accepting_from import origin
from secdash.web.saying import said

router = Router(tags=["Acceptances"])
READ = Bearer(Scope.READ, act=Act.SEE_HOSTS)
ACCEPT = Bearer(Scope.ACT, act=Act.ACCEPT_RISK)
State = Literal["proposed", "waiting", "in_force", "refused", "ended"]


class AcceptanceShape(Shape):
    """A decision to live with what a check says."""

    id: int = Field(examples=[3])
    url: str = Field(examples=["/acceptances/3/"], description="Its page.")
    check: str = Field(examples=["privileged-container"], description="Empty where findings of several were chosen.")
    scope: str = Field(examples=["finding"])
    covers: str = Field(examples=["present"], description="Whether also what turns up later.")
    finding: int | None = Field(examples=[42])
    host: str | None = Field(examples=[None], description="Slug of a host.")
    group: str | None = Field(examples=[None], description="Slug of a group.")
    project: str = Field(examples=[""])
    image: str = Field(examples=[""])
    reason: str = Field(examples=["The build host is alone in its network."])
    until: date | None = Field(examples=["2027-01-31"], description="Its last day; null never ends.")
    state: str = Field(examples=["in_force"])
    by: str = Field(examples=["Ada"])
    at: datetime = Field(examples=["2026-11-24T12:00:00Z"])
    decided_by: str = Field(examples=[""])
    ended: str = Field(examples=[""], description="Why it ended.")


class AcceptancePage(Shape):
    items: list[AcceptanceShape]
    next: str | None = Field(examples=[None], description="The cursor of the next page; null on the last.")


class AcceptanceQuery(Asked):
    state: State | None = None
    check: Annotated[Name | None, Field(description="Name of a check.")] = None


class Terms(Asked):
    reason: Annotated[Text, Field(max_length=2000, pattern=r"[^\s\x00]", examples=["It is alone in its network."])]
    until: Annotated[Day, Field(examples=["2030-01-31"])] | None = None
    covers: Literal["present", "later"] = "present"


class OfFinding(Terms):
    """One finding."""

    scope: Literal["finding"]
    finding: Number


class OfCheck(Terms):
    check: Annotated[Name, Field(examples=["privileged-container"])]


class OnHost(OfCheck):
    """A check on one host."""

    scope: Literal["host"]
    host: Annotated[Name, Field(examples=["web-01"])]


class InGroup(OfCheck):
    """A check on the hosts of a group."""

    scope: Literal["group"]
    group: Annotated[Name, Field(examples=["lab"])]


class InProject(OfCheck):
    """A check in a Compose project, on one host or on all."""

    scope: Literal["project"]
    project: Annotated[Word, Field(min_length=1, max_length=200, examples=["shop"])]
    host: Name | None = None


class ForImage(OfCheck):
    """A check for an image, whatever its tag."""

    scope: Literal["image"]
    image: Annotated[Word, Field(min_length=1, examples=["shop/web"])]


class Everywhere(OfCheck):
    """A check on all hosts."""

    scope: Literal["everywhere"]


NewAcceptance = Annotated[
    OfFinding | OnHost | InGroup | InProject | ForImage | Everywhere, Field(discriminator="scope")
]


@router.get(
    "/acceptances",
    auth=READ,
    response=AcceptancePage,
    summary=told("List acceptances"),
    description=told("Newest first, in any state or in one."),
)
def list_acceptances(
    request: HttpRequest, query: Query[AcceptanceQuery], cursor: Cursor = None, limit: Limit = USUAL_LIMIT
) -> AcceptancePage:
    rows = acceptances_for(asker(request)).select_related("host", "group")
    wanted = {"state": query.state, "check_name": query.check}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    asked = f"acceptances?state={query.state}&check={query.check}"
    found = cursors.page(rows, ("-pk",), of=asked, cursor=cursor, limit=limit)
    return AcceptancePage(items=[shape_of(each) for each in found.rows], next=found.next)


@router.get(
    "/acceptances/{pk}",
    auth=READ,
    response=AcceptanceShape,
    summary=told("Read an acceptance"),
    description=told("One decision: what of, why, until when, and who agreed."),
)
def get_acceptance(request: HttpRequest, pk: Number) -> AcceptanceShape:
    return shape_of(acceptance_for(asker(request), pk))


@router.post(
    "/acceptances",
    auth=ACCEPT,
    response={201: AcceptanceShape},
    summary=told("Accept a risk"),
    description=told("Within the policy; where that asks for a second person, it waits for one."),
)
def create_acceptance(request: HttpRequest, response: HttpResponse, asked: NewAcceptance) -> AcceptanceShape:
    user = asker(request)
    try:
        made = accepting.accept(_wanted(user, asked), by=user, at=timezone.now())
    except NotAcceptable as refused:
        raise Problem(CONFLICT, said(refused.message)) from refused
    response["Location"] = reverse("api-v1:api-get-acceptance", args=[made.pk])
    return shape_of(acceptance_for(user, made.pk))


@router.post(
    "/acceptances/{pk}/end",
    auth=ACCEPT,
    response=AcceptanceShape,
    summary=told("End an acceptance"),
    description=told("What it held is open again. Done twice, it changes nothing."),
)
def end_acceptance(request: HttpRequest, pk: Number) -> AcceptanceShape:
    user = asker(request)
    accepting.end(acceptance_for(user, pk), by=user, at=timezone.now())
    return shape_of(acceptance_for(user, pk))


def _wanted(user: User, asked: NewAcceptance) -> Wanted:
    """As the page's form would have it, from the same place. Raises Problem for a scope that is not offered there, and
    Http404 for what does not exist or this person may not see.
    """
    place = QueryDict(mutable=True)
    place.update({name: str(value) for name, value in asked.dict(include=set(PLACES)).items() if value})
    came = origin(user, place)
    if asked.scope not in {each.value for each in came.scopes}:
        raise Problem(CONFLICT, _("Say what the acceptance is about."))
    return came.asked(asked.scope, covers=asked.covers, reason=asked.reason, until=asked.until)


PLACES = ("finding", "check", "host", "group", "project", "image")


def shape_of(found: Acceptance) -> AcceptanceShape:
    same = ("scope", "covers", "project", "image", "reason", "until", "state", "at", "ended")
    return AcceptanceShape(
        id=found.pk,
        url=found.get_absolute_url(),
        check=found.check_name,
        finding=found.finding_id,
        host=found.host.slug if found.host else None,
        group=found.group.slug if found.group else None,
        by=found.by_name,
        decided_by=found.decided_by_name,
        **{name: getattr(found, name) for name in same},
    )
