"""Commands of manage.py begin without loading all pages: each start of one would take twice as long."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.management import get_commands, load_command_class

from secdash.environment import BASE
from secdash.web.commands import CONFIGURATION
from tests.flows.product import environment

OURS = {name: app for name, app in get_commands().items() if str(app).split(".")[0] in ("secdash", "knowledge")}
DJANGOS_OWN = {"messages"}  # makemessages, with our words for xgettext


@pytest.mark.parametrize("name", sorted(set(OURS) - DJANGOS_OWN))
def test_a_command_checks_the_configuration_or_nothing(name):
    assert load_command_class(OURS[name], name).requires_system_checks in ([], [CONFIGURATION])


def test_a_wrong_configuration_is_told_before_a_command_begins(tmp_path):
    seen = environment(tmp_path, SECDASH_SECRET_KEY="short")

    done = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"], cwd=BASE, env=seen, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "SECDASH_SECRET_KEY is shorter than 40 characters." in done.stderr


def test_a_command_that_needs_no_page_loads_none(tmp_path):
    begin = "import django; django.setup(); call_command('check', '--tag', 'configuration')"
    look = "print(sorted({'secdash.urls', 'ninja', 'redis', 'weasyprint'} & set(sys.modules)))"
    script = f"import sys; from django.core.management import call_command; {begin}; {look}"

    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=BASE,
        env=environment(tmp_path, DJANGO_SETTINGS_MODULE="secdash.settings"),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"
