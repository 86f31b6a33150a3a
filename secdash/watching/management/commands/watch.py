"""`manage.py watch`: listen to the Engines of all hosts that are watched, until a signal asks to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from secdash.watching.lookers import Lookers
from secdash.watching.looking import Looks
from secdash.watching.pace import Pace
from secdash.watching.watchman import Watchman
from secdash.web.commands import ConfiguredCommand
from secdash.web.settling import freeze

TURN = 0.0005  # seconds


class Command(ConfiguredCommand):
    help = "Listen to the Engines of all hosts that are watched live. Several of these share the hosts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sign", type=Path, help="a file to touch with each sign of life, for health checks")

    def handle(self, *args: Any, **options: Any) -> None:
        pace = Pace(lease=settings.WATCH_LEASE, beat=min(5.0, settings.WATCH_LEASE / 4))
        freeze()
        sys.setswitchinterval(TURN)
        processes = settings.WATCH_PROCESSES
        looks = Lookers(pace, processes) if processes else Looks(pace)
        asyncio.run(_watch(Watchman(pace, looks, sign=options["sign"])))


async def _watch(watchman: Watchman) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, watchman.stop)
    await watchman.run()
