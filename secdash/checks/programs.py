"""What runs in a container beside, or before, the one program that it is for."""

from __future__ import annotations

from posixpath import basename

from secdash.checks.engine import check
from secdash.checks.isolation import NOT_RUNNING, is_stopped
from secdash.checks.outcome import INFO, LOW, MEDIUM, Outcome, fails_if, not_applicable, passes
from secdash.checks.remedy import Put, compose
from secdash.facts.message import say
from secdash.facts.model import Container, known

# SSH has a check of its own.
REMOTE_SHELLS = frozenset(
    {
        *("telnetd", "in.telnetd", "utelnetd", "rshd", "in.rshd", "rlogind", "in.rlogind", "rexecd", "in.rexecd"),
        *("ttyd", "gotty", "shellinaboxd"),
    }
)
SHELLS = frozenset({"sh", "ash", "bash", "dash", "ksh", "zsh"})
SUPERVISORS = frozenset({"supervisord", "s6-svscan", "runsvdir", "systemd", "circusd", "monit"})
# One program of a family is a service, workers and helpers included; of a cron job only the daemon is counted.
FAMILIES = {
    "web server": ("apache2", "caddy", "httpd", "lighttpd", "nginx"),
    "application server": ("gunicorn", "php-fpm", "puma", "uwsgi"),
    "database": ("mariadbd", "mongod", "mysqld", "postgres"),
    "cache": ("memcached", "redis-server", "valkey-server"),
    "mail server": ("dovecot", "exim4", "master"),
    "cron": ("cron", "crond"),
    "syslog": ("rsyslogd", "syslog-ng", "syslogd"),
}
FAMILY_OF = {program: family for family, programs in FAMILIES.items() for program in programs}


@check(
    Container,
    severity=MEDIUM,
    risks=("sys-root-code", "app-arbitrary-code"),
)
def remote_shell_in_container(container: Container) -> Outcome:
    """Remote shell inside"""
    if is_stopped(container):
        return not_applicable(NOT_RUNNING)
    commands = _commands(container)
    found = [name for name in commands if name in REMOTE_SHELLS]
    reason = say("It offers a command line of its own to the network: %(names)s.", names=", ".join(found))
    return fails_if(bool(found), reason, {"top": found or commands})


@check(
    Container,
    severity=LOW,
    risks=("app-arbitrary-code",),
)
def several_services(container: Container) -> Outcome:
    """Several services in one container"""
    if is_stopped(container):
        return not_applicable(NOT_RUNNING)
    commands = _commands(container)
    services = [name for name in commands if name in FAMILY_OF]
    supervisors = [name for name in commands if name in SUPERVISORS]
    several = len({FAMILY_OF[name] for name in services}) > 1
    found = supervisors + (services if supervisors or several else [])
    reason = say("One break-in reaches all of them, and they share user and limits: %(names)s.", names=", ".join(found))
    return fails_if(bool(found), reason, {"top": found or commands})


@check(
    Container,
    severity=INFO,
    risks=("denial-of-service",),
    fix=compose(
        say("Let a small init be the first process; better still, begin the last command with exec."), Put("init", True)
    ),
)
def shell_as_first_process(container: Container) -> Outcome:
    """Shell as first process"""
    words = (*(known(container.entrypoint) or ()), *known(container.command))
    if known(container.init) or not _is_shell_command(words):
        return passes({"HostConfig.Init": known(container.init), "Config.Entrypoint and Cmd": list(words[:1])})
    if is_stopped(container):
        return not_applicable(NOT_RUNNING)
    # A shell that ends its line with exec is gone by now, and many do so by themselves.
    stayed = basename(words[0]) in _commands(container)
    reason = say("A shell passes no signal on: the container does not stop in time and is killed.")
    return fails_if(stayed, reason, {"HostConfig.Init": known(container.init), "top": _commands(container)})


def _commands(container: Container) -> list[str]:
    return sorted({process.command for process in known(container.processes)})


def _is_shell_command(words: tuple[str, ...]) -> bool:
    """`sh -c "…"`, as the shell form of a Dockerfile writes it."""
    return len(words) > 1 and basename(words[0]) in SHELLS and words[1].startswith("-") and words[1].endswith("c")
