"""secdash: Docker hosts judged, explained and mended."""

__version__ = "0.1.0"
