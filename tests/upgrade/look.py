"""`python -m tests.upgrade.look`: the figures of a database, and how its pages answer, as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from tests.upgrade.figures import figures

PLAIN = (
    "overview", "findings", "acceptances", "policy", "audit", "hosts", "checks", "benchmark", "threats", "causes",
    "trends", "trends-data", "why-moved", "as-of", "reports", "papers", "inbox", "messages", "tokens", "people",
    "health", "groups", "maintenance", "guide-changes", "proposals", "pictures", "guide-work", "search",
)  # fmt: skip


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "secdash.settings"
    import django

    django.setup()
    from tests.cast import signed_in

    client = signed_in("administrator")
    client.defaults["SERVER_NAME"] = "127.0.0.1"
    answers = {url: client.get(url).status_code for url in urls()}
    print(json.dumps({"figures": figures(), "answers": answers}))  # noqa: T201 - its one purpose


def urls() -> Iterator[str]:
    from django.urls import reverse

    from knowledge.models import Article, Proposal
    from secdash.findings.models import Acceptance, BulkAct, Finding, Receipt
    from secdash.fleet.models import Host
    from secdash.messaging.models import Channel

    yield from map(reverse, PLAIN)
    named = {"finding": Finding, "acceptance": Acceptance, "receipt": Receipt, "bulk-act": BulkAct, "channel": Channel,
             "proposal": Proposal}  # fmt: skip
    for name, model in named.items():
        yield from (reverse(name, args=[pk]) for pk in model.objects.order_by("pk").values_list("pk", flat=True)[:2])
    for slug in Host.objects.values_list("slug", flat=True):
        yield from (reverse(name, args=[slug]) for name in ("host", "host-timeline"))
    for language, key in Article.objects.values_list("language", "key"):
        yield from (reverse(name, args=[language, key]) for name in ("article", "article-history"))


if __name__ == "__main__":
    main()
