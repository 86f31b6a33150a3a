"""What a web process does before its first request: it loads what requests need, and has the collector pass it over.

Modules, addresses and templates are half a million objects that never become garbage. Walking all of them costs some
200 ms, in the middle of whichever request is unlucky; frozen, they are not walked any more.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.urls import reverse

from secdash import YOUNG


def settle() -> None:
    """Once, when the application is loaded, in each process that serves requests."""
    load()
    freeze()


def freeze() -> None:
    """What is there now is never garbage: the collector passes it over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


def load() -> None:
    """All addresses with their views, and all templates where they are kept once read."""
    reverse("health-ready")
    for engine in engines.all():
        if isinstance(engine, DjangoTemplates) and not engine.engine.debug:
            for name in _names(engine):
                engine.get_template(name)


def _names(engine: DjangoTemplates) -> Iterator[str]:
    for folder in map(Path, engine.engine.dirs):
        yield from sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))
