"""/settings/account/: one's own name, password, second factor and devices."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from secdash.accounts import factors, people, recovering, sessions
from secdash.accounts.access import member
from secdash.accounts.again import asks_again
from secdash.accounts.forms import NameForm, PasswordForm
from secdash.accounts.models import User
from secdash.accounts.showing import device


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """The button of every page: a cookie keeps it, and for whoever is signed in their account does."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        people.speak(request.user, language)
    return response


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return _page(request, NameForm(instance=member(request)))


@require_POST
def account_name(request: HttpRequest) -> HttpResponse:
    user = member(request)
    form = NameForm(request.POST, instance=user)
    if not form.is_valid():
        return _page(request, form, status=422)
    user.refresh_from_db(fields=["first_name", "last_name", "email", "language"])
    people.rename(user, **form.cleaned_data, by=user, at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("account")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def account_password(request: HttpRequest) -> HttpResponse:
    user = member(request)
    form = PasswordForm(request.POST or None, user=user)
    if form.is_bound and form.is_valid():
        recovering.change(request, user, form.cleaned_data["password"], at=timezone.now())
        messages.success(request, _("Your password is changed. You are signed out everywhere else."))
        return redirect("account")
    return render(request, "account/password.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def account_sessions_end(request: HttpRequest) -> HttpResponse:
    sessions.end_elsewhere(request, member(request))
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account")


@require_POST
def account_session_end(request: HttpRequest, pk: int) -> HttpResponse:
    if not sessions.end_one(member(request), pk):
        raise Http404
    messages.success(request, _("That device is signed out."))
    return redirect("account")


@require_POST
@asks_again
def account_provider_leave(request: HttpRequest) -> HttpResponse:
    """Only where a password is left to sign in with."""
    if people.leave_provider(member(request), at=timezone.now()):
        messages.success(request, _("Disconnected. You sign in with your password."))
    return redirect("account")


def _page(request: HttpRequest, form: NameForm, *, status: int = 200) -> HttpResponse:
    user = member(request)
    own = list(Authenticator.objects.filter(user=user).order_by("pk"))
    context = {
        "form": form,
        "app": next((each for each in own if each.type == Authenticator.Type.TOTP), None),
        "passkeys": [each for each in own if each.type == Authenticator.Type.WEBAUTHN],
        "codes": next((each for each in own if each.type == Authenticator.Type.RECOVERY_CODES), None),
        "is_wanting": factors.is_wanting(user),
        "devices": [(each, device(each.user_agent)) for each in sessions.of(user)],
        "here_key": request.session.session_key,
        "has_password": user.has_usable_password(),
        "provider": settings.OIDC.get("name", ""),
        "is_connected": bool(settings.OIDC) and SocialAccount.objects.filter(user=user).exists(),
    }
    return render(request, "account/account.html", context, status=status)
