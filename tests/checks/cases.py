"""A table of cases: what a check says of a thing that differs from a sane one in just these facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from secdash.checks import CATALOGUE
from secdash.checks.engine import Check
from secdash.checks.outcome import Outcome
from secdash.facts.model import Snapshot, Subject
from tests.build import a_container, a_file, a_host, a_network, a_service, a_snapshot, a_volume, an_engine, an_image

Word = Literal["pass", "fail", "unknown", "not_applicable"]
Facts = Mapping[str, Any]
BUILDERS = {
    "container": a_container,
    "image": an_image,
    "engine": an_engine,
    "file": a_file,
    "network": a_network,
    "volume": a_volume,
    "service": a_service,
}
LISTINGS = ("containers", "images", "networks", "volumes", "host", "services", "swarm_secrets")
OWN = {"attached": "containers"}  # a network's own, beside the host's


class Case(msgspec.Struct, frozen=True):
    """`facts` of the subject; beside them `engine` facts and whole listings, by their names in the snapshot."""

    check: str
    status: Word
    facts: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.check}-{self.status}-{'+'.join(self.facts) or 'sane'}"

    @property
    def entry(self) -> Check:
        return CATALOGUE[self.check]

    def scene(self) -> tuple[Subject, Snapshot]:
        kind = self.entry.kind
        listings = [name for name in LISTINGS if (kind, name) != ("image", "volumes")]  # an image has its own
        beside = {name: self.facts[name] for name in listings if name in self.facts}
        own = {OWN.get(name, name): self.facts[name] for name in self.facts if name not in (*listings, "engine")}
        if self.entry.role:
            own.setdefault("role", self.entry.role)
        subject = BUILDERS[kind](**own)
        if kind == "engine":
            return subject, a_snapshot(**({"engine": subject} | beside))
        scene: dict[str, Any] = {"engine": an_engine(**self.facts.get("engine", {}))}
        scene |= {"host": a_host(files=(subject,))} if kind == "file" else {f"{kind}s": (subject,)}
        return subject, a_snapshot(**(scene | beside))

    def judged(self) -> Outcome:
        return self.entry.judge(*self.scene())


def cases(check: str, **by_status: list[Facts]) -> Iterator[Case]:
    """cases("no-memory-limit", passes=[{}], fails=[{"memory": 0}], unknown=[…], not_applicable=[…])"""
    words: dict[str, Word] = {
        "passes": "pass",
        "fails": "fail",
        "unknown": "unknown",
        "not_applicable": "not_applicable",
    }
    for name, several in by_status.items():
        for facts in several:
            yield Case(check, words[name], dict(facts))
