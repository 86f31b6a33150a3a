"""secdash: Docker hosts judged, explained and mended."""

from __future__ import annotations

__version__ = "0.1.0"
