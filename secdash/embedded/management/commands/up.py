"""`manage.py up`: prepare what is missing, start queue, worker and web, and say where to go."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from secdash.embedded import data, place, plan, queue, readiness
from secdash.embedded.supervisor import AskedToStop, GaveUp, Supervisor


class Command(BaseCommand):
    help = "Prepare and run everything on this machine, until Ctrl+C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="add the sample fleet, unless it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        supervisor = Supervisor(self.stderr.write)
        supervisor.listen()
        os.chdir(settings.BASE_DIR)
        with ExitStack() as held:
            self._claim(held)
            self._run(supervisor, demo=options["demo"])

    def _claim(self, held: ExitStack) -> None:
        """The data directory and the port, or the one sentence that says why we cannot have them."""
        try:
            held.enter_context(data.held(settings.DATA))
            place.claim()
        except data.InUse as error:
            raise CommandError(
                f"secdash runs from {settings.DATA} already. Stop it first, or set SECDASH_DATA to another directory."
            ) from error
        except (place.Taken, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The data directory {settings.DATA} cannot be written: {error.strerror}.") from error

    def _run(self, supervisor: Supervisor, *, demo: bool) -> None:
        try:
            self._prepare(supervisor, demo=demo)
            self._start(supervisor)
            self._welcome(supervisor)
            supervisor.watch()
        except AskedToStop:
            pass
        except queue.NoServer as error:
            raise CommandError(str(error)) from error
        except GaveUp as error:
            raise CommandError(f"{error} keeps ending; its last lines above say why.") from error
        finally:
            supervisor.stop()

    def _prepare(self, supervisor: Supervisor, *, demo: bool) -> None:
        words = ["prepare", "--demo"] if demo else ["prepare"]
        if not supervisor.run(words[0], plan.manage(words)):
            raise CommandError("Preparing failed; the lines above say why.")

    def _start(self, supervisor: Supervisor) -> None:
        if not settings.REDIS_URL:
            queue.make_room(settings.QUEUE_SOCKET)
            supervisor.add("queue", queue.command(settings.QUEUE_SOCKET))
        supervisor.add("worker", plan.worker())
        if settings.WATCH:
            supervisor.add("watcher", plan.watcher())
        web = supervisor.add("web", plan.web())
        answers = readiness.wait_for(
            place.local_url("/health/ready"), until=lambda: supervisor.stopping.is_set() or not web.alive
        )
        supervisor.go_on()
        if not answers:
            raise CommandError("The web process does not answer; the lines above say why.")

    def _welcome(self, supervisor: Supervisor) -> None:
        self.stdout.write("")
        self.stdout.write(f"secdash is running at {settings.PUBLIC_URL}")
        self.stdout.flush()
        supervisor.run("first_admin", plan.manage(["first_admin"]))
        self.stdout.write("Stop it with Ctrl+C.")
        self.stdout.flush()
