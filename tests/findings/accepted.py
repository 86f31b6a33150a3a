"""Hosts with findings to accept, and the people who do."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from secdash.accounts.roles import Role
from secdash.findings.accepting import Asked, accept
from secdash.findings.models import Acceptance, Finding
from tests.cast import a_member

CHECK = "no-memory-limit"
REASON = "A batch job that is stopped after a minute."


def in_days(days: int) -> date:
    return timezone.now().date() + timedelta(days=days)


def asked(scope: str = "everywhere", **options) -> Asked:
    found = {"scope": scope, "check_name": CHECK, "reason": REASON, "until": in_days(30), "covers": "present"}
    return Asked(**(found | options))


def an_acceptance(scope: str = "everywhere", *, at=None, by=None, **options) -> Acceptance:
    return accept(asked(scope, **options), by=by or a_member(Role.OPERATOR), at=at or timezone.now())


def the_finding(name: str, check: str = CHECK) -> Finding:
    return Finding.objects.get(check_name=check, subject_key=name)


def history(finding: Finding) -> list[str]:
    return list(finding.transitions.values_list("why", flat=True))
