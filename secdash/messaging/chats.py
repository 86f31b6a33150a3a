"""Letters to chats and webhooks, through Apprise, with as little of it as that takes.

An address that somebody types is an address that this server talks to. So: only services that are a request over HTTP
to somewhere else (`chat_services`); only parameters from a short list, since others read files (`template=`,
`attach=`), change the request (`method=`) or turn checks off (`verify=`); no redirects; short time limits; and of the
answer nothing but its status is shown.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from secdash.facts.message import say
from secdash.messaging.chat_services import SERVICES, from_the_web, opened
from secdash.messaging.dialects import Dialect
from secdash.messaging.letters import Letter
from secdash.messaging.outcome import NotSent
from secdash.messaging.wording import written

STATUS = re.compile(r"error=(\d{3})\b")
PARAMETERS = frozenset({"auth", "channel", "mode", "priority", "tags", "thread", "to", "topic"})

NOT_ONE = say("The address is not one that messages may go to. Enter it again.")
NO_ANSWER = say("The other side does not answer, or not in time.")


class NotAnAddress(ValueError):
    """With the sentence for whoever typed it, which does not repeat what was typed."""


def checked(address: str) -> str:
    """The address as it is kept. Raises NotAnAddress."""
    address = address.strip()
    if schema_of(address) == "https":
        address = from_the_web(address)
    if schema_of(address) not in SERVICES:
        schemas = ", ".join(sorted(SERVICES))
        raise NotAnAddress(_("Messages go to these services only: %(schemas)s.") % {"schemas": schemas})
    if parameters_of(address) - PARAMETERS:
        allowed = ", ".join(sorted(PARAMETERS))
        raise NotAnAddress(
            _("It has a parameter that is not allowed. These are: %(allowed)s, and headers as +Name=value.")
            % {"allowed": allowed}
        )
    if opened(schema_of(address), address) is None:
        raise NotAnAddress(_("This is not a complete address of that service."))
    return address


def schema_of(address: str) -> str:
    return address.partition("://")[0].lower() if "://" in address else ""


def parameters_of(address: str) -> set[str]:
    """Names of its parameters, without those that are headers."""
    parts = re.split("[&;]", address.partition("?")[2])
    names = {unquote(part.partition("=")[0]).strip().lower() for part in parts if part}
    return {name for name in names if not name.startswith("+")}


def hint(address: str) -> str:
    """What of the address may be shown: the service, and the server where its name is no secret."""
    schema = schema_of(address)
    host = urlsplit(address).hostname or ""
    return f"{schema}://{host}/…" if SERVICES[schema].host_is_open and host else f"{schema}://…"


def carry(address: str, letter: Letter, *, language: str) -> None:
    """Send it. Raises NotSent."""
    from apprise import NotifyFormat

    schema = schema_of(address)
    is_allowed = schema in SERVICES and not parameters_of(address) - PARAMETERS
    service = opened(schema, address) if is_allowed else None
    if service is None:
        raise NotSent(NOT_ONE, is_final=True)
    dialect = SERVICES[schema].dialect
    text = written(letter, dialect, language=language)
    form = NotifyFormat.MARKDOWN if dialect is Dialect.MARKDOWN else NotifyFormat.TEXT
    with _said_by_apprise() as lines:
        arrived = service.notify(body=text.body or text.subject, title=text.subject, body_format=form)
    if not arrived:
        raise _not_sent(lines)


@contextmanager
def _said_by_apprise() -> Iterator[list[str]]:
    """What it logs meanwhile, which is the only place where it says why; it goes to no other log."""
    lines: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign] # a whole class for one line
    logger = logging.getLogger("apprise")
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)


def _not_sent(lines: list[str]) -> NotSent:
    """The lines name the address, so that only the status is taken from them."""
    found = next((match for line in lines if (match := STATUS.search(line))), None)
    if found is None:
        return NotSent(NO_ANSWER)
    return NotSent(say("The other side refused the message: it answered with status %(code)s.", code=found.group(1)))
