"""The rooms where people read how they stand."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from secdash.posture.addresses import SubjectKey
from secdash.posture.views import (
    acceptances,
    acting,
    as_of,
    benchmark,
    checks,
    finding,
    findings,
    hosts,
    moved,
    overview,
    policy,
    search,
    threats,
    trends,
)

register_converter(SubjectKey, "key")

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("findings/", findings.findings, name="findings"),
    path("findings/filter/", findings.findings_filter, name="findings-filter"),
    re_path(r"^findings/export\.(?P<kind>csv|json|sarif|xml|md)$", findings.findings_export, name="findings-export"),
    path("findings/group/", findings.finding_group, name="finding-group"),
    path("findings/act/", acting.findings_act, name="findings-act"),
    path("findings/acts/<int:pk>/", acting.bulk_act, name="bulk-act"),
    path("findings/acts/<int:pk>/progress/", acting.bulk_act_progress, name="bulk-act-progress"),
    path("findings/acts/<int:pk>/undo/", acting.bulk_act_undo, name="bulk-act-undo"),
    path("findings/<int:pk>/", finding.finding, name="finding"),
    path("findings/<int:pk>/fix/", finding.finding_fix, name="finding-fix"),
    path("hosts/", hosts.hosts, name="hosts"),
    path("hosts/<slug:slug>/", hosts.host, name="host"),
    path("hosts/<slug:slug>/timeline/", hosts.host_timeline, name="host-timeline"),
    path("hosts/<slug:slug>/containers/<key:key>/", hosts.container, name="container"),
    path("hosts/<slug:slug>/hardened/<key:key>/compose.yaml", hosts.hardened, name="hardened"),
    path("acceptances/", acceptances.acceptances, name="acceptances"),
    path("acceptances/new/", acceptances.accept, name="accept"),
    path("acceptances/<int:pk>/", acceptances.acceptance, name="acceptance"),
    path("acceptances/<int:pk>/decide/", acceptances.acceptance_decide, name="acceptance-decide"),
    path("acceptances/<int:pk>/end/", acceptances.acceptance_end, name="acceptance-end"),
    path("acceptances/<int:pk>/decline/", acceptances.acceptance_decline, name="acceptance-propose-decline"),
    path("findings/<int:pk>/take-back/", acceptances.acceptance_take_back, name="acceptance-take-back"),
    path("settings/policy/", policy.policy, name="policy"),
    path("settings/policy/dues/", policy.policy_dues, name="policy-dues"),
    path("checks/", checks.checks, name="checks"),
    path("checks/<slug:name>/", checks.check, name="check"),
    path("benchmark/", benchmark.benchmark, name="benchmark"),
    re_path(r"^benchmark/export\.(?P<kind>csv|json)$", benchmark.benchmark_file, name="benchmark-export"),
    path("benchmark/<slug:item>/", benchmark.benchmark_item, name="benchmark-item"),
    path("benchmark/<slug:item>/<slug:slug>/", benchmark.attestation, name="attestation"),
    path("benchmark/<slug:item>/<slug:slug>/attest/", benchmark.attest, name="attest"),
    path("benchmark/<slug:item>/<slug:slug>/withdraw/", benchmark.attestation_withdraw, name="attestation-withdraw"),
    path("trends/", trends.trends, name="trends"),
    path("trends/data.json", trends.trends_data, name="trends-data"),
    re_path(r"^trends/(?P<table>[a-z-]+)\.csv$", trends.trends_export, name="trends-export"),
    path("threats/", threats.threats, name="threats"),
    path("threats/<slug:risk>/", threats.threat, name="threat"),
    path("as-of/", as_of.as_of, name="as-of"),
    path("trends/why/", moved.why_moved, name="why-moved"),
    path("live/", checks.live_checks, name="live-checks"),
    path("live/<slug:name>/", checks.live_check, name="live-check"),
    path("search/", search.search, name="search"),
    path("search/suggest/", search.suggest, name="search-suggest"),
]
