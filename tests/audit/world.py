"""One of each thing that can be changed, by whose name an address calls it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from knowledge.models import Article
from knowledge.services import load_guide
from knowledge.shipped import CONTENT
from secdash.accounts.roles import Role
from secdash.findings import bulk
from secdash.findings.models import Acceptance, Finding, SavedView
from secdash.findings.talking import comment
from secdash.fleet import uploading
from secdash.scans import services
from secdash.scans.models import Scan
from tests.cast import a_member
from tests.findings.accepted import an_acceptance
from tests.fleet.hosts import a_host
from tests.house.test_access import RULES
from tests.knowledge.proposals import a_proposal
from tests.messaging.world import a_rule
from tests.reports.papers import a_paper, a_schedule

SHOWN, GONE = "cgroups", "conclusion"
PLACEHOLDER = re.compile("[A-Z]+")


def url_of(name: str, given: dict[str, object]) -> str:
    """The address of a rule; where the world has no such thing, that of one with the number 1."""
    wanted = RULES[name][1]
    known = [given.get(each, each) for each in wanted]
    try:
        return reverse(name, args=known)
    except NoReverseMatch:
        return reverse(name, args=[1 if PLACEHOLDER.fullmatch(str(each)) else each for each in known])


def everything(folder: Path) -> dict[str, object]:
    """Two articles, one of them removed, and a host that was scanned, with what people did to both."""
    article, gone = a_guide(folder)
    now, operator, author = timezone.now(), a_member(Role.OPERATOR), a_member(Role.CONTRIBUTOR)
    scan = Scan.objects.create(host=a_host("web-01", at=now), trigger=Scan.Trigger.MANUAL, created_at=now)
    services.run(scan.pk)
    finding, rule = Finding.objects.open().order_by("pk")[0], a_rule()
    chosen = Finding.objects.filter(check_name="no-memory-limit")
    view = SavedView.objects.create(owner=author, name="Mine", audience="everybody", created_at=now)
    accepted = an_acceptance(check_name="runs-as-root", covers="later")
    return {
        "HOST": "web-01",
        "ISLAND": uploading.register("island", at=now).slug,
        "PERSON": a_member(Role.VIEWER).pk,
        "SCAN": scan.pk,
        "FINDING": finding.pk,
        "COMMENT": comment(finding, "Mine.", by=author, at=now).pk,
        "RECEIPT": 1,
        "ACT": bulk.request("assign", {"assignee": None, "name": ""}, chosen, by=operator, at=now).pk,
        "VIEW": view.pk,
        "ACCEPTANCE": Acceptance.objects.get(pk=accepted.pk).pk,
        "PAPER": a_paper(operator).pk,
        "SCHEDULE": a_schedule(operator).pk,
        "CHANNEL": rule.channel_id,
        "RULE": rule.pk,
        "PROPOSAL": a_proposal(article).pk,
        "DIGEST": "0" * 64,
        "GONE": gone.pk,
        "TEXT": article.published.body + "\nSaid better.\n",
    }


def a_guide(folder: Path) -> list[Article]:
    (folder / "fr").mkdir()
    (folder / "en").mkdir()
    for key in (SHOWN, GONE):
        shutil.copy(CONTENT / "en" / f"{key}.md", folder / "en")
    load_guide(content=folder)
    Article.objects.filter(key=GONE).update(deleted_at=timezone.now())
    return [Article.objects.with_text().get(language="en", key=key) for key in (SHOWN, GONE)]
