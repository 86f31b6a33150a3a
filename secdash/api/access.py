"""Fetching tokens with the permission inside."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.api.models import Token, TokenQuerySet


def own_tokens(user: User) -> TokenQuerySet:
    return Token.objects.of_person(user)


def service_tokens(user: User) -> TokenQuerySet:
    """None for whoever may not give programs tokens."""
    found = Token.objects.of_services().select_related("user", "made_by")
    return found if user.can(Act.MANAGE_TOKENS) else found.none()


def token_for(user: User, pk: int) -> Token:
    """One's own, or a service's for whoever manages those. Raises Http404."""
    return get_object_or_404(Token.objects.manageable_by(user).select_related("user"), pk=pk)
