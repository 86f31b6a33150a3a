"""What the rooms below say by signals, told to the people whom it concerns, if they may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.findings import signals
from secdash.findings.access import findings_for, may_decide_on
from secdash.findings.models import Acceptance, BulkAct, Comment, Finding
from secdash.messaging import inbox
from secdash.messaging.gathering import page_of, title_of
from secdash.messaging.letters import Letter, Line, counted, told
from secdash.messaging.models import Notice

Kind = Notice.Kind


def connect() -> None:
    signals.mentioned.connect(on_mentioned)
    signals.assigned.connect(on_assigned)
    signals.approval_asked.connect(on_approval_asked)
    signals.approval_decided.connect(on_approval_decided)
    signals.bulk_finished.connect(on_bulk_finished)


def on_mentioned(sender: Any, *, comment: Comment, users: Iterable[int], at: datetime, **_rest: Any) -> None:
    finding = comment.finding
    letter = Letter(
        told(
            "%(by)s mentioned you on “%(check)s”, %(subject)s",
            by=comment.by_name,
            check=Line(title_of(finding.check_name)),
            subject=finding.subject_name,
        )
    )
    those = [user for user in User.objects.filter(pk__in=list(users)) if user.pk != comment.by_id]
    seeing = [user for user in those if findings_for(user).filter(pk=finding.pk).exists()]
    key = f"mention:{comment.pk}"
    inbox.keep(seeing, Kind.MENTIONED, letter, key=key, at=at, url=f"{finding.get_absolute_url()}#comments")


def on_assigned(
    sender: Any, *, findings: Iterable[int], assignee: User, by: User | None, at: datetime, **_rest: Any
) -> None:
    """Findings of one act make one line, in however many chunks they come. What one takes oneself is no news."""
    if by is not None and by.pk == assignee.pk:
        return
    seen = list(findings_for(assignee).filter(pk__in=list(findings)).values_list("pk", flat=True))
    if not seen:
        return
    key = f"assigned:{by.pk if by else 0}:{at.isoformat()}"
    before = Notice.objects.filter(user=assignee, key=key).values_list("number", flat=True).first() or 0
    number = before + len(seen)
    url = Finding(pk=seen[0]).get_absolute_url() if number == 1 else f"/findings/?assignee={assignee.username}"
    letter = Letter(
        counted(
            "%(by)s assigned %(n)s finding to you",
            "%(by)s assigned %(n)s findings to you",
            number,
            by=by.display_name if by else "secdash",
        )
    )
    inbox.keep([assignee], Kind.ASSIGNED, letter, key=key, at=at, url=url, number=len(seen))


def on_approval_asked(sender: Any, *, acceptance: Acceptance, at: datetime, **_rest: Any) -> None:
    """Everybody who may approve it but the one who asks."""
    letter = Letter(
        told(
            "%(by)s asks for approval to accept “%(check)s”",
            by=acceptance.by_name or "secdash",
            check=_check(acceptance),
        )
    )
    people = User.objects.filter(is_active=True).exclude(pk=acceptance.by_id or 0)
    approvers = [user for user in people if may_decide_on(user, Act.APPROVE_RISK, acceptance)]
    key = f"approval:{acceptance.pk}"
    inbox.keep(approvers, Kind.APPROVAL, letter, key=key, at=at, url=page_of(acceptance))


def on_approval_decided(sender: Any, *, acceptance: Acceptance, at: datetime, **_rest: Any) -> None:
    asked = acceptance.by
    if asked is None or not _sees(asked, acceptance):
        return
    who, check = acceptance.decided_by_name or "secdash", _check(acceptance)
    refused = acceptance.state == Acceptance.State.REFUSED
    line = (
        told("%(by)s refused your acceptance of “%(check)s”", by=who, check=check)
        if refused
        else told("%(by)s approved your acceptance of “%(check)s”", by=who, check=check)
    )
    key = f"decided:{acceptance.pk}"
    inbox.keep([asked], Kind.APPROVAL, Letter(line), key=key, at=at, url=page_of(acceptance))


def on_bulk_finished(sender: Any, *, act: BulkAct, at: datetime, **_rest: Any) -> None:
    inbox.keep([act.by], Kind.BULK, Letter(_bulk(act)), key=f"bulk:{act.pk}:{act.state}", at=at, url=_bulk_page(act))


def _bulk(act: BulkAct) -> Line:
    if act.state == BulkAct.State.FAILED:
        return told("Your bulk act stopped: %(done)s of %(total)s findings are done", done=act.done, total=act.total)
    if act.state == BulkAct.State.UNDONE:
        return told("Your bulk act is undone")
    return counted(
        "Your bulk act is done: %(n)s finding is changed", "Your bulk act is done: %(n)s findings are changed", act.done
    )


def _bulk_page(act: BulkAct) -> str:
    try:
        return reverse("bulk-act", args=[act.pk])
    except NoReverseMatch:
        return reverse("findings")


def _check(acceptance: Acceptance) -> Line:
    return Line(title_of(acceptance.check_name)) if acceptance.check_name else told("several checks")


def _sees(user: User, acceptance: Acceptance) -> bool:
    return Acceptance.objects.visible_to(user).filter(pk=acceptance.pk).exists()
