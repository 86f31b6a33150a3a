"""`manage.py up`: prepare what is missing, start queue, worker and web, and say where to go."""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from secdash.embedded import data, plan, queue, readiness
from secdash.embedded.supervisor import GaveUp, Supervisor


class Command(BaseCommand):
    help = "Prepare and run everything on this machine, until Ctrl+C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="add the sample fleet, unless it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        supervisor = Supervisor(self.stderr.write)
        supervisor.listen()
        try:
            self._prepare(demo=options["demo"])
            self._start(supervisor)
            self._welcome()
            supervisor.watch()
        except GaveUp as error:
            raise CommandError(f"{error} keeps ending; its last lines above say why.") from error
        finally:
            supervisor.stop()

    def _prepare(self, *, demo: bool) -> None:
        try:
            data.prepare(settings.DATA)
        except OSError as error:
            raise CommandError(f"The data directory {settings.DATA} cannot be written: {error.strerror}.") from error
        for words in plan.preparations(demo=demo):
            if subprocess.run([sys.executable, "manage.py", *words], cwd=settings.BASE_DIR).returncode:
                raise CommandError(f"“{' '.join(words)}” failed; the lines above say why.")

    def _start(self, supervisor: Supervisor) -> None:
        os.chdir(settings.BASE_DIR)
        if not settings.REDIS_URL:
            self._start_queue(supervisor)
        supervisor.add("worker", plan.worker())
        supervisor.add("web", plan.web())
        if not readiness.wait_for(plan.local_url("/healthz"), until=supervisor.stopping.is_set):
            raise CommandError("The web process does not answer; the lines above say why.")

    def _start_queue(self, supervisor: Supervisor) -> None:
        queue.make_room(settings.QUEUE_SOCKET)
        try:
            supervisor.add("queue", queue.command(settings.QUEUE_SOCKET))
        except queue.NoServer as error:
            raise CommandError(str(error)) from error

    def _welcome(self) -> None:
        self.stdout.write("")
        self.stdout.write(f"secdash is running at {settings.PUBLIC_URL}")
        self.stdout.flush()
        subprocess.run([sys.executable, "manage.py", "first_admin"], cwd=settings.BASE_DIR, check=False)
        self.stdout.write("Stop it with Ctrl+C.")
        self.stdout.flush()
