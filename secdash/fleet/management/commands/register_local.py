"""Registers the Docker Engine of this machine, if one answers; DOCKER_HOST is respected."""

from __future__ import annotations

import os
import platform
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secdash.fleet import services
from secdash.fleet.models import Host
from secdash.web.commands import ConfiguredCommand
from secdash.web.saying import said

USUAL = "unix:///var/run/docker.sock"


class Command(ConfiguredCommand):
    help = "Register this machine's Docker Engine, unless hosts are registered already."

    def handle(self, *args: Any, **options: Any) -> None:
        if Host.objects.exclude(connection__kind="sample").exists():
            return
        url = os.environ.get("DOCKER_HOST") or USUAL
        answers, message = services.try_connection(url)
        if not answers:
            self.stdout.write(_("No Docker Engine here: %(why)s") % {"why": said(message)})
            self.stdout.write(_("Add a host in the browser, or look around with the sample fleet: make demo."))
            return
        kind, _separator, address = url.partition("://")
        host = services.register(platform.node() or "local", kind=kind, address=address, at=timezone.now())
        self.stdout.write(_("Registered this machine’s Docker Engine as %(name)s.") % {"name": host.name})
