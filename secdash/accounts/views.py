"""The door: sign in, sign out, and the welcome page behind a one-time link."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator


@method_decorator(login_not_required, name="dispatch")
class Welcome(auth.PasswordResetConfirmView):
    """Choose a password and be signed in. The link is good for one password."""

    template_name = "registration/welcome.html"
    post_reset_login = True
    success_url = reverse_lazy("overview")


login = auth.LoginView.as_view(redirect_authenticated_user=True)
logout = auth.LogoutView.as_view()
welcome = Welcome.as_view()
