"""Many who act at the same moment, in a process and on a database of its own: prints what became of them as JSON.

`python -m tests.knowledge.racing`, with the database, which has its tables, in the environment.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secdash.settings")
django.setup()

from django.db import connection  # noqa: E402 - after the set-up

from knowledge import beginning, life, naming  # noqa: E402
from knowledge.models import Article, ArticleEvent  # noqa: E402
from knowledge.services import publish  # noqa: E402
from secdash.accounts.roles import Role  # noqa: E402
from tests.cast import a_member  # noqa: E402
from tests.knowledge.articles import NOON, a_body, a_published_article  # noqa: E402

MANY = 6
NAMES = [f"article-{number}" for number in range(MANY)]


def race(act: Callable[[int], object]) -> dict[str, int]:
    """What each of many threads came to, counted."""
    came: list[str] = []
    start = threading.Barrier(MANY)

    def one(number: int) -> None:
        try:
            start.wait()
            act(number)
            came.append("done")
        except Exception as refused:  # noqa: BLE001 - its name is the result
            came.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict(Counter(came))


def main() -> None:
    by = a_member(Role.REVIEWER)
    seen = [a_published_article("## A {#a}\n", key=key) for key in NAMES]
    publish(seen[1], body=a_body("## B {#b}\n"), author=by, summary="", base=seen[1].published, at=NOON)
    first = seen[1].revisions.get(number=1)
    place = beginning.Place("I", 5)
    found: dict[str, dict[str, int]] = {}
    found["one key for many"] = race(
        lambda n: naming.rename(seen[n], was=NAMES[n], to="wanted", scope=naming.Scope.ALL, by=by, at=NOON)
    )
    wanted = Article.objects.get(key="wanted")
    found["many keys for one"] = race(
        lambda n: naming.rename(wanted, was="wanted", to=f"k{n}", scope=naming.Scope.ALL, by=by, at=NOON)
    )
    found["begun"] = race(
        lambda n: beginning.begin(key="new-one", language="en", title="T", summary="S", place=place, by=by, at=NOON)
    )
    base = Article.objects.get(pk=seen[1].pk).published
    found["reverted"] = race(lambda n: life.revert(seen[1], to=first, base=base, by=by, at=NOON, summary="Back"))
    found["removed"] = race(lambda n: life.remove(seen[2], why="x", by=by, at=NOON))
    found["restored"] = race(lambda n: life.restore(seen[2], by=by, at=NOON))
    found["on record"] = dict(Counter(ArticleEvent.objects.values_list("kind", flat=True)))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
