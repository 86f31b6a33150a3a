"""What the embedded default runs: the steps before, and the children."""

from __future__ import annotations

import sys
from pathlib import Path

from django.conf import settings

from secdash.embedded import place

THREADS = 8
# Celery warns whoever runs it as root; on one machine that is whoever typed the command.
ROOT_IS_MEANT = "ignore:You're running the worker with superuser privileges"
WORKERS = 2
LAST_ANSWERS = 3  # seconds that requests under way are given when everything stops


def preparations(*, demo: bool) -> list[list[str]]:
    """Words for manage.py, in order; each is safe to repeat."""
    steps = [["migrate", "--verbosity", "0"], ["load_guide"], ["register_local"]]
    return [*steps, ["load_samples"]] if demo else steps


def worker() -> list[str]:
    """One Celery worker with beat inside: right for exactly one process."""
    schedule = settings.DATA / "beat-schedule"
    return [
        sys.executable, "-W", ROOT_IS_MEANT, "-m", "celery", "--quiet", "-A", "secdash", "worker",
        "--beat", "--schedule", str(schedule),
        "--concurrency", str(WORKERS), "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def watcher() -> list[str]:
    """Listens to the Engines of the hosts, all in one process."""
    return manage(["watch"])


def web() -> list[str]:
    return [
        *_module("gunicorn"), "secdash.wsgi:application", "--bind", place.bind(),
        "--workers", "1", "--threads", str(THREADS), "--log-level", "warning", "--worker-tmp-dir", str(shm()),
        "--graceful-timeout", str(LAST_ANSWERS),
    ]  # fmt: skip


def shm() -> Path:
    """gunicorn's heartbeat file must not wait for a disk."""
    shared = Path("/dev/shm")  # noqa: S108 - memory, not a place for data
    return shared if shared.is_dir() else settings.DATA


def manage(words: list[str]) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]
