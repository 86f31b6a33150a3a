"""What facets and their values are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from secdash.accounts.models import User
from secdash.checks.risks import RISKS
from secdash.fleet.access import hosts_for
from secdash.posture.choices import kind_word
from secdash.posture.filtering.facets import ME, NO_DUE, NOBODY, OVERDUE, SOON
from secdash.posture.host import SECTION_NAMES
from secdash.posture.saying import title_of
from secdash.web.saying import said
from secdash.web.words import SEVERITY_WORDS

if TYPE_CHECKING:
    from secdash.posture.filters import Filters

Names = Mapping[str, Mapping[str, str]]  # of hosts and groups, by facet and value


def facet_words() -> dict[str, str]:
    return {
        "severity": pgettext("filter", "severity"),
        "check": pgettext("filter", "check"),
        "cis": pgettext("filter", "CIS section"),
        "risk": pgettext("filter", "risk"),
        "kind": pgettext("filter", "kind"),
        "host": pgettext("filter", "host"),
        "group": pgettext("filter", "group"),
        "tag": pgettext("filter", "tag"),
        "environment": pgettext("filter", "environment"),
        "project": pgettext("filter", "project"),
        "image": pgettext("filter", "image"),
        "assignee": pgettext("filter", "assignee"),
        "due": pgettext("filter", "due date"),
    }


def names_for(user: User, filters: Filters) -> Names:
    """What hosts and groups that the reader may see are called; one query where a filter names any."""
    if not (filters.asks("host") or filters.asks("group")):
        return {}
    rows = list(hosts_for(user).order_by().values_list("slug", "name", "group__slug", "group__name"))
    return {
        "host": {slug: name for slug, name, _group, _called in rows},
        "group": {group: called for _slug, _name, group, called in rows if group},
    }


def value_words(name: str, value: str, names: Names) -> str:
    match name:
        case "severity":
            return str(SEVERITY_WORDS[value])
        case "check":
            return title_of(value)
        case "cis":
            return f"{value} {SECTION_NAMES[value]}" if value in SECTION_NAMES else value
        case "risk":
            return said(RISKS[value].title)
        case "kind":
            return kind_word(value)
        case "assignee":
            return {ME: _("me"), NOBODY: _("nobody")}.get(value, value)
        case "due":
            return due_words()[value]
        case _:
            return names.get(name, {}).get(value, value)


def due_words() -> dict[str, str]:
    return {
        OVERDUE: pgettext("due date", "overdue"),
        SOON: pgettext("due date", "within 7 days"),
        NO_DUE: pgettext("due date", "none"),
    }
