"""What findings tell the rooms above them, which they do not know."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction: which findings are accepted changed without a scan, and with that these hosts' scores.
# `hosts`: ids; `at`: when; `begun` and `ended`: how many findings became accepted and returned, by host's id.
acceptances_changed = Signal()
