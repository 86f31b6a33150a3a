"""What the checks say of the programs that run in a container."""

from __future__ import annotations

from typing import Any

import pytest

from secdash.facts.model import Process
from tests.build import UNSEEN
from tests.checks.cases import Case, cases

# Written out once more: a name that is lost from the checks is missed here.
REMOTE_SHELLS = (
    *("gotty", "in.rexecd", "in.rlogind", "in.rshd", "in.telnetd", "rexecd", "rlogind", "rshd", "shellinaboxd"),
    *("telnetd", "ttyd", "utelnetd"),
)
SUPERVISORS = ("circusd", "monit", "runsvdir", "s6-svscan", "supervisord", "systemd")
SHELLS = ("ash", "bash", "dash", "ksh", "sh", "zsh")
FAMILIES = (
    ("apache2", "caddy", "httpd", "lighttpd", "nginx"),
    ("gunicorn", "php-fpm", "puma", "uwsgi"),
    ("mariadbd", "mongod", "mysqld", "postgres"),
    ("memcached", "redis-server", "valkey-server"),
    ("dovecot", "exim4", "master"),
    ("cron", "crond"),
    ("rsyslogd", "syslog-ng", "syslogd"),
)


def running(*commands: str, **facts: Any) -> dict[str, Any]:
    return {"processes": tuple(Process("1000", command) for command in commands), **facts}


SHELL = running("sh", "sleep", init=None, entrypoint=("/bin/sh", "-c"), command=("sleep 9; true",))

CASES: tuple[Case, ...] = (
    *cases(
        "remote-shell-in-container",
        passes=[{}, running("telnet", "serve")],
        fails=[running("serve", name) for name in REMOTE_SHELLS],
        unknown=[{"processes": UNSEEN}, {"state": UNSEEN}],
        not_applicable=[{"state": "exited", "processes": ()}],
    ),
    *cases(
        "several-services",
        passes=[
            {},
            running("cron", "backup"),
            running("nginx", "sh"),
            running("gunicorn", "puma"),
            *(running(*programs) for programs in FAMILIES),
        ],
        fails=[
            *(running("serve", name) for name in SUPERVISORS),
            *(
                running(program, "postgres" if "nginx" in family else "nginx")
                for family in FAMILIES
                for program in family
            ),
        ],
        unknown=[{"processes": UNSEEN}, {"state": UNSEEN}],
        not_applicable=[{"state": "created", "processes": ()}],
    ),
    *cases(
        "shell-as-first-process",
        passes=[
            {},
            SHELL | {"init": True},
            SHELL | running("sleep"),
            SHELL | {"entrypoint": ("/bin/sh", "/start.sh")},
            SHELL | {"entrypoint": None, "command": ("sh",)},
            SHELL | {"entrypoint": None, "command": ()},
            SHELL | {"entrypoint": None, "command": ("python", "-c", "x")},
        ],
        fails=[
            SHELL,
            SHELL | {"init": False},
            SHELL | {"command": ()},
            SHELL | {"entrypoint": ("bash", "-lc"), "processes": (Process("0", "bash"),)},
            *({"init": None, "command": (name, "-c", "x; y"), "processes": (Process("0", name),)} for name in SHELLS),
        ],
        unknown=[SHELL | {"processes": UNSEEN}, {"entrypoint": UNSEEN}, SHELL | {"init": UNSEEN}],
        not_applicable=[SHELL | {"state": "exited", "processes": ()}],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_judges(case: Case) -> None:
    assert case.judged().status == case.status


def test_shows_the_remote_shell_alone() -> None:
    outcome = Case("remote-shell-in-container", "fail", running("serve", "ttyd")).judged()
    assert dict(outcome.evidence) == {"top": ["ttyd"]}


def test_names_the_supervisor_and_what_it_holds() -> None:
    outcome = Case("several-services", "fail", running("nginx", "sh", "supervisord")).judged()
    assert dict(outcome.evidence) == {"top": ["supervisord", "nginx"]}
