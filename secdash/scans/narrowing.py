"""Looking again at one thing for one check: ask little, judge, and ask what the check missed, until it missed nothing.

The check itself says what it needs (`checks.watching`), so the answer is the one that a whole reading would give. What
cannot be had narrowly, or needs what is asked of every container, is read whole in the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from secdash.checks.engine import Check, Verdict, judge
from secdash.checks.outcome import Outcome, Status, not_applicable, unknown
from secdash.checks.watching import missed
from secdash.facts.answers import Answers, Failure
from secdash.facts.files.reading import ARCHIVE, with_files
from secdash.facts.files.seen import Seen
from secdash.facts.message import Message, say
from secdash.facts.model import FILES_NOT_READ, Image, Snapshot, Subject, Unknown, is_complete, listing
from secdash.facts.narrow import ALL_OF, Narrow, narrowly
from secdash.facts.parse import parse
from secdash.facts.unasked import Part, unasked
from secdash.fleet.models import Connection, Host
from secdash.scans.collecting import answers_of, endpoint_of, way_of
from secdash.scans.inventories import with_image_files

NARROW_SECONDS = 30.0
EVERYTHING = "*"  # in the place of the paths that a scan asks

GONE = say("It is not there any more: the host was asked for all of its kind.")
NOT_THIS_CHECKS = say("What is there now is nothing that this check looks at.")
Beat = Callable[[], None]


class Asked(NamedTuple):
    """Which check on what."""

    entry: Check
    kind: str
    key: str


class Again(NamedTuple):
    """What was seen, the check's verdict on the subject where it is there, and the paths that were asked."""

    facts: Snapshot
    verdict: Verdict | None
    outcome: Outcome
    asked: tuple[str, ...]


def look_again(host: Host, about: Asked, *, whole_seconds: float, beat: Beat) -> Again:
    """Raises Unreachable. `beat` is called while it takes long."""
    paths: tuple[str, ...] = ()
    if host.connection.kind == Connection.Kind.SAMPLE:
        facts = _whole(host, whole_seconds, beat)
    else:
        facts, paths = _as_much_as_needed(host, about, whole_seconds, beat)
    verdict = _verdict(about, facts)
    return Again(facts, verdict, verdict.outcome if verdict else _without_verdict(about, facts), paths)


def _as_much_as_needed(host: Host, about: Asked, whole_seconds: float, beat: Beat) -> tuple[Snapshot, tuple[str, ...]]:
    with narrowly(endpoint_of(host), about.kind, about.key, deadline=NARROW_SECONDS) as reading:
        look = _Look(host, about, reading, beat)
        wanted: frozenset[Part] = frozenset()
        while True:
            facts = look.facts(wanted)
            more = _more(about, facts) - wanted
            if not more:
                return facts, tuple(reading.asked)
            if Part.WHOLE in more:
                break
            wanted |= more
            beat()
    return _whole(host, whole_seconds, beat), (*reading.asked, EVERYTHING)


def _more(about: Asked, facts: Snapshot) -> frozenset[Part]:
    """What the check missed. Where the subject is missing, everything of its kind: only then may it be called gone."""
    subject = _subject(about, facts)
    if subject is not None:
        return missed(about.entry, subject, facts)
    all_of = {**ALL_OF, "file": Part.EVERY_FILE}.get(about.kind)
    return frozenset((all_of,) if all_of else ())


def _subject(about: Asked, facts: Snapshot) -> Subject | None:
    listed = listing(facts, about.kind)
    subjects = () if isinstance(listed, Unknown) else listed
    return next((subject for subject in subjects if subject.key == about.key), None)


def _verdict(about: Asked, facts: Snapshot) -> Verdict | None:
    """Of the subject; where the fact that the check rests on was read of none, what is said once for all."""
    verdicts = list(judge(facts, (about.entry.name,)))
    own = (each for each in verdicts if (each.subject.kind, each.subject.key) == (about.kind, about.key))
    for_all = (each for each in verdicts if each.status is Status.UNKNOWN and _subject(about, facts))
    return next(own, None) or next(for_all, None)


def _without_verdict(about: Asked, facts: Snapshot) -> Outcome:
    if _subject(about, facts):
        return unknown(NOT_THIS_CHECKS)
    if is_complete(facts, about.kind):
        return not_applicable(GONE)
    return unknown(_why_not(facts, about.kind))


def _why_not(facts: Snapshot, kind: str) -> Message:
    listed = listing(facts, kind)
    if isinstance(listed, Unknown):
        return listed.why
    unread = () if isinstance(facts.host, Unknown) else facts.host.unread
    return next((unknown.why for _role, unknown in unread), NOT_THIS_CHECKS)


def _whole(host: Host, seconds: float, beat: Beat) -> Snapshot:
    """What a scan would see."""
    facts = parse(answers_of(host, progress=lambda *_: beat(), deadline=seconds))
    return with_image_files(host, facts, progress=lambda *_: beat())


class _Look:
    """A narrow reading together with the files of host and images, which are read beside the Engine's answers."""

    def __init__(self, host: Host, about: Asked, reading: Narrow, beat: Beat) -> None:
        self._host = host
        self._about = about
        self._reading = reading
        self._beat = beat
        self._files: dict[str, Seen | Failure] = {}

    def facts(self, wanted: frozenset[Part]) -> Snapshot:
        files = self._about.kind == "file" or wanted & {Part.FILES, Part.EVERY_FILE}
        if files and self._host.file_reading == ARCHIVE:  # the container to read through is made of an image
            wanted |= {Part.IMAGES, Part.EVERY_IMAGE}
        answers = self._reading.answers(wanted)
        facts = parse(self._with_files(answers, wanted) if files else answers)
        return self._with_image_files(facts, wanted)

    def _with_files(self, answers: Answers, wanted: frozenset[Part]) -> Answers:
        narrow = self._about.kind == "file" and Part.EVERY_FILE not in wanted
        only = self._about.key if narrow else ""
        if only not in self._files:
            way = msgspec.structs.replace(way_of(self._host), only=only)
            self._files[only] = with_files(answers, endpoint_of(self._host), way).files
        return msgspec.structs.replace(answers, files=self._files[only])

    def _with_image_files(self, facts: Snapshot, wanted: frozenset[Part]) -> Snapshot:
        """What is in the image's own files; the mark in the place of that of every other."""
        if isinstance(facts.images, Unknown):
            return facts
        marked = tuple(_marked(image) for image in facts.images)
        if Part.IMAGE_FILES in wanted:
            marked = tuple(self._read(image, facts) if self._is_read(image) else image for image in marked)
        return msgspec.structs.replace(facts, images=marked)

    def _is_read(self, image: Image) -> bool:
        return self._about.kind != Image.kind or image.key == self._about.key

    def _read(self, image: Image, facts: Snapshot) -> Image:
        plain = msgspec.structs.replace(image, files=FILES_NOT_READ)
        alone = msgspec.structs.replace(facts, images=(plain,))
        read = with_image_files(self._host, alone, progress=lambda *_: self._beat())
        return plain if isinstance(read.images, Unknown) else read.images[0]


def _marked(image: Image) -> Image:
    return msgspec.structs.replace(image, files=unasked(Part.IMAGE_FILES))
