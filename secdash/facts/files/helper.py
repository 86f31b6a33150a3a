"""The only thing that secdash ever makes on a host: a container that is never started, and is removed again.

It is a window on the host's root: the Engine's archive endpoint reads through it, owners and modes included, and no
process runs. Only hosts for which somebody chose this get one. `Helper` has two calls of its own that write, `create`
and `remove`; the connection below it refuses every other.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, cast
from urllib.parse import quote

import orjson

from secdash.facts.answers import HELPER_LABEL
from secdash.facts.connect import EngineClient
from secdash.facts.message import say
from secdash.facts.unix_http import READING, AnswerError, Connection, NoAnswer, ReadOnly, Unreachable

log = logging.getLogger(__name__)

ROOT = "/host"  # where the host's root is in the helper
STALE = 600  # seconds: a helper lives for seconds, so an older one was left by somebody who died
ANSWER_TIME = 15.0
LARGEST_ANSWER = 1 << 20
ID = re.compile(r"[0-9a-f]{64}")
CREATE = re.compile(r"/v[\d.]+/containers/create\?name=secdash-files-[0-9a-f]{12}")
REMOVE = re.compile(r"/v[\d.]+/containers/[0-9a-f]{64}\?v=1")


class HelperConnection(Connection):
    """A connection that may also create and remove a helper, and nothing else."""

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        allowed = {"POST": CREATE, "DELETE": REMOVE}.get(method)
        if method not in READING and not (allowed and allowed.fullmatch(url)):
            raise ReadOnly(f"a helper is only created and removed: {method} {url} is refused")
        super(Connection, self).putrequest(method, url, *args, **kwargs)

    def exchange(self, method: str, path: str, *, seconds: float = ANSWER_TIME, body: bytes = b"") -> HTTPResponse:
        """The head of the answer. Raises NoAnswer, or Unreachable where nobody listens any more."""
        try:
            if self.sock is None:
                self.connect()
            sock = cast("Any", self.sock)
            sock.settimeout(seconds)
            sock.ends = time.monotonic() + seconds
            self.putrequest(method, path, skip_accept_encoding=True)
            if body:
                self.putheader("Content-Type", "application/json")
                self.putheader("Content-Length", str(len(body)))
            self.endheaders(body or None)
            return HTTPConnection.getresponse(self)
        except (OSError, HTTPException) as error:
            self.close()
            raise NoAnswer(say("The Engine broke off in the middle of its answer.")) from error


class Helper:
    """A container that is never started, from its creation to its removal."""

    def __init__(self, connection: HelperConnection, version: str) -> None:
        self._connection = connection
        self._prefix = f"/v{version}"
        self.id = ""

    def create(self, image: str, owner: str) -> None:
        """Make it of this image, which is there. Raises AnswerError where the Engine refuses."""
        body = json.dumps(_configuration(image, owner)).encode()
        path = f"{self._prefix}/containers/create?name=secdash-files-{secrets.token_hex(6)}"
        answer = _answer(self._connection.exchange("POST", path, body=body))
        self.id = str(answer.get("Id"))
        if not ID.fullmatch(self.id):
            raise AnswerError(None, say("The Engine's answer does not have %(path)s.", path="Id"))

    def remove(self, id_: str = "") -> None:
        """Remove it, or the one of this id, with any volume that its image declares."""
        response = self._connection.exchange("DELETE", f"{self._prefix}/containers/{id_ or self.id}?v=1")
        if response.status != 404:
            _answer(response)

    def archive(self, method: str, path: str, seconds: float) -> HTTPResponse:
        """HEAD or GET of a path of the host."""
        within = quote(f"{ROOT}{path}", safe="/")
        query = f"{self._prefix}/containers/{self.id}/archive?path={within}"
        return self._connection.exchange(method, query, seconds=seconds)

    def drop(self) -> None:
        """Close the connection in the middle of an answer; the next question opens another."""
        self._connection.close()


@contextmanager
def helper_on(engine: EngineClient, socket: str, image: str, owner: str) -> Iterator[Helper]:
    """A helper on this Engine, gone at the end; those that dead workers of this owner left are removed first.

    Raises AnswerError or Unreachable.
    """
    connection = HelperConnection("http+unix://localhost", socket, timeout=5)
    helper = Helper(connection, engine.api_version)
    try:
        for id_ in left_behind(engine, owner):
            helper.remove(id_)
        helper.create(image, owner)
        try:
            yield helper
        finally:
            helper.drop()
            _remove(helper)
    finally:
        connection.close()


def _remove(helper: Helper) -> None:
    """What cannot be removed now is removed by the next run; what was read is no worse for it."""
    try:
        helper.remove()
    except (AnswerError, Unreachable) as error:
        log.warning("a helper stays on the host until the next scan: %s", error.message)


def left_behind(engine: EngineClient, owner: str) -> list[str]:
    """Helpers that were never removed: this owner's, who scans one host once at a time, and old ones of anybody."""
    listed = engine.get_json(f"/containers/json?all=1&filters={quote(json.dumps({'label': [HELPER_LABEL]}))}")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    return [entry["Id"] for entry in entries if ID.fullmatch(str(entry.get("Id"))) and _is_left(entry, owner)]


def _is_left(entry: dict[str, Any], owner: str) -> bool:
    labels, created = entry.get("Labels"), entry.get("Created")
    if entry.get("State") != "created" or not isinstance(labels, dict):
        return False
    is_old = isinstance(created, int) and time.time() - created > STALE
    return is_old or labels.get(HELPER_LABEL) == owner


def _configuration(image: str, owner: str) -> dict[str, Any]:
    """`Mounts`, never `Binds`: of a source that is missing those would make a folder on the host."""
    window = {"Type": "bind", "Source": "/", "Target": ROOT, "ReadOnly": True}
    return {
        "Image": image,
        "Entrypoint": [],
        "Cmd": ["never-started"],
        "NetworkDisabled": True,
        "Labels": {HELPER_LABEL: owner},
        "HostConfig": {
            "Mounts": [window],
            "NetworkMode": "none",
            "CapDrop": ["ALL"],
            "ReadonlyRootfs": True,
            "SecurityOpt": ["no-new-privileges"],
            "UsernsMode": "host",  # or owners would be shifted where the daemon remaps users
        },
    }


def _answer(response: HTTPResponse) -> dict[str, Any]:
    """The decoded body of a success. Raises AnswerError with the Engine's words for anything else."""
    try:
        body = response.read(LARGEST_ANSWER)
        decoded = orjson.loads(body) if body else {}
    except (OSError, HTTPException, orjson.JSONDecodeError) as error:
        raise AnswerError(response.status, say("The Engine's answer was not JSON.")) from error
    if response.status >= 300 or not isinstance(decoded, dict):
        reason = decoded.get("message", "") if isinstance(decoded, dict) else ""
        raise AnswerError(
            response.status,
            say(
                "The Engine refused with status %(status)s: %(reason)s",
                status=response.status,
                reason=str(reason)[:200],
            ),
        )
    return decoded
