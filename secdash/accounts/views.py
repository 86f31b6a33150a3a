"""The door: sign in and out, the pages behind one-time links, a password forgotten."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from secdash.accounts import carrying, entering, inviting, mail, recovering, tasks
from secdash.accounts.forms import AcceptForm, ForgottenForm, SignInForm
from secdash.accounts.models import User

LONG = 100  # characters: what is shorter is typed again soon


@method_decorator(login_not_required, name="dispatch")
class Welcome(auth.PasswordResetConfirmView):
    """Choose a password and be signed in, once a second factor has been given. The link is good for one password."""

    template_name = "account/welcome.html"

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        recovering.set_by_link(form.user, form.cleaned_data["new_password1"], at=timezone.now())
        del self.request.session["_password_reset_token"]
        return entering.enter(self.request, form.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_known = isinstance(self.user, User) and self.user.has_usable_password()
        return super().get_context_data(is_known=is_known, **kwargs)


class SignIn(LoginView):  # type: ignore[misc]
    """Whoever was sent here with a text in hand (`carrying`) keeps it."""

    form_class = SignInForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "username" not in request.POST:
            answer: HttpResponse = self.render_to_response(self.get_context_data(form=self.form_class(request=request)))
        else:
            answer = super().post(request, *args, **kwargs)
        return answer

    def form_valid(self, form: SignInForm) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        if carried := carrying.fields(self.request):
            carrying.keep(self.request, self.get_success_url() or resolve_url(settings.LOGIN_REDIRECT_URL), carried)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(carried=carrying.fields(self.request), **kwargs)
        return {**found, "provider": settings.OIDC.get("name", ""), "has_mail": mail.is_set_up()}


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a name and a password, once."""
    now = timezone.now()
    invitation = inviting.find(token, at=now)
    if invitation is None:
        return render(request, "account/invited.html", status=410)
    form = AcceptForm(request.POST or None, instance=User(email=invitation.email))
    if form.is_bound and form.is_valid():
        try:
            user = inviting.accept(invitation, form.save(commit=False), password=form.cleaned_data["password"], at=now)
        except inviting.UsedUp:
            return render(request, "account/invited.html", status=410)
        return entering.enter(request, user)
    return render(
        request, "account/invited.html", {"form": form, "invitation": invitation}, status=422 if form.is_bound else 200
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. The answer is the same for every name."""
    form = ForgottenForm(request.POST or None)
    if mail.is_set_up() and form.is_bound and form.is_valid():
        tasks.mail_reset.delay(form.cleaned_data["name"], get_language() or "en")
        messages.success(request, _("If there is such an account, with an address, a link is on its way to it."))
        return redirect("login")
    return render(request, "account/forgotten.html", {"form": form, "has_mail": mail.is_set_up()})


@login_not_required
def closed(request: HttpRequest) -> HttpResponse:
    """Of somebody who proved who they are, and whose account is deactivated."""
    return render(request, "account/closed.html", status=403)


def form_out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Of a form of our own pages, the long texts are shown, so that they can be copied."""
    ours = request.headers.get("sec-fetch-site") == "same-origin"
    sent = [value for value in carrying.fields(request).values() if len(value) > LONG] if ours else []
    return render(request, "403_csrf.html", {"sent": sent}, status=403)


login = SignIn.as_view()
logout = login_not_required(auth.LogoutView.as_view())
welcome = Welcome.as_view()
