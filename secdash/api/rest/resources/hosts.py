"""Hosts and their groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Field, Query, Router
from pydantic import BeforeValidator, StringConstraints

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.api.models import Scope
from secdash.api.rest import changing, cursors, reaching
from secdash.api.rest.described import told
from secdash.api.rest.guard import Bearer, asker
from secdash.api.rest.marks import marked, need_match
from secdash.api.rest.shapes import USUAL_LIMIT, Asked, Cursor, Limit, Minutes, Name, Said, Shape, Word, a_number
from secdash.facts.identities import LARGEST
from secdash.fleet import services
from secdash.fleet.access import host_for, hosts_for, reached_host
from secdash.fleet.models import Group, Host
from secdash.posture.hosts import HostFilters, Row
from secdash.posture.hosts_export import record_of
from secdash.posture.stands import Weight, stands, weights

router = Router(tags=["Hosts"])
READ = Bearer(Scope.READ, act=Act.SEE_HOSTS)
CHANGE = Bearer(Scope.ACT, act=Act.MANAGE_HOSTS)
Tag = Annotated[Word, Field(max_length=40, pattern=r"^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$", examples=["public"])]
Pem = Annotated[
    str, StringConstraints(strict=True, max_length=LARGEST, pattern="-----BEGIN "), Field(examples=["-----BEGIN …"])
]
State = Literal["new", "reachable", "unreachable", "unseen"]


class HostShape(Shape):
    """A host and where it stands, as its newest scan and its open findings say."""

    slug: str = Field(examples=["web-01"])
    name: str = Field(examples=["web-01"])
    url: str = Field(examples=["/hosts/web-01/"], description="Its page.")
    group: str = Field(examples=["Production"], description="Empty for none.")
    tags: list[str] = Field(examples=[["public"]])
    environment: str = Field(examples=["eu-west"])
    owner: str = Field(examples=["shop team"])
    interval: int = Field(examples=[60], description="Minutes between scans.")
    connection: str = Field(examples=["ssh"], description="How it is reached. Address and credentials are never read.")
    state: str = Field(examples=["reachable"])
    seen_at: datetime | None = Field(examples=["2026-11-24T12:00:00Z"])
    score: int | None = Field(examples=[74], description="0 to 100; null before the first scan.")
    assessed: float | None = Field(examples=[0.93], description="Share of what could be judged.")
    containers: int | None = Field(examples=[12])
    engine_version: str = Field(examples=["28.5.2"])
    critical: int = Field(examples=[0], description="Open findings of that severity, as the four after it.")
    high: int = Field(examples=[3])
    medium: int = Field(examples=[9])
    low: int = Field(examples=[4])
    info: int = Field(examples=[0])
    accepted: int = Field(examples=[1], description="Findings that stand accepted.")


class HostPage(Shape):
    items: list[HostShape]
    next: str | None = Field(examples=[None], description="The cursor of the next page; null on the last.")


class GroupShape(Shape):
    slug: str = Field(examples=["production"])
    name: str = Field(examples=["Production"])
    hosts: int = Field(examples=[8])


class Groups(Shape):
    items: list[GroupShape]


class TlsCredentials(Asked):
    """Certificates both ways, in PEM form. They are sealed, and never answered."""

    authority: Annotated[Pem, Field(description="Certificate of the authority that signed the Engine’s.")]
    certificate: Annotated[Pem, Field(description="Certificate of secdash.")]
    key: Annotated[Pem, Field(description="Private key of that certificate, without a passphrase.")]


class SshCredentials(Asked):
    """A key that the host lets in. It is sealed, and never answered."""

    key: Annotated[Pem, Field(description="Private key.")]
    passphrase: Annotated[str, Field(max_length=1000, description="It is used once and not kept.")] = ""
    host_key: Annotated[
        Word,
        Field(
            pattern=r"^SHA256:[A-Za-z0-9+/]{43}$",
            examples=[f"SHA256:{'x' * 43}"],
            description="Fingerprint of the host’s own key. The host is asked for its key, which must have it.",
        ),
    ]


class WayShape(Asked):
    """How a host is reached, and what opens its door."""

    kind: Literal["unix", "tcp", "tls", "ssh"] = "unix"
    address: Annotated[
        Said,
        Field(
            examples=["/var/run/docker.sock"],
            description="unix: path of the Engine’s socket. tcp, tls: host:port. ssh: account@host:port/path.",
        ),
    ]
    tls: TlsCredentials | None = Field(
        default=None, examples=[None], description="For tls: needed there, and refused elsewhere."
    )
    ssh: SshCredentials | None = Field(
        default=None, examples=[None], description="For ssh: needed there, and refused elsewhere."
    )


class NewWay(WayShape):
    """Another way to a host, or new credentials. It stands in for all that was before."""

    untested: bool = Field(default=False, description="Saved even where it does not lead into the Engine now.")


class NewHost(WayShape):
    """A host to register. It is scanned at once."""

    name: Annotated[Said, Field(max_length=120, examples=["web-02"])]
    group: Annotated[Word, Field(max_length=80, examples=["Production"])] = ""
    tags: list[Tag] = Field(default=[], max_length=20, examples=[["public"]])
    environment: Annotated[Word, Field(max_length=40)] = ""
    owner: Annotated[Word, Field(max_length=80)] = ""
    interval: Minutes = 60


class HostChange(Asked):
    """What is given is changed; the rest stays."""

    name: Annotated[Said, Field(max_length=120, examples=["web-02"])] | None = None
    group: Annotated[Word, Field(max_length=80, examples=["Production"])] | None = None
    tags: list[Tag] | None = Field(default=None, max_length=20)
    environment: Annotated[Word, Field(max_length=40)] | None = None
    owner: Annotated[Word, Field(max_length=80)] | None = None
    interval: Minutes | None = None


class SshHost(Asked):
    """A host whose key nobody here knows yet."""

    server: Annotated[Said, Field(max_length=260, examples=["web-02.example.org"])]
    port: Annotated[int, Field(ge=1, le=65535), BeforeValidator(a_number)] = 22


class HostKeyShape(Shape):
    """The key that an SSH host shows. Whether it is that host’s, somebody has to know from elsewhere."""

    kind: str = Field(examples=["ssh-ed25519"])
    fingerprint: str = Field(examples=[f"SHA256:{'x' * 43}"])
    line: str = Field(examples=["web-02.example.org ssh-ed25519 AAAA"], description="As known_hosts has it.")


class HostQuery(Asked):
    group: Annotated[Word, Field(description="Slug of a group.")] = ""
    tag: Word = ""
    environment: Word = ""
    state: State | None = None
    q: Annotated[Word, Field(max_length=200, description="Part of its name or its owner’s.")] = ""


@router.get(
    "/hosts",
    auth=READ,
    response=HostPage,
    summary=told("List hosts"),
    description=told("The hosts that the token’s owner may see, by name, filtered as on the page of hosts."),
)
def list_hosts(
    request: HttpRequest, query: Query[HostQuery], cursor: Cursor = None, limit: Limit = USUAL_LIMIT
) -> HostPage:
    user = asker(request)
    filters = HostFilters(**{name: value or "" for name, value in query.dict().items()})
    rows = filters.within(hosts_for(user), now=timezone.now()).select_related("group", "connection")
    found = cursors.page(
        rows.prefetch_related("tags"), ("name", "pk"), of=f"hosts?{filters.query()}", cursor=cursor, limit=limit
    )
    return HostPage(items=shapes_of(user, found.rows), next=found.next)


@router.get(
    "/hosts/{slug}",
    auth=READ,
    response=HostShape,
    summary=told("Read a host"),
    description=told("One host and where it stands."),
)
def get_host(request: HttpRequest, response: HttpResponse, slug: Name) -> HostShape:
    shape = _shape(request, slug)
    marked(response, shape)
    return shape


@router.post(
    "/hosts",
    auth=CHANGE,
    response={201: HostShape},
    summary=told("Register a host"),
    description=told(
        "Its first scan is due at once. What opens its door is never read again. Location says where it is."
    ),
)
def create_host(request: HttpRequest, response: HttpResponse, asked: NewHost) -> HostShape:
    host = changing.register(asked.dict(), by=asker(request), at=timezone.now())
    response["Location"] = reverse("api-v1:api-get-host", args=[host.slug])
    return _shape(request, host.slug)


@router.post(
    "/host-keys",
    auth=CHANGE,
    response=HostKeyShape,
    summary=told("Ask an SSH host for its key"),
    description=told("Asks for nothing more, and shows none of ours. Compare the fingerprint before you register it."),
)
def ask_host_key(request: HttpRequest, asked: SshHost) -> HostKeyShape:
    found = reaching.offered(asked.server, asked.port)
    return HostKeyShape(kind=found.kind, fingerprint=found.fingerprint, line=found.line)


@router.patch(
    "/hosts/{slug}",
    auth=CHANGE,
    response=HostShape,
    summary=told("Change a host"),
    description=told("What is given is changed. With If-Match only where the host is still as it was read."),
)
def change_host(request: HttpRequest, response: HttpResponse, slug: Name, asked: HostChange) -> HostShape:
    user = asker(request)
    host = host_for(user, slug, Act.MANAGE_HOSTS)
    need_match(request, _shape(request, slug))
    changing.change(host, asked.dict(exclude_none=True), by=user, at=timezone.now())
    shape = _shape(request, slug)
    marked(response, shape)
    return shape


@router.put(
    "/hosts/{slug}/connection",
    auth=CHANGE,
    response=HostShape,
    summary=told("Replace the way to a host"),
    description=told(
        "New credentials, or another address. It is tried first, and refused with the step that fails; the host keeps "
        "its scans and findings, and is scanned at once."
    ),
)
def replace_connection(request: HttpRequest, response: HttpResponse, slug: Name, asked: NewWay) -> HostShape:
    user = asker(request)
    host = reached_host(user, slug)
    need_match(request, _shape(request, slug))
    changing.reach_otherwise(host, asked.dict(), by=user, at=timezone.now())
    shape = _shape(request, slug)
    marked(response, shape)
    return shape


@router.delete(
    "/hosts/{slug}",
    auth=CHANGE,
    response={204: None},
    summary=told("Remove a host"),
    description=told("With its scans and findings; what was counted of its days stays."),
)
def remove_host(request: HttpRequest, slug: Name) -> HttpResponse:
    user = asker(request)
    host = host_for(user, slug, Act.MANAGE_HOSTS)
    need_match(request, _shape(request, slug))
    services.remove(host, by=user, at=timezone.now())
    return HttpResponse(status=204)


@router.get(
    "/groups",
    auth=READ,
    response=Groups,
    summary=told("List groups"),
    description=told("Groups of hosts, with how many of their hosts the token’s owner may see."),
)
def list_groups(request: HttpRequest) -> Groups:
    seen = Group.objects.filter(hosts__in=hosts_for(asker(request))).values_list("slug", "name")
    counted = seen.annotate(number=Count("hosts", distinct=True))
    return Groups(items=[GroupShape(slug=slug, name=name, hosts=number) for slug, name, number in counted])


def _shape(request: HttpRequest, slug: str) -> HostShape:
    user = asker(request)
    return shapes_of(user, [host_for(user, slug)])[0]


def shapes_of(user: User, hosts: Sequence[Host]) -> list[HostShape]:
    """Two queries for all of them, and tags where they were not fetched."""
    these = hosts_for(user).filter(pk__in=[host.pk for host in hosts])
    stand, weight = stands(these), weights(these)
    rows = [
        Row(
            host.pk,
            host.name,
            host.group.name if host.group else "",
            host.seen_at,
            stand.get(host.pk),
            weight.get(host.pk, Weight()),
        )
        for host in hosts
    ]
    return [
        HostShape(
            slug=host.slug,
            url=host.get_absolute_url(),
            interval=host.interval,
            connection=host.connection.kind,
            **record_of(host, row),
        )
        for host, row in zip(hosts, rows, strict=True)
    ]
