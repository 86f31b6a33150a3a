"""The rooms where people read how they stand."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from secdash.posture.addresses import SubjectKey
from secdash.posture.views import acting, benchmark, checks, finding, findings, hosts, overview, search, views_kept

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
    path("findings/views/save/", views_kept.view_save, name="view-save"),
    path("findings/views/default/", views_kept.view_default, name="view-default"),
    path("findings/views/<int:pk>/", views_kept.view_change, name="view-change"),
    path("findings/views/<int:pk>/remove/", views_kept.view_remove, name="view-remove"),
    path("findings/<int:pk>/", finding.finding, name="finding"),
    path("findings/<int:pk>/fix/", finding.finding_fix, name="finding-fix"),
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
