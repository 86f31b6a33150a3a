"""`manage.py reseal`, as `rotate_keys` was called while only the addresses of channels were sealed."""

from __future__ import annotations

from secdash.audit.management.commands.rotate_keys import Command

__all__ = ["Command"]
