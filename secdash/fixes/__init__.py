"""What would mend it: fixes written as Compose files, command lines and daemon.json. Pure."""

from __future__ import annotations

from secdash.fixes.rendering import Rendered, rebuilt, render, render_all

__all__ = ["Rendered", "rebuilt", "render", "render_all"]
