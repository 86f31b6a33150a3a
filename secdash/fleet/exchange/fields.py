"""What a line of such a file says, in this order."""

from __future__ import annotations

FIELDS = ("name", "kind", "address", "group", "tags", "environment", "owner", "interval", "files", "images")
NEEDED = frozenset({"name", "kind", "address"})
