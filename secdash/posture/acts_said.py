"""What an act on many findings does, did or undid, in a sentence."""

from __future__ import annotations

from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from secdash.findings import bulk
from secdash.findings.models import BulkAct
from secdash.web import times
from secdash.web.saying import said

Kind, State = BulkAct.Kind, BulkAct.State


def act_said(act: BulkAct) -> str:
    """Where the act stands. One query for one that was undone, else none."""
    match act.state:
        case State.QUEUED | State.RUNNING:
            return _doing(act) % {"done": _number(act.done), "total": _number(act.total)}
        case State.UNDOING:
            return _("Undoing %(done)s of %(total)s …") % {"done": _number(act.done), "total": _number(act.total)}
        case State.UNDONE:
            return _undone(act)
        case State.FAILED:
            done = _("%(done)s of %(total)s were done.") % {"done": _number(act.done), "total": _number(act.total)}
            return f"{said(act.failure)} {done}"
        case _:
            return _did(act)


def _doing(act: BulkAct) -> str:
    return {
        Kind.ASSIGN: _("Assigning %(done)s of %(total)s …"),
        Kind.DUE: _("Setting the due date of %(done)s of %(total)s …"),
        Kind.COMMENT: _("Commenting on %(done)s of %(total)s …"),
        Kind.ACCEPT: _("Accepting %(done)s of %(total)s …"),
    }[Kind(act.kind)]


def _did(act: BulkAct) -> str:
    count, number = act.done, _number(act.done)
    asked = act.arguments
    match act.kind:
        case Kind.ASSIGN if asked["assignee"]:
            text = ngettext(
                "%(number)s finding is assigned to %(name)s.", "%(number)s findings are assigned to %(name)s.", count
            )
            return text % {"number": number, "name": asked["name"]}
        case Kind.ASSIGN:
            return ngettext(
                "%(number)s finding is assigned to nobody.", "%(number)s findings are assigned to nobody.", count
            ) % {"number": number}
        case Kind.DUE if asked["due"]:
            text = ngettext("%(number)s finding is due on %(day)s.", "%(number)s findings are due on %(day)s.", count)
            return text % {"number": number, "day": times.day(date.fromisoformat(asked["due"]))}
        case Kind.DUE:
            return ngettext(
                "%(number)s finding has no due date now.", "%(number)s findings have no due date now.", count
            ) % {"number": number}
        case Kind.COMMENT:
            return ngettext(
                "Your comment stands on %(number)s finding.", "Your comment stands on %(number)s findings.", count
            ) % {"number": number}
        case _:
            return ngettext(
                "The risk of %(number)s finding is accepted.", "The risk of %(number)s findings is accepted.", count
            ) % {"number": number}


def _undone(act: BulkAct) -> str:
    kept = bulk.kept(act)
    back = act.done - kept
    text = ngettext(
        "Undone: %(number)s finding is as it was before.", "Undone: %(number)s findings are as they were before.", back
    ) % {"number": _number(back)}
    if not kept:
        return text
    left = ngettext(
        "%(number)s was kept as it is, because somebody changed it since.",
        "%(number)s were kept as they are, because somebody changed them since.",
        kept,
    ) % {"number": _number(kept)}
    return f"{text} {left}"


def _number(count: int) -> str:
    return str(number_format(count, force_grouping=True))
