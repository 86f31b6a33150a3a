"""The guide: articles, their revisions, and the checks that their sections explain."""

from __future__ import annotations
