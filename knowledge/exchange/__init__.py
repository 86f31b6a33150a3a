"""The guide in and out: Markdown as people write it becomes articles, articles become a directory or Git commits."""

from __future__ import annotations
