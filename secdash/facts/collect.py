"""One pass over a host: what is asked, in what order, within what time, and what is made of refusals."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar
from urllib.parse import quote

from secdash.facts.answers import NOT_ASKED, Answers, ContainerAnswers, Failure, ImageAnswers
from secdash.facts.connect import AnswerError, EngineClient, NoAnswer, Unreachable, open_engine
from secdash.facts.endpoint import Endpoint
from secdash.facts.helper_mark import is_helper
from secdash.facts.message import Message, say

Progress = Callable[[str, int, int], None]
R = TypeVar("R")

CONNECT_TIME = 5.0
ANSWER_TIME = 15.0  # seconds for one question
TOP_TIME = 5.0  # `top` runs ps on the host: one that cannot fork must not hold up the scan
ALL_TOPS_TIME = 30.0
CHANGES_TIME = 3.0  # the Engine walks what the container wrote
ALL_CHANGES_TIME = 15.0
SILENCES = 3  # in a row: then the Engine is taken for gone
PLAIN_ID = re.compile(r"[A-Za-z0-9_.:-]+")
RUNNING = ("running", "paused")

CONTAINERS, IMAGES, NETWORKS = "/containers/json?all=1", "/images/json", "/networks"
SLOW = ("/top", "/changes")
INSPECT = attrgetter("inspect")
ABSENT = object()
NOT_A_LIST = Failure(say("The Engine's answer was not a list."))
NOT_IDENTIFIED = Failure(say("The Engine listed something without saying what it is called."))
TOPS_TOOK_TOO_LONG = Failure(say("Listing the processes of all containers took too long, so this one was left out."))
CHANGES_TOOK_TOO_LONG = Failure(say("Listing what all containers wrote took too long, so this one was left out."))


class NotFound(Failure, frozen=True):
    """The Engine knows no such thing: it vanished after it was listed, or somebody in between refuses so."""


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """For callers who do not watch."""


def collect(endpoint: Endpoint | str, *, progress: Progress = no_progress, deadline: float = 120.0) -> Answers:
    """All answers of the host at this endpoint, within `deadline` seconds.

    `progress` is told the stage, and how many of how many containers are read. Raises Unreachable rather than return
    half of the answers: what is missing would be taken for gone.
    """
    ends = time.monotonic() + deadline
    progress("connecting", 0, 0)
    connecting, answering = min(CONNECT_TIME, deadline), min(ANSWER_TIME, deadline)
    with open_engine(endpoint, connect_timeout=connecting, read_timeout=answering) as engine:
        return Pass(engine, progress, ends).read()


class Pass:
    """One pass; it keeps the time, and counts how often in a row the Engine kept silent."""

    def __init__(self, engine: EngineClient, progress: Progress, ends: float) -> None:
        self._engine = engine
        self._progress = progress
        self._ends = ends
        self._tops_left = ALL_TOPS_TIME
        self._changes_left = ALL_CHANGES_TIME
        self._silences = 0
        self._inspected: dict[str, Any] = {}  # by id, where it was asked for ahead
        self._how_far = ("connecting", 0, 0)

    def read(self) -> Answers:
        info = self._ask("/info")
        return Answers(
            version=self._ask("/version"),
            info=info,
            containers=self._listing(CONTAINERS, self._container, INSPECT, self._report),
            images=self._listing(IMAGES, self._image, INSPECT),
            networks=self._listing(NETWORKS, self._network, its_containers),
            volumes=self._ask("/volumes"),
            plugins=self._ask("/plugins"),
            services=self._of_swarm(info, partial(self._ask, "/services")),
            secrets=self._of_swarm(info, partial(self._ask, "/secrets")),
            reached=self._engine.reached,
        )

    def _of_swarm(self, info: Any, ask: Callable[[], Any]) -> Any:
        """None where the Engine manages no swarm. Where it did not say whether it does, nobody knows what is in one."""
        if isinstance(info, Failure):
            return info
        swarm = field(info, "Swarm")
        manages = field(swarm, "ControlAvailable")
        if manages is True:
            return ask()
        tells = isinstance(info, dict) and isinstance(swarm, dict | None) and manages in (None, False)
        return None if tells else NOT_ASKED

    def _listing(
        self,
        path: str,
        read: Callable[[Any, str], R],
        inspected: Callable[[R], Any],
        report: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> tuple[R, ...] | Failure:
        """Each thing of a listing, read; `inspected` picks the answer that tells whether it is still there."""
        listed = self._ask(path)
        if isinstance(listed, Failure):
            return listed
        if not isinstance(listed, list | None):
            return NOT_A_LIST
        entries = theirs(listed)
        self._look_ahead(path, [id_ for entry in entries if (id_ := id_of(entry))])
        found = []
        for done, entry in enumerate(entries, start=1):
            found.append((id_of(entry), read(entry, id_of(entry))))
            report(done, len(entries))
        missing = any(isinstance(inspected(thing), NotFound) for _, thing in found)
        there = self._ids(path) if missing else None
        return tuple(
            thing for id_, thing in found if there is None or id_ in there or not isinstance(inspected(thing), NotFound)
        )

    def _look_ahead(self, path: str, ids: list[str]) -> None:
        """Tell the connection what is asked about these things; of containers the answers say what else to ask."""
        if path == IMAGES:
            self._engine.expect(f"/images/{id_}/{part}" for id_ in ids for part in ("json", "history"))
        elif path == NETWORKS:
            self._engine.expect(f"/networks/{id_}" for id_ in ids)
        elif path == CONTAINERS:
            self._engine.expect(f"/containers/{id_}/json" for id_ in ids)
            self._inspected = {id_: self._ask(f"/containers/{id_}/json") for id_ in ids}
            parts = [list(its_parts(id_, inspect)) for id_, inspect in self._inspected.items()]
            aside = self._engine.ask_aside([[path for path in each if path.endswith(SLOW)] for each in parts])
            self._engine.expect(path for each in parts for path in each if path not in aside)

    def _ids(self, path: str) -> set[str] | None:
        """What is listed now; None where that cannot be told, and then nothing has vanished."""
        listed = self._ask(path)
        return {id_of(entry) for entry in listed} if isinstance(listed, list) else None

    def _report(self, done: int, total: int) -> None:
        self._how_far = ("reading", done, total)
        self._progress(*self._how_far)

    def _container(self, listed: Any, id_: str) -> ContainerAnswers:
        known = self._inspected.pop(id_, None) if id_ in self._inspected else ABSENT
        inspect = self._about(f"/containers/{id_}/json", id_) if known is ABSENT else known
        top = self._top(id_) if is_running(inspect) else None
        execs = self._execs(execs_of(inspect))
        return ContainerAnswers(listed, inspect, top, execs, self._changes(id_) if is_writing(inspect) else False)

    def _image(self, listed: Any, id_: str) -> ImageAnswers:
        inspect = self._about(f"/images/{id_}/json", id_)
        return ImageAnswers(listed, inspect, self._about(f"/images/{id_}/history", id_))

    def _network(self, listed: Any, id_: str) -> Any:
        """The inspect answer; where there is none the line of the listing, which does not tell who is attached."""
        inspect = self._about(f"/networks/{id_}", id_)
        return {**listed, "Containers": inspect} if isinstance(inspect, Failure) and id_ else inspect

    def _execs(self, ids: list[Any]) -> tuple[Any, ...]:
        answers = (self._about(about_exec(id_), id_) for id_ in ids if isinstance(id_, str))
        return tuple(answer for answer in answers if not isinstance(answer, NotFound))

    def _top(self, id_: str) -> Any:
        if self._tops_left <= 0:
            return TOPS_TOOK_TOO_LONG
        began = time.monotonic()
        try:
            return self._get(f"/containers/{id_}/top", TOP_TIME)
        except AnswerError as error:
            return Failure(error.message)
        finally:
            self._tops_left -= time.monotonic() - began

    def _changes(self, id_: str) -> Any:
        if self._changes_left <= 0:
            return CHANGES_TOOK_TOO_LONG
        began = time.monotonic()
        try:
            return self._get(f"/containers/{id_}/changes", CHANGES_TIME)
        except AnswerError as error:
            return Failure(error.message)
        finally:
            self._changes_left -= time.monotonic() - began

    def _about(self, path: str, id_: str) -> Any:
        return self._ask(path) if id_ else NOT_IDENTIFIED

    def _ask(self, path: str) -> Any:
        """The answer, or why there is none. Raises Unreachable where the Engine is gone or time is up."""
        try:
            answer = self._get(path, ANSWER_TIME)
        except NoAnswer as error:
            self._silences += 1
            self._progress(*self._how_far)  # no further, but not dead: many silences last longer than a lease
            if self._silences >= SILENCES:
                raise Unreachable(_stopped_answering(error.message)) from error
            return Failure(error.message)
        except AnswerError as error:
            answer = NotFound(error.message) if error.status == 404 else Failure(error.message)
        self._silences = 0
        return answer

    def _get(self, path: str, seconds: float) -> Any:
        return self._engine.get_json(path, timeout=min(seconds, self._time_left()))

    def _time_left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Unreachable(say("Reading this host took too long, so nothing of it was kept. Try again later."))
        return left


def _stopped_answering(last: Message) -> Message:
    return say("The Engine stopped answering while it was read. The last that was seen of it: %(last)s", last=last)


def its_parts(id_: str, inspect: Any) -> Iterator[str]:
    """What is asked about a container besides, in the order in which it is."""
    if is_running(inspect):
        yield f"/containers/{id_}/top"
    yield from (about_exec(exec_id) for exec_id in execs_of(inspect) if isinstance(exec_id, str) and exec_id)
    if is_writing(inspect):
        yield f"/containers/{id_}/changes"


def is_running(inspect: Any) -> bool:
    return field(field(inspect, "State"), "Status") in RUNNING


def is_writing(inspect: Any) -> bool:
    """Whether it runs and may write over its image."""
    return is_running(inspect) and field(field(inspect, "HostConfig"), "ReadonlyRootfs") is False


def execs_of(inspect: Any) -> list[Any]:
    ids = field(inspect, "ExecIDs")
    return ids if isinstance(ids, list) else []


def about_exec(id_: str) -> str:
    return f"/exec/{quote(id_, safe='')}/json"


def theirs(listed: list[Any] | None) -> list[Any]:
    """What is listed, but for what we made ourselves."""
    return [entry for entry in listed or [] if not is_helper(entry)]


def its_containers(network: Any) -> Any:
    return field(network, "Containers")


def id_of(entry: Any) -> str:
    """The id as it goes into a path; "" where the entry has none."""
    id_ = field(entry, "Id")
    if not isinstance(id_, str):
        return ""
    return id_ if PLAIN_ID.fullmatch(id_) else quote(id_, safe="")


def field(answer: Any, name: str) -> Any:
    return answer.get(name) if isinstance(answer, dict) else None
