"""The command line of the guide."""

from __future__ import annotations
