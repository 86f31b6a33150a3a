"""The guide's pages."""

from __future__ import annotations
