"""What the guide costs on the server: an article with ten live blocks, its one request for them, the longest article.

Run as `python -m bench.guide`, on 50 hosts × 40 containers. The floor is /healthz. The budget is 150 ms (median of warm
requests) for a page and for its live blocks; 80 ms for rendering the longest article from its source. The two pages
that read the whole guide have no budget; they are measured to be seen.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice

from bench.figures import verdict
from bench.pages import CONTAINERS, HOSTS, ROUNDS, Cost, measure, populate, prepare

BUDGET_MS, RENDER_MS, BLOCKS = 150, 80, 10
WHOLE = ("/guide/en/whole/", "/guide/work/")
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def publish_blocks() -> list[str]:
    """An article of ten checks that most containers fail, and the names of the checks."""
    from knowledge.models import Article, Explains
    from knowledge.services import publish
    from secdash.findings.models import Finding

    found = Finding.objects.open().filter(subject_kind="container").order_by("check_name")
    names = list(islice(found.values_list("check_name", flat=True).distinct(), BLOCKS))
    Explains.objects.filter(check_name__in=names, language="en").delete()
    body = "---\ntitle: Ten blocks\norder: 9999\nsummary: Ten blocks.\n---\n\nLead.\n\n" + "\n\n".join(
        f"## {name} {{#{name}}}\n\n::: check {name}\n\n### See {{#{name}-see}}\n\n```sh\ndocker inspect CONTAINER\n```"
        for name in names
    )
    article = Article.objects.create(key="ten-blocks", language="en")
    publish(article, body=body, author=None, summary="", base=None, at=NOON)
    return names


def rendering() -> tuple[str, float]:
    """The longest shipped article, and the median milliseconds of rendering it."""
    from knowledge import shipped
    from knowledge.rendering import render
    from secdash.checks import CATALOGUE

    longest = max((one for lang in shipped.LANGUAGES for one in shipped.articles(lang)), key=lambda one: len(one.body))
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        render(longest.body, checks=CATALOGUE)
        taken.append((time.perf_counter() - begun) * 1000)
    return f"{longest.language}/{longest.key}", statistics.median(taken)


def addresses(names: list[str]) -> list[str]:
    from knowledge import claims, shipped

    most = max(shipped.articles("en"), key=lambda one: len(claims.claims(one.body)))
    together = ",".join(claims.claims(most.body))
    return [
        "/guide/en/ten-blocks/",
        f"/live/?lang=en&checks={','.join(names)}",
        f"/guide/en/{most.key}/",
        f"/live/?lang=en&checks={together}",
        "/guide/en/",
        *WHOLE,
    ]


def row(url: str, cost: Cost) -> str:
    times = f"{cost.first:>7.1f}ms{cost.median:>7.1f}ms{cost.processor:>9.1f}ms"
    return f"{url[:57]:<58}{cost.status:>7}{times}{cost.queries:>9}"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from django.test import Client

        from secdash.accounts.services import first_administrator

        populate()
        urls = addresses(publish_blocks())
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(first_administrator())
        fragments = Client(SERVER_NAME="127.0.0.1", headers={"hx-request": "true"})
        fragments.force_login(first_administrator())
        name, taken = rendering()
        over = taken > RENDER_MS
        print(f"{HOSTS} hosts × {CONTAINERS} containers; rendering {name}: {taken:.1f} ms")
        print(f"{'page':<58}{'status':>7}{'first':>9}{'median':>9}{'processor':>11}{'queries':>9}")
        for url in ["/healthz", *urls]:
            cost = measure(fragments if "/live/" in url else client, url)
            good = cost.status == 200 and (cost.median < BUDGET_MS or url in WHOLE)
            over = over or not good
            print(row(url, cost) + ("" if good else "  over"))
    return verdict(kept=not over)


if __name__ == "__main__":
    sys.exit(main())
