"""The words and links of the list of findings: groups, orders, values that narrow it, people, due dates, acts."""

from __future__ import annotations

from datetime import date

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from secdash.findings.models import Finding
from secdash.posture.acts_said import act_said
from secdash.posture.capped import Capped
from secdash.posture.filtering.facets import NOBODY
from secdash.posture.filters import Filters
from secdash.posture.groups import Group
from secdash.web import icons, times
from secdash.web.templatetags.signs import avatar

register = template.Library()
register.simple_tag(act_said)

NOTHING = mark_safe('<span class="dim">–</span>')


@register.filter(name="capped")
def capped_or_none(number: Capped | None) -> str | None:
    """For a tab: None where nothing was counted."""
    return None if number is None else capped(number)


@register.simple_tag
def capped(number: Capped) -> str:
    """1,204, or 10,000+ where the counting stopped."""
    return f"{number_format(number.number, force_grouping=True)}{'+' if number.more else ''}"


@register.simple_tag
def in_groups(by: str, count: int, more: bool) -> str:
    """of 12 checks, on 3 hosts …"""
    texts = {
        "check": ngettext("of %(count)s check", "of %(count)s checks", count),
        "host": ngettext("on %(count)s host", "on %(count)s hosts", count),
        "image": ngettext("of %(count)s image", "of %(count)s images", count),
        "project": ngettext("in %(count)s project", "in %(count)s projects", count),
        "assignee": ngettext("of %(count)s assignee", "of %(count)s assignees", count),
    }
    return texts[by] % {"count": f"{count}+" if more else count}


@register.simple_tag
def by_word(by: str) -> str:
    return {
        "check": pgettext("group by", "check"),
        "host": pgettext("group by", "host"),
        "image": pgettext("group by", "image"),
        "project": pgettext("group by", "project"),
        "assignee": pgettext("group by", "assignee"),
    }[by]


@register.simple_tag
def sort_word(sort: str) -> str:
    return {
        "worst": _("Worst first"),
        "newest": _("Newest first"),
        "oldest": _("Oldest first"),
        "most": _("Most findings first"),
    }[sort]


@register.simple_tag
def group_label(group: Group) -> str:
    """Its name, or what it is that its findings lack."""
    lacking = {"image": _("without an image"), "project": _("without a project"), "assignee": _("nobody’s")}
    if not group.key or (group.by == "assignee" and group.key == NOBODY):
        return lacking[group.by]
    return group.label


@register.simple_tag
def narrowed(filters: Filters, name: str, value: str) -> str:
    """The address of the list with this one value of a facet."""
    return f"{reverse('findings')}?{filters.only_with(name, value).query()}"


@register.simple_tag
def narrowing(filters: Filters, name: str, value: str, label: str = "") -> SafeString:
    """A value in a cell that leads to the list of it alone; names of machines are data and escaped."""
    if not value:
        return NOTHING
    shown = label or value
    title = _("Show only %(value)s") % {"value": shown}
    return format_html(
        '<a class="m clip cell-value" href="{}" title="{}">{}</a>', narrowed(filters, name, value), title, shown
    )


@register.simple_tag
def assigned(filters: Filters, finding: Finding) -> SafeString:
    """Whose it is, as a disc that leads to all of theirs; it says the name to those who do not see it."""
    person = finding.assignee
    name = person.display_name if person else ""
    url = narrowed(filters, "assignee", person.get_username() if person else NOBODY)
    word = name or _("nobody")
    return format_html(
        '<a class="quiet whose" href="{}" title="{}">{}<span class="vh">{}</span></a>', url, word, avatar(name), word
    )


@register.simple_tag
def due(finding: Finding) -> SafeString:
    """Its last day in time, marked with a sign and a word when it is over."""
    day: date | None = finding.due_on
    if day is None:
        return NOTHING
    today = timezone.now().date()
    written = times.short_day if day.year == today.year else times.day
    text = format_html('<time datetime="{}">{}</time>', day.isoformat(), written(day))
    if not finding.is_overdue(today):
        return text
    sign = icons.draw("warn", small=True)
    return format_html('<span class="state late">{}{} {}</span>', sign, pgettext("due date", "overdue"), text)
