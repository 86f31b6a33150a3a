"""secdash: Docker hosts judged, explained and mended."""

from __future__ import annotations

import gc

__version__ = "0.1.0"

# A start loads half a million objects that stay, a page makes and drops tens of thousands: at Python's 700 the
# collector walks them again and again, which is a tenth of a start.
YOUNG = 10_000
gc.set_threshold(YOUNG)
