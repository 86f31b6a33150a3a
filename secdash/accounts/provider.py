"""The door of another house: whoever its OpenID provider vouches for comes in, and its groups may say their role.

An account that was made here is never taken over because a provider names it alike: its owner connects the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from secdash.accounts import people
from secdash.accounts.models import User
from secdash.accounts.roles import Role
from secdash.audit.recording import record

ID = "oidc"
NOT_IN_NAMES = re.compile(r"[^\w.@+-]+")
LONGEST = 140  # characters of a name, which leaves room for a number


class SignedTokens(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """As django-allauth's, but the identity is always signed, of the issuer we were told of, and about one person."""

    @property
    def openid_config(self) -> dict[str, Any]:
        found: dict[str, Any] = super().openid_config
        if str(found.get("issuer", "")).rstrip("/") != settings.OIDC["settings"]["server_url"]:
            raise OAuth2Error("the discovery document is of another issuer")
        return found

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        login = super().complete_login(request, app, token, **kwargs)
        said = login.account.extra_data
        if said["userinfo"].get("sub") != said["id_token"]["sub"]:
            raise OAuth2Error("userinfo is about somebody else")
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> Any:
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


@login_not_required
@require_POST
def begin(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    return _view(OAuth2LoginView, request)


@login_not_required
@require_safe
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    return _view(OAuth2CallbackView, request)


def _view(kind: Any, request: HttpRequest) -> HttpResponseBase:
    if not settings.OIDC:
        raise Http404
    answer: HttpResponseBase = kind.adapter_view(SignedTokens(request, ID))(request)
    return answer


def meet(request: HttpRequest, sociallogin: Any) -> None:
    """Somebody the provider vouches for: known here already, connecting their account, or new."""
    sociallogin.token = None  # it has served, and a session that waits for a second factor would keep it
    if request.user.is_authenticated:
        return
    said = sociallogin.account.extra_data
    role = role_for({**said.get("id_token", {}), **said.get("userinfo", {})})
    if not sociallogin.is_existing:
        _make(request, sociallogin, role)
    elif role is not None and sociallogin.user.role != role:
        _give(sociallogin.user, role)


def role_for(claims: Mapping[str, Any]) -> Role | None:
    """The strongest role that their groups come to; viewer where none does; None where no mapping is set."""
    if not settings.OIDC_ROLES:
        return None
    groups = claims.get(settings.OIDC_ROLE_CLAIM, [])
    listed = groups if isinstance(groups, list) else str(groups).split()
    found = {settings.OIDC_ROLES[group] for group in map(str, listed) if group in settings.OIDC_ROLES}
    return max(map(Role, found), key=list(Role).index, default=Role.VIEWER)


@transaction.atomic
def _make(request: HttpRequest, sociallogin: Any, role: Role | None) -> None:
    """Without a role from the provider they see nothing until somebody gives them a group."""
    user: User = sociallogin.user
    user.username = free_name((user.username, user.email.partition("@")[0], user.first_name))
    user.role = role or Role.VIEWER
    user.reach = User.Reach.GROUPS if role in (None, Role.VIEWER) else User.Reach.ALL
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    sociallogin.email_addresses = []  # kept on the person's row alone
    sociallogin.save(request)
    record(
        "person.added",
        by=user,
        on=user,
        after={"role": user.role, "reach": user.reach, "through": settings.OIDC["name"]},
    )


def _give(user: User, role: Role) -> None:
    try:
        people.change(user, role=role, reach=User.Reach(user.reach), by=None, at=timezone.now())
    except people.LastAdministrator:
        return
    user.refresh_from_db()


def free_name(wishes: Iterable[str]) -> str:
    """The first wish that makes a name, with a number where somebody has it already."""
    wished = (NOT_IN_NAMES.sub("-", wish).strip("-")[:LONGEST] for wish in wishes)
    name = next((wish for wish in wished if wish), "person")
    taken = set(User.objects.filter(username__istartswith=name).values_list("username", flat=True))
    lowered = {each.lower() for each in taken}
    number = 1
    while (found := name if number == 1 else f"{name}-{number}").lower() in lowered:
        number += 1
    return found
