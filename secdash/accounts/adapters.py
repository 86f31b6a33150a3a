"""What django-allauth asks us: who may come, from where, where to, and how secrets of second factors are kept."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from secdash import sealing
from secdash.accounts import provider
from secdash.accounts.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str | None) -> bool:
        """This very host alone, not each name that it answers to."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def send_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is mailed from within a request; accounts.tasks mails what is asked for."""


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    def encrypt(self, text: str) -> str:
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Where the key is lost no code is right, as long as it is; another factor, or an administrator, helps."""
        try:
            return sealing.unseal(encrypted_text)
        except sealing.Unreadable:
            raise self.validation_error("incorrect_code") from None

    def build_totp_svg(self, url: str) -> str:
        """The code to scan, as a part of the page: the content security policy allows no data: pictures."""
        import qrcode  # seldom needed, and a quarter of a second
        from qrcode.image.svg import SvgPathImage

        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathImage, border=2).save(drawn)
        return mark_safe(drawn.getvalue().decode().partition("?>")[2])  # noqa: S308 - one path, drawn here

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return _("Passkey")


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def on_authentication_error(self, request: HttpRequest, provider: Any, **_said: Any) -> None:
        """Cancelled, refused, or answered wrongly: the door again, and nothing of what the other side said."""
        messages.error(request, _("Signing in with %(name)s did not work.") % {"name": settings.OIDC["name"]})
        raise ImmediateHttpResponse(redirect("account" if request.user.is_authenticated else "login"))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account")

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        provider.meet(request, sociallogin)
