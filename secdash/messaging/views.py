"""The inbox, and the settings of messages."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from secdash.accounts.access import member
from secdash.messaging import access, channels, inbox, mail
from secdash.messaging.forms import ChannelEditForm, ChannelForm, RuleForm
from secdash.messaging.models import Channel, Notice, Rule
from secdash.messaging.showing import LAST_DELIVERIES, rule_lines, with_outcome
from secdash.web.saying import said

PAGE = 50


# --- inbox --------------------------------------------------------------------------------------------------------


@require_safe
def inbox_page(request: HttpRequest) -> HttpResponse:
    user = member(request)
    notices = Notice.objects.of(user).unread_first()
    page = Paginator(notices, PAGE).get_page(request.GET.get("page"))
    return render(request, "messaging/inbox.html", {"page": page, "days": settings.KEEP_MESSAGES})


@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """One notice, by its id, or all; back to the inbox, or to what the notice tells of."""
    user = member(request)
    one = request.POST.get("notice", "")
    number = inbox.mark_read(user, int(one) if one.isdecimal() else None, at=timezone.now())
    if not one.isdecimal():
        messages.success(
            request,
            ngettext("%(n)d notice is marked as read.", "%(n)d notices are marked as read.", number) % {"n": number},
        )
    return redirect("inbox")


# --- channels -----------------------------------------------------------------------------------------------------


@require_safe
def messages_page(request: HttpRequest) -> HttpResponse:
    """The settings; whoever looks at them before the first tick gets their inbox now."""
    user = member(request)
    inbox.open_for(user, at=timezone.now())
    found = with_outcome(access.channels_for(user))
    context = {
        "mine": [each for each in found if each.owner_id == user.pk],
        "shared": [each for each in found if each.owner_id is None],
        "may_manage": access.may_manage(user),
        "has_mail": mail.is_set_up(),
    }
    return render(request, "messaging/messages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def channel_add(request: HttpRequest) -> HttpResponse:
    user = member(request)
    form = ChannelForm(
        request.POST or None, user=user, initial={"language": request.LANGUAGE_CODE, "belongs": request.GET.get("for")}
    )
    if form.is_bound and form.is_valid():
        try:
            made = channels.add(**form.values(), by=user, at=timezone.now())
        except channels.Refused as refused:
            form.add_error(None, said(refused.message))
        else:
            messages.success(
                request, _("The channel %(name)s is saved. Now say what it is told of.") % {"name": made.name}
            )
            return _secret_once(request, made) or redirect("rule-add", made.pk)
    context = {"form": form, "may_manage": access.may_manage(user), "has_mail": mail.is_set_up()}
    return render(request, "messaging/channel_add.html", context, status=422 if form.is_bound else 200)


@sensitive_variables()
def _secret_once(request: HttpRequest, made: Channel) -> HttpResponse | None:
    """In the answer to the form itself, and nowhere after; None for channels that sign nothing."""
    secret = channels.secret_of(made)
    if not secret:
        return None
    response = render(request, "messaging/channel_secret.html", {"channel": made, "secret": secret})
    add_never_cache_headers(response)
    return response


@require_safe
def channel(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    found = access.channel_for(user, pk)
    rules = found.rules.select_related("host", "group", "tag")
    context = {
        "channel": found,
        "rules": [(rule, rule_lines(rule, user)) for rule in rules],
        "deliveries": found.deliveries.newest_first()[:LAST_DELIVERIES],
        "has_mail": mail.is_set_up(),
    }
    return render(request, "messaging/channel.html", context)


@require_safe
def channel_deliveries(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that the channel's page asks for while a message is under way."""
    found = access.channel_for(member(request), pk)
    deliveries = found.deliveries.newest_first()[:LAST_DELIVERIES]
    return render(request, "messaging/_deliveries.html", {"channel": found, "deliveries": deliveries})


@require_http_methods(["GET", "HEAD", "POST"])
def channel_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    found = access.channel_for(user, pk)
    form = ChannelEditForm(request.POST or None, channel=found)
    if form.is_bound and form.is_valid():
        channels.change(found, **form.values(), by=user, at=timezone.now())
        messages.success(request, _("The channel %(name)s is saved.") % {"name": found.name})
        shown = _secret_once(request, found) if form.values()["address"] else None
        return shown or redirect("channel", pk)
    status = 422 if form.is_bound else 200
    return render(request, "messaging/channel_edit.html", {"form": form, "channel": found}, status=status)


@require_POST
def channel_test(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    try:
        channels.test(access.channel_for(user, pk), by=user, at=timezone.now())
    except channels.Refused as refused:
        messages.error(request, said(refused.message))
    return redirect("channel", pk)


@require_POST
def channel_pause(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.channel_for(member(request), pk)
    if request.POST.get("do") == "resume":
        channels.resume(found, by=member(request), at=timezone.now())
    else:
        channels.pause(found, by=member(request), at=timezone.now())
    return redirect("channel", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def channel_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = access.channel_for(member(request), pk)
    if found.is_inbox:
        messages.error(request, _("An inbox cannot be removed. Remove its rules, or pause it."))
        return redirect("channel", pk)
    if request.method == "POST":
        channels.remove(found, by=member(request), at=timezone.now())
        messages.success(request, _("The channel %(name)s is removed.") % {"name": found.name})
        return redirect("messages")
    return render(request, "messaging/channel_remove.html", {"channel": found})


@require_http_methods(["GET", "HEAD", "POST"])
def channel_confirm(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Opening the link only asks: programs that look through mail open links too."""
    found = access.channel_for(member(request), pk)
    if request.method != "POST":
        return render(request, "messaging/channel_confirm.html", {"channel": found})
    if channels.confirm(found, token, by=member(request), at=timezone.now()):
        messages.success(request, _("The address is confirmed."))
    else:
        messages.error(request, _("This link is too old, or the address was changed since. Save the address again."))
    return redirect("channel", pk)


# --- rules --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def rule_add(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    found = access.channel_for(user, pk)
    form = RuleForm(request.POST or None, channel=found, user=user)
    return _rule(request, form, found, None)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    rule = access.rule_for(user, pk)
    form = RuleForm(request.POST or None, channel=rule.channel, user=user, rule=rule)
    return _rule(request, form, rule.channel, rule)


def _rule(request: HttpRequest, form: RuleForm, found: Channel, rule: Rule | None) -> HttpResponse:
    if form.is_bound and form.is_valid():
        channels.save_rule(found, rule, form.values(), by=member(request), at=timezone.now())
        messages.success(request, _("The rule is saved."))
        return redirect("channel", found.pk)
    context = {"form": form, "channel": found, "rule": rule}
    return render(request, "messaging/rule.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = member(request)
    rule = access.rule_for(user, pk)
    if request.method == "POST":
        channels.remove_rule(rule, by=member(request), at=timezone.now())
        messages.success(request, _("The rule is removed."))
        return redirect("channel", rule.channel_id)
    return render(request, "messaging/rule_remove.html", {"rule": rule, "lines": rule_lines(rule, user)})
