"""The only writing that secdash ever does on a host, and only where its owner chose so: a container is created from an
image, never started, and removed again. Its files can be read through the Engine in between.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import orjson

from secdash.facts.connect import AnswerError, EngineClient, ReadOnly, Unreachable
from secdash.facts.message import say
from secdash.facts.unix_http import Connection, exchange

log = logging.getLogger(__name__)

LABEL = "org.secdash.helper"
FOR_IMAGES = "image"
ANSWER_TIME = 30.0
ATTEMPTS = 2  # the first may find a connection that the Engine has closed meanwhile
LEFT_BEHIND_AFTER = 600.0  # seconds; a helper lives for one image, and no image is read for so long
CREATE = re.compile(r"/v[\d.]+/containers/create")
REMOVE = re.compile(r"/v[\d.]+/containers/[0-9a-f]{12,64}\?v=1")
CONTAINER_ID = re.compile(r"[0-9a-f]{12,64}")
NOT_CREATED = say("The Engine did not create a container to read this image from.")


@contextmanager
def helper_container(engine: EngineClient, image_id: str) -> Iterator[str]:
    """The id of a container of the image that is never started; it is gone afterwards. Raises AnswerError."""
    helpers = Helpers(engine)
    try:
        id_ = helpers.create(image_id)
        try:
            yield id_
        finally:
            helpers.remove(id_)
    finally:
        helpers.close()


def sweep(engine: EngineClient, *, now: float | None = None) -> None:
    """Remove helpers of workers that died before they could. Those of workers that live are younger."""
    limit = (time.time() if now is None else now) - LEFT_BEHIND_AFTER
    helpers = Helpers(engine)
    try:
        for id_, created in helpers.listed():
            if created < limit:
                helpers.remove(id_)
    finally:
        helpers.close()


def is_helper(listed: Any) -> bool:
    """Whether a line of the Engine's listing is a container of ours, which is none of the host's.

    Anybody can write a label: one that was ever started is none of ours, or it could hide behind it.
    """
    labels = listed.get("Labels") if isinstance(listed, dict) else None
    return isinstance(labels, dict) and LABEL in labels and listed.get("State") == "created"


class _HelperConnection(Connection):
    """Lets exactly the two requests pass that a helper takes."""

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        allowed = {"POST": CREATE, "DELETE": REMOVE}.get(method)
        if allowed is None or not allowed.fullmatch(url):
            raise ReadOnly(f"secdash only reads, and makes helper containers: {method} {url} is refused")
        super(Connection, self).putrequest(method, url, *args, **kwargs)


class Helpers:
    """Two calls, on a connection of their own that lets nothing else pass."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine = engine
        self._connection = engine.another_connection(_HelperConnection)

    def listed(self) -> list[tuple[str, int]]:
        """Id and time of creation of each."""
        wanted = orjson.dumps({"label": [f"{LABEL}={FOR_IMAGES}"], "status": ["created"]}).decode()
        found = self._engine.get_json(f"/containers/json?all=1&filters={quote(wanted, safe='')}")
        ours = filter(is_helper, found if isinstance(found, list) else [])
        told = ((one.get("Id"), one.get("Created")) for one in ours)
        return [(id_, created) for id_, created in told if _is_id(id_) and isinstance(created, int)]

    def create(self, image_id: str) -> str:
        body = orjson.dumps(_never_started(image_id))
        path = self._engine.path("/containers/create")
        answer = exchange(self._connection, path, ANSWER_TIME, method="POST", body=body, good=201).json()
        id_ = answer.get("Id") if isinstance(answer, dict) else None
        if not _is_id(id_):
            raise AnswerError(None, NOT_CREATED)
        return str(id_)

    def remove(self, id_: str) -> None:
        """With the anonymous volumes that creating it may have made. What cannot be removed is left to `sweep`."""
        path = self._engine.path(f"/containers/{id_}?v=1")
        for attempt in range(ATTEMPTS):
            try:
                exchange(self._connection, path, ANSWER_TIME, method="DELETE", good=204)
                return
            except (AnswerError, Unreachable) as error:
                if attempt == ATTEMPTS - 1:
                    log.warning("helper container %s stays: %s", id_[:12], error)

    def close(self) -> None:
        self._connection.close()


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and CONTAINER_ID.fullmatch(value) is not None


def _never_started(image_id: str) -> dict[str, Any]:
    """A container that could do nothing even if somebody started it."""
    return {
        "Image": image_id,
        "Entrypoint": ["secdash-reads-this-image-and-never-starts-it"],
        "Cmd": [],
        "Labels": {LABEL: FOR_IMAGES},
        "NetworkDisabled": True,
        "HostConfig": {"NetworkMode": "none", "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"]},
    }
