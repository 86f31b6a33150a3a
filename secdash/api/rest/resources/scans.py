"""Scans: start one, wait for it, read how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Query, Router

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.api.models import Scope
from secdash.api.rest import cursors
from secdash.api.rest.described import told
from secdash.api.rest.guard import Bearer, asker
from secdash.api.rest.shapes import USUAL_LIMIT, Asked, Cursor, Limit, Name, Number, Shape
from secdash.api.rest.waiting import LONGEST, wait_for
from secdash.checks.outcome import Severity
from secdash.findings.access import findings_for
from secdash.fleet.access import host_for
from secdash.scans import services
from secdash.scans.access import scan_for
from secdash.scans.models import Scan
from secdash.web.saying import said

router = Router(tags=["Scans"])
READ = Bearer(Scope.READ, act=Act.SEE_HOSTS)
ASK_AGAIN = 5  # seconds, for whoever does not wait


class ScanShape(Shape):
    """One look at a host."""

    id: int = Field(examples=[7])
    host: str = Field(examples=["web-01"], description="Slug of the host.")
    state: Literal["queued", "running", "done", "failed"] = Field(examples=["done"])
    stage: str = Field(examples=["done"])
    progress_done: int = Field(examples=[40])
    progress_total: int = Field(examples=[40])
    trigger: str = Field(examples=["manual"])
    created_at: datetime = Field(examples=["2026-11-24T12:00:00Z"])
    started_at: datetime | None = Field(examples=["2026-11-24T12:00:01Z"])
    finished_at: datetime | None = Field(examples=["2026-11-24T12:00:03Z"])
    score: int | None = Field(examples=[74])
    assessed: float | None = Field(examples=[0.93])
    containers: int | None = Field(examples=[12])
    engine_version: str = Field(examples=["28.5.2"])
    statuses: dict[str, int] = Field(examples=[{"pass": 380, "fail": 16}], description="Verdicts by status.")
    error: str = Field(examples=[""], description="Why it failed, in the language asked for.")


class OpenCounts(Shape):
    critical: int = Field(examples=[0])
    high: int = Field(examples=[3])
    medium: int = Field(examples=[9])
    low: int = Field(examples=[4])
    info: int = Field(examples=[0])


class WholeScan(ScanShape):
    open: OpenCounts = Field(description="Findings that stand open on the host now, by severity.")


class ScanPage(Shape):
    items: list[ScanShape]
    next: str | None = Field(examples=[None], description="The cursor of the next page; null on the last.")


class ScanQuery(Asked):
    host: Annotated[Name | None, Field(description="Slug of a host.")] = None
    state: Literal["queued", "running", "done", "failed"] | None = None


@router.post(
    "/hosts/{slug}/scans",
    auth=Bearer(Scope.SCAN, act=Act.SCAN),
    response={202: WholeScan},
    summary=told("Start a scan"),
    description=told("Queues a scan of the host, or names the one under way. Location says where to wait for it."),
)
def start_scan(request: HttpRequest, response: HttpResponse, slug: Name) -> WholeScan:
    user = asker(request)
    scan = services.request(host_for(user, slug, Act.SCAN), trigger=Scan.Trigger.MANUAL, at=timezone.now(), by=user)
    response["Location"] = reverse("api-v1:api-get-scan", args=[scan.pk])
    return _whole(user, scan_for(user, scan.pk))


@router.get(
    "/scans/{pk}",
    auth=Bearer(Scope.READ, Scope.SCAN, act=Act.SEE_HOSTS),
    response=WholeScan,
    summary=told("Read a scan, or wait for its end"),
    description=told("With wait, answers when the scan is over or after so many seconds, whichever comes first."),
)
def get_scan(
    request: HttpRequest,
    response: HttpResponse,
    pk: Number,
    wait: Annotated[int, Query(ge=0, le=LONGEST, description="Seconds.")] = 0,
) -> WholeScan:
    user = asker(request)
    scan = wait_for(scan_for(user, pk), seconds=wait)
    if scan.is_active:
        response["Retry-After"] = str(ASK_AGAIN)
    return _whole(user, scan)


@router.get(
    "/scans",
    auth=READ,
    response=ScanPage,
    summary=told("List scans"),
    description=told("Newest first, of all hosts that the token’s owner may see, or of one."),
)
def list_scans(
    request: HttpRequest, query: Query[ScanQuery], cursor: Cursor = None, limit: Limit = USUAL_LIMIT
) -> ScanPage:
    rows = Scan.objects.visible_to(asker(request)).select_related("host")
    wanted = {"host__slug": query.host, "state": query.state}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    asked = f"scans?host={query.host}&state={query.state}"
    found = cursors.page(rows, ("-pk",), of=asked, cursor=cursor, limit=limit)
    return ScanPage(items=[shape_of(scan) for scan in found.rows], next=found.next)


SAME = (
    "state", "stage", "progress_done", "progress_total", "trigger", "created_at", "started_at", "finished_at",
    "score", "assessed", "containers", "engine_version", "statuses",
)  # fmt: skip


def shape_of(scan: Scan) -> ScanShape:
    return ScanShape(**_values(scan))


def _whole(user: User, scan: Scan) -> WholeScan:
    standing = findings_for(user).open().filter(host=scan.host_id).order_by()
    counts = dict(standing.values_list("severity").annotate(Count("pk")))
    opened = {severity.word: counts.get(int(severity), 0) for severity in Severity}
    return WholeScan(open=OpenCounts(**opened), **_values(scan))


def _values(scan: Scan) -> dict[str, Any]:
    return {
        "id": scan.pk,
        "host": scan.host.slug,
        "error": said(scan.failure),
        **{name: getattr(scan, name) for name in SAME},
    }
