"""Lists of findings kept under a name: for oneself or for everybody, one of them to begin with."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from secdash.accounts.models import User
from secdash.accounts.roles import Act
from secdash.audit.recording import record
from secdash.facts.message import Message, say
from secdash.findings.models import DefaultView, SavedView

TAKEN = say("You have a view of this name already. Choose another, or replace that view.")
NAMELESS = say("Give the view a name.")
NAME_LENGTH, QUERY_LENGTH = 80, 2000
TOO_LONG = say("A name has at most %(most)s characters.", most=NAME_LENGTH)
TOO_MANY_FILTERS = say("These are more filters than a view can keep. Take some away.")


class CannotSave(Exception):
    """The view stays as it was; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


def save(owner: User, *, name: str, query: str, audience: str, at: datetime) -> SavedView:
    """Keep these filters. Raises CannotSave, and PermissionDenied for somebody who may not share with everybody."""
    view = SavedView(owner=owner, name=_name(name), query=_query(query), audience=audience, created_at=at)
    return _written(view, owner, {})


def change(view: SavedView, *, name: str, audience: str, query: str | None, by: User) -> SavedView:
    """Give one's own view another name, audience or (where `query` is not None) other filters. Raises as `save`."""
    _is_of(view, by)
    before = _told(view)
    view.name, view.audience = _name(name), audience
    if query is not None:
        view.query = _query(query)
    return _written(view, by, before)


def remove(view: SavedView, *, by: User) -> None:
    """Also from everybody whose list begins with it."""
    _is_of(view, by)
    with transaction.atomic():
        record("view.removed", by=by, on=view, before=_told(view))
        view.delete()


def begin_with(user: User, view: SavedView | None) -> None:
    """Let this person's list of findings begin with the view, or with all open findings."""
    if view is None:
        DefaultView.objects.filter(user=user).delete()
    else:
        DefaultView.objects.update_or_create(user=user, defaults={"view": view})


def _written(view: SavedView, by: User, before: dict[str, str]) -> SavedView:
    if view.audience == SavedView.Audience.EVERYBODY and not by.can(Act.SHARE_VIEWS):
        raise PermissionDenied
    try:
        with transaction.atomic():
            view.save()
            act = "view.changed" if before else "view.saved"
            record(act, by=by, on=view, before=before, after=_told(view))
    except IntegrityError as error:
        raise CannotSave(TAKEN) from error
    return view


def _told(view: SavedView) -> dict[str, str]:
    return {"name": view.name, "audience": str(view.audience), "query": view.query}


def _is_of(view: SavedView, user: User) -> None:
    if view.owner_id != user.pk:
        raise PermissionDenied


def _name(typed: str) -> str:
    name = " ".join(typed.replace("\0", "").split())
    if not name:
        raise CannotSave(NAMELESS)
    if len(name) > NAME_LENGTH:
        raise CannotSave(TOO_LONG)
    return name


def _query(query: str) -> str:
    if len(query) > QUERY_LENGTH:
        raise CannotSave(TOO_MANY_FILTERS)
    return query
