"""What the embedded default runs: the steps before, and the children."""

from __future__ import annotations

import sys
from pathlib import Path

from django.conf import settings

from secdash.environment import setting

THREADS = 8
WORKERS = 2


def preparations(*, demo: bool) -> list[list[str]]:
    """Words for manage.py, in order; each is safe to repeat."""
    steps = [["migrate", "--verbosity", "0"], ["load_guide"], ["register_local"]]
    return [*steps, ["load_samples"]] if demo else steps


def worker() -> list[str]:
    """One Celery worker with beat inside: right for exactly one process."""
    schedule = settings.DATA / "beat-schedule"
    return [
        *_module("celery"), "--quiet", "-A", "secdash", "worker", "--beat", "--schedule", str(schedule),
        "--concurrency", str(WORKERS), "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def web() -> list[str]:
    return [
        *_module("gunicorn"), "secdash.wsgi:application", "--bind", f"{address()}:{port()}",
        "--workers", "1", "--threads", str(THREADS), "--log-level", "warning", "--worker-tmp-dir", str(shm()),
    ]  # fmt: skip


def address() -> str:
    return setting("SECDASH_BIND", "127.0.0.1")


def port() -> str:
    return setting("PORT", "8000")


def local_url(path: str) -> str:
    return f"http://127.0.0.1:{port()}{path}"


def shm() -> Path:
    """gunicorn's heartbeat file must not wait for a disk."""
    shared = Path("/dev/shm")  # noqa: S108 - memory, not a place for data
    return shared if shared.is_dir() else settings.DATA


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]
