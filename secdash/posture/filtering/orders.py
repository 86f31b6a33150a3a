"""How the list is grouped and sorted."""

from __future__ import annotations

BYS = ("check", "host", "image", "project", "assignee")
SORTS = ("worst", "newest", "oldest", "most")
COLUMNS = {
    "check": "check_name",
    "host": "host__slug",
    "image": "image",
    "project": "project",
    "assignee": "assignee__username",
}
