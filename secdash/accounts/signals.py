"""What rooms above hear of people."""

from __future__ import annotations

from django.dispatch import Signal

# `invitation` and `user`, in the transaction that makes the person: the fleet gives the roles in groups.
invitation_accepted = Signal()
