"""Run as a program on the database of the environment: two writers press at the same moment, again and again.

Prints, as JSON, every text that was typed and every text that is found again.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from threading import Barrier, Thread

import django

django.setup()

from django.db import connection  # noqa: E402 - after the set-up
from django.utils import timezone  # noqa: E402

from knowledge import proposing  # noqa: E402
from knowledge.models import Article, Proposal, ProposalText, Revision  # noqa: E402
from secdash.accounts.models import User  # noqa: E402
from secdash.accounts.roles import Role  # noqa: E402
from tests.knowledge.articles import a_body, a_published_article  # noqa: E402


class Writer(Thread):
    """Types a new text each round and presses save and publish together with the other."""

    def __init__(self, name, user, rounds, together):
        super().__init__()
        self.label, self.user, self.rounds, self.together = name, user, rounds, together
        self.typed, self.outcomes, self.failure = [], [], None

    def run(self):
        try:
            for number in range(self.rounds):
                self.round(number)
        except Exception as failure:  # noqa: BLE001 - reported by the test
            self.failure = repr(failure)
            self.together.abort()
        finally:
            connection.close()

    def round(self, number):
        article = Article.objects.with_text().get(key="limits")
        text = a_body(f"{self.label} in round {number}.\n")
        self.typed.append(text)
        self.together.wait(60)
        proposal = proposing.start(article, by=self.user, at=timezone.now())
        seen = 0  # what both tabs saw when they were opened
        saved = proposing.save(proposal, body=text, summary="Round", edits=seen, at=timezone.now())
        self.outcomes.append("kept" if saved.kept else self.press(number, proposal))
        self.together.wait(60)
        if (left := proposing.standing_of(article, self.user)) is not None:
            self.give_up(left)
        self.together.wait(60)

    def press(self, number, proposal):
        try:
            if number % 2:
                proposing.send(proposal, by=self.user, at=timezone.now())
                return "sent"
            proposing.publish_directly(proposal, by=self.user, at=timezone.now())
        except proposing.Conflict:
            return "conflict"
        except proposing.Closed:
            return "closed"
        return "published"

    def give_up(self, proposal):
        with suppress(proposing.Closed):
            proposing.withdraw(proposal, by=self.user, at=timezone.now())


def main(rounds, people):
    """With one person, it is two tabs; with two, two people."""
    a_published_article("Begin.\n")
    users = [User.objects.create(username=f"writer-{n}", role=Role.REVIEWER) for n in range(people)]
    together = Barrier(2)
    writers = [Writer(f"Writer {n}", users[n % people], rounds, together) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = {
        body for kind in (Revision, Proposal, ProposalText) for body in kind.objects.values_list("body", flat=True)
    }
    print(  # noqa: T201 - the answer
        json.dumps(
            {
                "typed": [text for writer in writers for text in writer.typed],
                "found": sorted(found),
                "outcomes": [outcome for writer in writers for outcome in writer.outcomes],
                "failures": [writer.failure for writer in writers if writer.failure],
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
