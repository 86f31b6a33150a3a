"""What finding in the guide costs: queries over 37 shipped articles in 2 languages, then over ten times that text.

Run as `python -m bench.search`; with DATABASE_URL set, on that (empty) database. The floor is `SELECT 1` in the same
run. The budget is 100 ms (median) for what is offered as one types, and less than ten times as much on ten times the
text.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial

from bench.figures import verdict

ROUNDS = 9
TIMES = 10
BUDGET_MS = 100
QUERIES = (
    "memory limit", "docker", "docker.sock", "no-new-privileges", "how to drop capabilities", "userns re",
    '"docker group"', "zebra memory",
)  # fmt: skip


def prepare(folder: str) -> None:
    """Django on a database of its own, with the guide; before anything else of the product is imported."""
    os.environ.update({"SECDASH_DATA": folder, "DJANGO_SETTINGS_MODULE": "secdash.settings"})
    os.environ.pop("REDIS_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    call_command("load_guide", verbosity=0)
    print(f"rendered and indexed in {time.perf_counter() - begun:.1f} s")


def multiply() -> None:
    """Every article again and again under another key: as many words more, in the same proportions."""
    from django.db import transaction

    from knowledge.models import Article, IndexedSection, Section

    for article in list(Article.objects.all()):
        key = article.key
        rows = list(IndexedSection.objects.filter(section__article=article).select_related("section"))
        for number in range(1, TIMES):
            article.pk, article.key = None, f"{key}-{number}"
            with transaction.atomic():
                article.save()
                for row in rows:
                    row.pk, row.section.pk, row.section.article = None, None, article
                Section.objects.bulk_create(row.section for row in rows)
                for row in rows:
                    row.section_id = row.section.pk
                IndexedSection.objects.bulk_create(rows)


def median(act: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def select_one() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchall()


def measure() -> dict[str, float]:
    from knowledge.search.finding import find

    return {query: median(partial(find, query, "en", most=4)) for query in QUERIES}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from knowledge.models import IndexedSection

        sections, floor, once = IndexedSection.objects.count(), median(select_one), measure()
        multiply()
        print(f"{sections} sections, then {IndexedSection.objects.count()}; floor (SELECT 1) {floor:.2f} ms")
        print(f"{'query':<28}{'median':>10}{'x floor':>9}{f'{TIMES} x text':>12}{'growth':>8}")
        over = 0
        for query, many in measure().items():
            good = once[query] < BUDGET_MS and many < TIMES * once[query]
            over += not good
            ratio, growth = once[query] / floor, many / once[query]
            print(
                f"{query:<28}{once[query]:>8.1f}ms{ratio:>9.0f}{many:>10.1f}ms{growth:>8.1f}{'' if good else '  over'}"
            )
    return verdict(kept=not over)


if __name__ == "__main__":
    sys.exit(main())
