"""Findings: the list with the filters of its page, one, its history, and working on it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Router

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.api.models import Scope
from secdash.api.rest import cursors
from secdash.api.rest.asked import filters_of, parameters
from secdash.api.rest.changing import cleaned
from secdash.api.rest.described import told
from secdash.api.rest.guard import Bearer, asker
from secdash.api.rest.marks import marked, need_match
from secdash.api.rest.problems import invalid
from secdash.api.rest.shapes import USUAL_LIMIT, Asked, Cursor, Day, Limit, Number, Shape, Text, Word
from secdash.findings import assigning, talking
from secdash.findings.access import finding_for, findings_for
from secdash.findings.models import Finding
from secdash.findings.work_forms import CommentForm, DueForm
from secdash.posture.exports.records import record_of
from secdash.posture.filters import in_state
from secdash.posture.finding_timeline import Event, timeline

router = Router(tags=["Findings"])
READ = Bearer(Scope.READ, act=Act.SEE_HOSTS)
ORDERS = {
    "worst": ("-severity", "check_name", "pk"),
    "newest": ("-opened_at", "-pk"),
    "oldest": ("opened_at", "pk"),
}


class FindingShape(Shape):
    """What a check holds against one thing on one host."""

    id: int = Field(examples=[42])
    url: str = Field(examples=["/findings/42/"], description="Its page.")
    host: str = Field(examples=["web-01"], description="Its name.")
    host_slug: str = Field(examples=["web-01"])
    check: str = Field(examples=["privileged-container"])
    title: str = Field(examples=["Container runs privileged"], description="In the language asked for.")
    severity: str = Field(examples=["critical"])
    state: str = Field(examples=["open"])
    subject_kind: str = Field(examples=["container"])
    subject: str = Field(examples=["shop-web-1"])
    project: str = Field(examples=["shop"])
    image: str = Field(examples=["shop/web:1.4"])
    reason: str = Field(examples=["It holds every capability and sees every device of the host."])
    evidence: dict[str, Any] = Field(examples=[{"HostConfig.Privileged": True}])
    assignee: str | None = Field(examples=["ada"])
    due_on: date | None = Field(examples=["2026-12-01"])
    acceptance: int | None = Field(examples=[None], description="What holds it accepted.")
    opened_at: datetime = Field(examples=["2026-11-20T08:00:00Z"])
    changed_at: datetime = Field(examples=["2026-11-20T08:00:00Z"])


class FindingPage(Shape):
    items: list[FindingShape]
    next: str | None = Field(examples=[None], description="The cursor of the next page; null on the last.")


Kind = Literal["state", "comment", "check", "assigned", "due", "policy"]


class EventShape(Shape):
    """One thing that happened to a finding."""

    at: datetime = Field(examples=["2026-11-20T08:00:00Z"])
    kind: Kind = Field(examples=["state"])
    by: str = Field(examples=[""], description="Empty where secdash itself did it.")
    was: str = Field(examples=[""])
    now: str = Field(examples=["open"])
    why: str = Field(examples=["seen"])
    text: str = Field(examples=[""], description="The words of a comment; the outcome of a check again.")


class History(Shape):
    items: list[EventShape]
    is_cut: bool = Field(examples=[False], description="Whether older events are left out.")


class FindingChange(Asked):
    """What is given is changed; null takes it away."""

    assignee: Annotated[Word, Field(max_length=150, examples=["ada"], description="A user name.")] | None = None
    due_on: Annotated[Day, Field(examples=["2030-12-01"])] | None = None


class NewComment(Asked):
    body: Annotated[Text, Field(examples=["Fixed with the next release, @ada."], description="Markdown.")]


@router.get(
    "/findings",
    auth=READ,
    response=FindingPage,
    summary=told("List findings"),
    description=told("Those that the token’s owner may see, with the filters of the page of findings."),
    openapi_extra={"parameters": parameters()},
)
def list_findings(request: HttpRequest, cursor: Cursor = None, limit: Limit = USUAL_LIMIT) -> FindingPage:
    user, filters = asker(request), filters_of(request.GET)
    rows = in_state(filters.among(findings_for(user), user), filters.state).select_related("host", "assignee")
    found = cursors.page(
        rows.defer("bound_to"),
        ORDERS[filters.sort],
        of=f"findings?{filters.query()}",
        cursor=cursor,
        limit=limit,
    )
    return FindingPage(items=[shape_of(each) for each in found.rows], next=found.next)


@router.get(
    "/findings/{pk}",
    auth=READ,
    response=FindingShape,
    summary=told("Read a finding"),
    description=told("One finding, with the evidence as it was seen."),
)
def get_finding(request: HttpRequest, response: HttpResponse, pk: Number) -> FindingShape:
    shape = shape_of(finding_for(asker(request), pk))
    marked(response, shape)
    return shape


@router.get(
    "/findings/{pk}/history",
    auth=READ,
    response=History,
    summary=told("Read the history of a finding"),
    description=told("Changes of its state, comments and checks asked again, newest first."),
)
def get_history(request: HttpRequest, pk: Number) -> History:
    user = asker(request)
    found = timeline(finding_for(user, pk), user, ())
    return History(items=[_event(event) for event in found.events], is_cut=found.is_cut)


@router.patch(
    "/findings/{pk}",
    auth=Bearer(Scope.ACT, act=Act.TRIAGE),
    response=FindingShape,
    summary=told("Assign a finding, set its due date"),
    description=told("What is given is changed. With If-Match only where the finding is still as it was read."),
)
def change_finding(request: HttpRequest, response: HttpResponse, pk: Number, asked: FindingChange) -> FindingShape:
    user, now = asker(request), timezone.now()
    found = finding_for(user, pk, Act.TRIAGE)
    need_match(request, shape_of(found))
    if "due_on" in asked.model_fields_set:
        day = cleaned(DueForm({"day": asked.due_on}, today=now.date()), day="due_on")["day"]
        assigning.set_due_of_one(found, day, by=user, at=now)
    if "assignee" in asked.model_fields_set:
        assigning.assign_one(found, _person(found, asked.assignee), by=user, at=now)
    shape = shape_of(finding_for(user, pk))
    marked(response, shape)
    return shape


@router.post(
    "/findings/{pk}/comments",
    auth=Bearer(Scope.ACT, act=Act.DISCUSS),
    response={201: EventShape},
    summary=told("Comment on a finding"),
    description=told("In Markdown; people are told of comments that name them with an @."),
)
def create_comment(request: HttpRequest, pk: Number, asked: NewComment) -> EventShape:
    user = asker(request)
    found = finding_for(user, pk, Act.DISCUSS)
    body = cleaned(CommentForm({"body": asked.body}))["body"]
    said = talking.comment(found, body, by=user, at=timezone.now())
    return EventShape(at=said.at, kind="comment", by=said.by_name, was="", now="", why="", text=said.body)


def shape_of(finding: Finding) -> FindingShape:
    """With its host and assignee fetched, it costs no query."""
    return FindingShape(
        url=finding.get_absolute_url(),
        host_slug=finding.host.slug,
        acceptance=finding.acceptance_id,
        **record_of(finding),
    )


def _person(finding: Finding, name: str | None) -> User | None:
    """Raises Problem for whoever is nobody, or may not see the host: both look alike."""
    if name is None:
        return None
    found = next((each for each in assigning.those_who_see(finding) if each.username == name), None)
    if found is None:
        raise invalid("body/assignee", _("This person may not see hosts, or is gone. Choose somebody else."))
    return found


def _event(event: Event) -> EventShape:
    if event.step:
        moved = event.step.transition
        by = moved.by.display_name if moved.by else ""
        return EventShape(at=event.at, kind="state", by=by, was=moved.was, now=moved.now, why=moved.why, text="")
    if event.said:
        said = event.said.comment
        return EventShape(at=event.at, kind="comment", by=said.by_name, was="", now="", why="", text=said.body)
    if event.given:
        given, kind = event.given, cast("Kind", event.given.kind)
        return EventShape(at=event.at, kind=kind, by=given.by_name, was=given.was, now=given.now, why="", text="")
    receipt = event.told.receipt if event.told else None
    outcome = event.told.outcome if event.told else ""
    by = receipt.by_name if receipt else ""
    return EventShape(at=event.at, kind="check", by=by, was="", now="", why="", text=outcome)
