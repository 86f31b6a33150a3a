"""Pictures of articles: what may come in, what of it is kept, and where it is kept."""

from __future__ import annotations
