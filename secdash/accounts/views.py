"""The door: sign in, sign out, and the welcome page behind a one-time link."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from secdash.accounts import carrying

LONG = 100  # characters: what is shorter is typed again soon


@method_decorator(login_not_required, name="dispatch")
class Welcome(auth.PasswordResetConfirmView):
    """Choose a password and be signed in. The link is good for one password."""

    template_name = "registration/welcome.html"
    post_reset_login = True
    success_url = reverse_lazy("overview")


class SignIn(auth.LoginView):
    """Whoever was sent here with a text in hand (`carrying`) keeps it."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "username" not in request.POST:
            return self.render_to_response(self.get_context_data(form=self.form_class(request)))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        answer = super().form_valid(form)
        if carried := carrying.fields(self.request):
            carrying.keep(self.request, self.get_success_url(), carried)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(carried=carrying.fields(self.request), **kwargs)


def form_out_of_date(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Of a form of our own pages, the long texts are shown, so that they can be copied."""
    ours = request.headers.get("sec-fetch-site") == "same-origin"
    sent = [value for value in carrying.fields(request).values() if len(value) > LONG] if ours else []
    return render(request, "403_csrf.html", {"sent": sent}, status=403)


login = SignIn.as_view()
logout = auth.LogoutView.as_view()
welcome = Welcome.as_view()
