"""What findings tell the rooms above them, which they do not know."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside the transaction: which findings are accepted changed without a scan, and with that these hosts' scores.
# `hosts`: ids; `at`: when; `begun` and `ended`: how many findings became accepted and returned, by host's id.
acceptances_changed = Signal()

# What people's inboxes tell. Sent inside the transaction that does it, with the time as `at`; ids where there may be
# many. Whoever receives them decides who may know.
#
# Somebody is named in a comment. `comment`: the Comment, saved; `users`: the ids of those newly named in it.
mentioned = Signal()
# Findings were assigned. `findings`: their ids; `assignee`: the User; `by`: the User who did it. In chunks of one act
# `at` is the same, so that they are told as one.
assigned = Signal()
# An acceptance waits for a second person. `acceptance`: the Acceptance, saved, in the state WAITING.
approval_asked = Signal()
# Somebody approved or refused it. `acceptance`: the Acceptance as it is now (its `decided_by` and `state` say what).
approval_decided = Signal()
# A bulk act is over: done, failed or undone. `act`: the BulkAct as it is now.
bulk_finished = Signal()
