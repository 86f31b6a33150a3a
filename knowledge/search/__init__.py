"""Finding sections of the guide: an index beside the sections, and one ranking for both databases."""

from __future__ import annotations
