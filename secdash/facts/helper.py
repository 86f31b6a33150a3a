"""The only thing that secdash ever makes on a host: a container that is never started, and is removed again.

The Engine's archive endpoint reads through it, owners and modes included, while no process runs. What it is made of
and what it sees is for its readers to say: `files.archive` looks at the host's root, `images.reading` at an image.
Nothing that they say opens it up. Only hosts for which somebody chose such a way get one. `Helper` has two calls that
write, `create` and `remove`; the connection below it refuses every other.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any
from urllib.parse import quote

import orjson

from secdash.facts.connect import AnswerError, EngineClient, NoAnswer, ReadOnly, Unreachable
from secdash.facts.helper_mark import LABEL, is_helper
from secdash.facts.message import say
from secdash.facts.wire import Connection, begin, exchange

log = logging.getLogger(__name__)

STALE = 600  # seconds: a helper lives for one reading, none of which takes so long; an older one was left behind
ANSWER_TIME = 30.0
GONE = 404
LISTED = quote(orjson.dumps({"label": [LABEL], "status": ["created"]}).decode(), safe="")
ID = re.compile(r"[0-9a-f]{64}")
CREATE = re.compile(r"/v[\d.]+/containers/create\?name=secdash-helper-[0-9a-f]{12}")
REMOVE = re.compile(r"/v[\d.]+/containers/[0-9a-f]{64}\?v=1")
ARCHIVE = re.compile(r"/v[\d.]+/containers/[0-9a-f]{64}/archive\?path=/[^&#]*")
ALLOWED = {"POST": CREATE, "DELETE": REMOVE, "HEAD": ARCHIVE, "GET": ARCHIVE}
NO_ID = say("The Engine did not tell the id of the container that it was asked to create.")


class HelperConnection(Connection):
    """A connection that creates a helper, reads through it and removes it, and does nothing else."""

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        allowed = ALLOWED.get(method)
        if allowed is None or not allowed.fullmatch(url):
            raise ReadOnly(f"a helper is only created, read through and removed: {method} {url} is refused")
        super(Connection, self).putrequest(method, url, *args, **kwargs)


class Helper:
    """A container that is never started, from its creation to its removal."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._connection = engine.another_connection(HelperConnection)
        self.id = ""

    def create(self, image: str, owner: str, sees: Mapping[str, Any]) -> None:
        """Make it of this image, which is there. Raises AnswerError where the Engine refuses."""
        path = self._engine.path(f"/containers/create?name=secdash-helper-{secrets.token_hex(6)}")
        body = orjson.dumps(_never_started(image, owner, sees))
        answer = exchange(self._connection, path, ANSWER_TIME, method="POST", body=body, good=201).json()
        id_ = answer.get("Id") if isinstance(answer, dict) else None
        if not _is_id(id_):
            raise AnswerError(None, NO_ID)
        self.id = str(id_)

    def remove(self, id_: str) -> None:
        """With any volume that creating it made. Tried again where the Engine has closed the connection meanwhile."""
        try:
            self._delete(id_)
        except NoAnswer:
            self._delete(id_)

    def archive(self, method: str, path: str, seconds: float) -> HTTPResponse:
        """HEAD or GET of a path in the container; the body is the caller's to read, or to `drop`."""
        query = f"/containers/{self.id}/archive?path={quote(path, safe='/')}"
        return begin(self._connection, self._engine.path(query), seconds, method=method)

    def drop(self) -> None:
        """Close the connection in the middle of an answer; the next question opens another."""
        self._connection.close()

    def _delete(self, id_: str) -> None:
        path = self._engine.path(f"/containers/{id_}?v=1")
        try:
            exchange(self._connection, path, ANSWER_TIME, method="DELETE", good=204)
        except AnswerError as error:
            if error.status != GONE:
                raise


@contextmanager
def helper_on(engine: EngineClient, image: str, owner: str, sees: Mapping[str, Any] | None = None) -> Iterator[Helper]:
    """A helper of this image, gone at the end. `sees` is what its HostConfig has beyond that of one which sees nothing.

    Those that dead workers left are removed first: on an Engine that lets none be removed no second is made. Raises
    AnswerError or Unreachable.
    """
    helper = Helper(engine)
    try:
        for id_ in left_behind(engine, owner):
            helper.remove(id_)
        helper.create(image, owner, sees or {})
        try:
            yield helper
        finally:
            helper.drop()
            _remove(helper)
    finally:
        helper.drop()


def left_behind(engine: EngineClient, owner: str) -> list[str]:
    """Helpers that were never removed: this owner's, who scans one host once at a time, and old ones of anybody.

    An owner without a name may be several, so that only age tells.
    """
    listed = engine.get_json(f"/containers/json?all=1&filters={LISTED}")
    ours = filter(is_helper, listed if isinstance(listed, list) else [])
    return [entry["Id"] for entry in ours if _is_id(entry.get("Id")) and _is_left(entry, owner)]


def _is_left(entry: dict[str, Any], owner: str) -> bool:
    created = entry.get("Created")
    is_old = isinstance(created, int) and time.time() - created > STALE
    return is_old or (owner != "" and entry["Labels"][LABEL] == owner)


def _remove(helper: Helper) -> None:
    """What cannot be removed now is removed by the next run; what was read is no worse for it."""
    try:
        helper.remove(helper.id)
    except (AnswerError, Unreachable) as error:
        log.warning("helper container %s stays until the next scan: %s", helper.id[:12], error.message)


def _never_started(image: str, owner: str, sees: Mapping[str, Any]) -> dict[str, Any]:
    """A container that could do nothing even if somebody started it, whatever it sees."""
    shut = {
        "NetworkMode": "none",
        "CapDrop": ["ALL"],
        "ReadonlyRootfs": True,
        "SecurityOpt": ["no-new-privileges"],
    }
    return {
        "Image": image,
        "Entrypoint": ["secdash-reads-through-this-and-never-starts-it"],
        "Cmd": [],
        "Labels": {LABEL: owner},
        "NetworkDisabled": True,
        "HostConfig": {**sees, **shut},
    }


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and ID.fullmatch(value) is not None
