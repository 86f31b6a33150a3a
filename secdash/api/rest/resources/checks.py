"""The catalogue of checks, the CIS benchmark, and trends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from secdash.accounts.roles import Act
from secdash.api.models import Scope
from secdash.api.rest.described import told
from secdash.api.rest.guard import Bearer, asker
from secdash.api.rest.problems import invalid
from secdash.api.rest.shapes import Asked, Day, Name, Shape, Word
from secdash.checks.benchmark import EDITIONS, cis_for
from secdash.checks.outcome import Status
from secdash.posture import benchmark, benchmark_export, catalogue
from secdash.posture.asked import ANSWERED_BY, LEVELS, PROFILES
from secdash.posture.asked import Asked as BenchmarkAsked
from secdash.posture.catalogue import Entry
from secdash.posture.context import rooms_of
from secdash.posture.saying import title_of
from secdash.posture.tallies import SECTIONS
from secdash.posture.trends import page as trends
from secdash.posture.trends.asked import Asked as TrendsAsked

router = Router()
READ = Bearer(Scope.READ, act=Act.SEE_HOSTS)


class CheckShape(Shape):
    """A check, and how the hosts stand on it."""

    name: str = Field(examples=["privileged-container"])
    title: str = Field(examples=["Container runs privileged"])
    kind: str = Field(examples=["container"], description="What it judges.")
    severity: str = Field(examples=["critical"])
    cis: dict[str, list[str]] = Field(examples=[{"1.8": ["5.5"]}], description="Numbers, by edition.")
    risks: list[str] = Field(examples=[["sys-dev"]])
    guide: str = Field(examples=["/guide/en/privileges/#privileged"], description="The section that explains it.")
    open: int = Field(examples=[2], description="Open findings.")
    passed: int = Field(examples=[38], description="Verdicts of the newest scans, as the three after it.")
    failed: int = Field(examples=[2])
    unknown: int = Field(examples=[0])
    not_applicable: int = Field(examples=[0])


class Checks(Shape):
    items: list[CheckShape]


class Benchmark(Shape):
    """As the page and its files have it."""

    edition: str = Field(examples=["1.8"])
    hosts: list[str] = Field(examples=[["web-01"]])
    never_scanned: int = Field(examples=[0])
    as_of: datetime | None = Field(examples=["2026-11-24T12:00:00Z"])
    items: list[dict[str, Any]] = Field(examples=[[{"number": "5.5", "hosts_pass": 3, "hosts_fail": 1}]])


class BenchmarkQuery(Asked):
    edition: Literal[EDITIONS] = EDITIONS[-1]  # type: ignore[valid-type] # the values are the catalogue's
    host: Name | None = None
    group: Name | None = None
    section: Literal[SECTIONS] | None = None  # type: ignore[valid-type] # the same
    level: Literal[LEVELS] | None = None  # type: ignore[valid-type] # the same
    profile: Literal[PROFILES] | None = None  # type: ignore[valid-type] # the same
    status: Literal[tuple(each.value for each in Status)] | None = None  # type: ignore[valid-type] # the same
    by: Literal[ANSWERED_BY] | None = None  # type: ignore[valid-type] # the same


class Trend(Shape):
    """A table of the trends page: its columns by name, its rows as on the page."""

    table: str = Field(examples=["score"])
    columns: list[str] = Field(examples=[["day", "score", "hosts"]])
    rows: list[list[date | float | int | str | None]] = Field(examples=[[["2026-11-24", 74.5, 8]]])


class TrendQuery(Asked):
    days: Literal["7", "30", "90", "365"] = "90"
    since: Annotated[Day | None, Field(alias="from", description="With `to`, instead of `days`.")] = None
    to: Day | None = None
    group: Name | None = None
    tag: Name | None = None
    environment: Annotated[Word, Field(max_length=40)] = ""
    host: Name | None = None


@router.get(
    "/checks",
    auth=READ,
    response=Checks,
    tags=["Checks"],
    summary=told("List checks"),
    description=told("The whole catalogue, worst severity first, with how the hosts stand on each check."),
)
def list_checks(request: HttpRequest) -> Checks:
    return Checks(items=[_shape(entry) for entry in _entries(request)])


@router.get(
    "/checks/{name}",
    auth=READ,
    response=CheckShape,
    tags=["Checks"],
    summary=told("Read a check"),
    description=told("One check, and how the hosts stand on it."),
)
def get_check(request: HttpRequest, name: Name) -> CheckShape:
    found = next((each for each in _entries(request) if each.check.name == name), None)
    if found is None:
        raise Http404
    return _shape(found)


@router.get(
    "/benchmark",
    auth=READ,
    response=Benchmark,
    tags=["Benchmark"],
    summary=told("Read the CIS benchmark"),
    description=told("Each item of an edition, summed over the hosts or of one, as in the file of the page."),
)
def get_benchmark(request: HttpRequest, query: Query[BenchmarkQuery]) -> Benchmark:
    asked = BenchmarkAsked(**{name: value or "" for name, value in query.dict().items()})
    page = benchmark.page(asker(request), asked, day=timezone.now().date())
    return Benchmark(**benchmark_export.record_of(page, asked))


@router.get(
    "/trends/{table}",
    auth=READ,
    response=Trend,
    tags=["Trends"],
    summary=told("Read a trend"),
    description=told("One table of the page of trends, such as score or open, by day or as the period has it."),
)
def get_trend(request: HttpRequest, table: Name, query: Query[TrendQuery]) -> Trend:
    asked = TrendsAsked.of(_as_address(query))
    today = timezone.now().date()
    if asked.misread(today):
        raise invalid("query/from", _("These dates are no range."))
    chart = trends.trends(asker(request), asked, today=today).charts.get(table)
    if chart is None:
        raise Http404
    found = chart.table
    return Trend(table=table, columns=[column.key for column in found.columns], rows=[list(row) for row in found.rows])


def _as_address(query: TrendQuery) -> QueryDict:
    address = QueryDict(mutable=True)
    for name, value in query.dict(by_alias=True).items():
        if value:
            address[name] = str(value)
    return address


def _shape(entry: Entry) -> CheckShape:
    check, faces = entry.check, entry.faces
    return CheckShape(
        name=check.name,
        title=title_of(check.name),
        kind=check.kind,
        severity=check.severity.word,
        cis={edition: list(numbers) for edition in EDITIONS if (numbers := cis_for(check.name, edition))},
        risks=list(check.risks),
        guide=entry.guide_url,
        open=entry.open,
        passed=faces.passed,
        failed=faces.failed,
        unknown=faces.unknown,
        not_applicable=faces.not_applicable,
    )


def _entries(request: HttpRequest) -> list[Entry]:
    user = asker(request)
    return catalogue.entries(user, rooms_of(request, user).mark)
