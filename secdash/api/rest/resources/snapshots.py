"""Snapshots of offline hosts, brought by programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import File, Router
from ninja.files import UploadedFile

from secdash.accounts.roles import Act
from secdash.api.models import Scope
from secdash.api.rest.described import told
from secdash.api.rest.guard import Bearer, asker
from secdash.api.rest.problems import invalid
from secdash.api.rest.resources.scans import ScanShape, shape_of
from secdash.api.rest.shapes import Name
from secdash.facts.offline.envelope import LARGEST, Refused
from secdash.fleet.access import host_for
from secdash.scans import offline
from secdash.web.saying import said

router = Router(tags=["Scans"])


@router.post(
    "/hosts/{slug}/snapshots",
    auth=Bearer(Scope.UPLOAD, act=Act.SCAN),
    response={202: ScanShape},
    summary=told("Upload a snapshot"),
    description=told("What secdash-collect wrote on a host that nobody can reach. Queues the scan that judges it."),
)
def upload_snapshot(request: HttpRequest, response: HttpResponse, slug: Name, file: File[UploadedFile]) -> ScanShape:
    user = asker(request)
    host = host_for(user, slug, Act.SCAN)
    try:
        scan = offline.take(host, file.read(LARGEST + 1), by=user, at=timezone.now())
    except Refused as refused:
        raise invalid("body/file", said(refused.message)) from refused
    response["Location"] = reverse("api-v1:api-get-scan", args=[scan.pk])
    return shape_of(scan)
