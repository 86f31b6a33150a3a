"""The rooms where people read how they stand."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from secdash.posture.addresses import SubjectKey
from secdash.posture.views import (
    benchmark,
    checks,
    finding,
    finding_acts,
    findings,
    hosts,
    overview,
    receipts,
    search,
)

register_converter(SubjectKey, "key")

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("findings/", findings.findings, name="findings"),
    re_path(r"^findings/export\.(?P<kind>csv|json)$", findings.findings_export, name="findings-export"),
    path("findings/group/<slug:check>/", findings.finding_group, name="finding-group"),
    path("findings/<int:pk>/", finding.finding, name="finding"),
    path("findings/<int:pk>/fix/", finding.finding_fix, name="finding-fix"),
    path("findings/<int:pk>/assign/", finding_acts.assign, name="finding-assign"),
    path("findings/<int:pk>/due/", finding_acts.set_due, name="finding-due"),
    path("findings/<int:pk>/comment/", finding_acts.comment, name="finding-comment"),
    path("findings/comments/<int:pk>/", finding_acts.change_comment, name="finding-comment-change"),
    path("findings/<int:pk>/again/", finding_acts.check_again, name="finding-again"),
    path("receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("receipts/<int:pk>/progress/", receipts.progress, name="receipt-progress"),
    path("receipts/<int:pk>.json", receipts.receipt_json, name="receipt-json"),
    path("hosts/", hosts.hosts, name="hosts"),
    path("hosts/<slug:slug>/", hosts.host, name="host"),
    path("hosts/<slug:slug>/containers/<key:key>/", hosts.container, name="container"),
    path("hosts/<slug:slug>/hardened/<key:key>/compose.yaml", hosts.hardened, name="hardened"),
    path("checks/", checks.checks, name="checks"),
    path("checks/<slug:name>/", checks.check, name="check"),
    path("benchmark/", benchmark.benchmark, name="benchmark"),
    re_path(r"^benchmark/export\.(?P<kind>csv|json)$", benchmark.benchmark_file, name="benchmark-export"),
    path("benchmark/<slug:item>/", benchmark.benchmark_item, name="benchmark-item"),
    path("benchmark/<slug:item>/<slug:slug>/", benchmark.attestation, name="attestation"),
    path("benchmark/<slug:item>/<slug:slug>/attest/", benchmark.attest, name="attest"),
    path("benchmark/<slug:item>/<slug:slug>/withdraw/", benchmark.attestation_withdraw, name="attestation-withdraw"),
    path("live/", checks.live_checks, name="live-checks"),
    path("live/<slug:name>/", checks.live_check, name="live-check"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="search-suggest"),
]
