"""The action bar of the list: what the reader may do with what they chose."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.findings.bulk_kinds import ACTS
from secdash.findings.models import BulkAct
from secdash.fleet.access import acts_somewhere

RESCAN = "rescan"


class Button(NamedTuple):
    """`key` is the single key that presses it."""

    act: str
    label: Promise
    icon: str
    needs: Act
    key: str = ""


BUTTONS = (
    Button(BulkAct.Kind.ASSIGN, _("Assign"), "user", Act.TRIAGE, "a"),
    Button(BulkAct.Kind.DUE, _("Set due date"), "clock", Act.TRIAGE, "d"),
    Button(BulkAct.Kind.COMMENT, _("Comment"), "comment", Act.DISCUSS, "c"),
    Button(BulkAct.Kind.ACCEPT, _("Accept risk"), "accepted", Act.ACCEPT_RISK, "r"),
    Button(RESCAN, _("Rescan hosts"), "scan", Act.SCAN),
)


def buttons_for(user: User) -> list[Button]:
    """What they may do on some host; what was chosen on others is left out when it is done."""
    may = acts_somewhere(user)
    return [button for button in BUTTONS if (button.act == RESCAN or button.act in ACTS) and button.needs in may]


def heading(kind: str, count: int) -> str:
    """What the form that asks for the rest of an act is called."""
    texts = {
        BulkAct.Kind.ASSIGN: ngettext("Assign %(number)s finding", "Assign %(number)s findings", count),
        BulkAct.Kind.DUE: ngettext(
            "Set the due date of %(number)s finding", "Set the due date of %(number)s findings", count
        ),
        BulkAct.Kind.COMMENT: ngettext("Comment on %(number)s finding", "Comment on %(number)s findings", count),
        BulkAct.Kind.ACCEPT: ngettext(
            "Accept the risk of %(number)s finding", "Accept the risk of %(number)s findings", count
        ),
    }
    return texts[BulkAct.Kind(kind)] % {"number": number_format(count, force_grouping=True)}
