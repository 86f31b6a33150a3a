"""One host as the rules of the stories ask about it, and answers that can be yes, no, or not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from secdash.checks.engine import ENGINE, Verdict
from secdash.checks.isolation import is_stopped
from secdash.checks.outcome import Status
from secdash.facts.message import Message
from secdash.facts.model import Container, FactMissing, Network, Snapshot, Subject, Unknown
from secdash.posture.stories.chain import Link


class Answer(msgspec.Struct, frozen=True):
    """Yes with its links; or not known, with what is missing; or no."""

    links: tuple[Link, ...] = ()
    missing: tuple[Message, ...] = ()
    no: bool = False

    @property
    def is_sure(self) -> bool:
        return not self.no and not self.missing


NO = Answer(no=True)
YES = Answer()


def every(*answers: Answer) -> Answer:
    """All of it, in this order; no where one is no, whatever is not known of the others."""
    if any(answer.no for answer in answers):
        return NO
    return Answer(
        tuple(link for answer in answers for link in answer.links),
        tuple(dict.fromkeys(why for answer in answers for why in answer.missing)),
    )


def either(*answers: Answer) -> Answer:
    """The first that is sure, else the first that may be."""
    sure = (answer for answer in answers if answer.is_sure)
    may_be = (answer for answer in answers if not answer.no)
    return next(sure, next(may_be, NO))


def besides(answer: Answer) -> Answer:
    """Its links where it is sure, and nothing where it is not: for a link that is no condition."""
    return answer if answer.is_sure else YES


class Scene:
    """The facts and verdicts of one host."""

    def __init__(self, facts: Snapshot, verdicts: Iterable[Verdict]) -> None:
        self.facts = facts
        self._verdicts = {(v.check, v.subject.kind, v.subject.key): v for v in verdicts}

    def ask(self, check: str, subject: Subject, short: Message, says: Message) -> Answer:
        """Whether the check fails of the subject; where nothing could be read of any, that was said of the Engine."""
        found = self._verdicts.get((check, subject.kind, subject.key)) or self._verdicts.get(
            (check, ENGINE.kind, ENGINE.key)
        )
        if found is None:
            return NO
        if found.status is Status.FAIL:
            return Answer((Link(short, says, check, subject.kind, subject.key, subject.name or subject.key),))
        if found.status is Status.UNKNOWN and found.outcome.reason:
            return Answer(missing=(found.outcome.reason,))
        return NO

    def evidence(self, check: str, subject: Subject) -> dict[str, object]:
        found = self._verdicts.get((check, subject.kind, subject.key))
        return dict(found.outcome.evidence) if found else {}

    def running(self) -> list[Container]:
        """A container that is stopped is no way in; one whose state is unknown is not called running either."""
        listed = () if isinstance(self.facts.containers, Unknown) else self.facts.containers
        return [each for each in listed if not isinstance(each.state, Unknown) and not is_stopped(each)]

    def networks_of(self, container: Container) -> list[Network]:
        """Those it is attached to; none of a network that was not listed."""
        listed = () if isinstance(self.facts.networks, Unknown) else self.facts.networks
        return [each for each in listed if is_on(container, each)]

    def subject(self, kind: str, key: str) -> Subject | None:
        if kind == ENGINE.kind:
            return self.facts.engine
        listings: tuple[object, ...] = (self.facts.containers, self.facts.networks)
        known_ones = [subject for listed in listings if isinstance(listed, tuple) for subject in listed]
        return next((each for each in known_ones if each.kind == kind and each.key == key), None)


def is_on(container: Container, network: Network) -> bool:
    """By the container's own word, or by the network's."""
    ends = () if isinstance(container.attachments, Unknown) else container.attachments
    members = () if isinstance(network.containers, Unknown) else network.containers
    return container.id in members or any(network.id == end.network_id for end in ends if end.network_id)


def holds(predicate: Callable[[], bool]) -> Answer:
    """A condition on facts that no finding stands for."""
    try:
        return YES if predicate() else NO
    except FactMissing as missing:
        return Answer(missing=(missing.unknown.why,))
