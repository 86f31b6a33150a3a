"""A fix written out for the very thing that fails: as it is, as it should be, and the way from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from secdash.checks.remedy import (
    AuditFix,
    BuildFix,
    Certainty,
    CommandFix,
    ComposeFix,
    DaemonFix,
    FileFix,
    Fix,
    MembersFix,
    NetworkFix,
)
from secdash.facts.message import Message, say
from secdash.facts.model import Container, Image, Network, Snapshot, Subject, Unknown
from secdash.fixes import compose, daemon_json, host_lines, network, patch, run
from secdash.fixes.annotate import annotated, commented
from secdash.fixes.compose import Service
from secdash.fixes.merge import merged
from secdash.fixes.patch import DiffLine

FILE = "compose.yaml"
IDENTITY = tuple(f"com.docker.compose.{part}" for part in ("project", "service", "container-number"))
REBUILD = say("Build the image again and create its containers anew.")
Spoken = Callable[[Message], str]


class Step(msgspec.Struct, frozen=True):
    """One fix among those of a container: the check that it answers, how sure it is, and what may break."""

    check: str
    certainty: Certainty
    breaks: Message | None


class Rendered(msgspec.Struct, frozen=True):
    """A fix in every form that it has; None or empty where it has not that form.

    `certainty` is that of a fix alone; of several together each of the `steps` has its own, the surest first.
    `compose_commented` is the file after the fix with the checks written beside what they changed.
    """

    summary: Message
    certainty: Certainty | None = None
    breaks: Message | None = None
    steps: tuple[Step, ...] = ()
    compose_commented: str | None = None
    compose_before: str | None = None
    compose_after: str | None = None
    compose_diff: str | None = None
    diff_lines: tuple[DiffLine, ...] = ()
    run_before: str | None = None
    run_after: str | None = None
    daemon_json: str | None = None
    daemon_diff: str | None = None
    dockerfile: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    daemon_file: str = ""
    daemon_lines: tuple[DiffLine, ...] = ()  # every line of the whole file; none where it was not read


class Present(msgspec.Struct, frozen=True):
    """A container as it is: its name for people, and its service rebuilt."""

    name: str
    container_name: str
    service: Service
    missing: tuple[Message, ...]
    identity: dict[str, str]

    def line(self, service: Service) -> str:
        """The command line; it keeps the labels by which Compose, and a finding's life, know the container again."""
        labels = service.get("labels", {}) | self.identity
        named = compose.in_order({**service, "labels": labels}) if labels else service
        return run.line(named, name=self.container_name)

    def file(self, service: Service, spoken: Spoken) -> str:
        return compose.to_yaml(self.name, service, comments=[spoken(message) for message in self.missing])


def render(fix: Fix, subject: Subject, snapshot: Snapshot, spoken: Spoken = str) -> Rendered:
    """The fix for this subject. `spoken` puts a message into the reader's language, for comments within files."""
    match fix:
        case ComposeFix(summary, changes, certainty, breaks) if isinstance(subject, Container):
            present = _present(subject, snapshot)
            rendered = _rendered(summary, present, patch.apply(present.service, changes), spoken)
            return msgspec.structs.replace(rendered, certainty=certainty, breaks=breaks)
        case NetworkFix(summary) if isinstance(subject, Network):
            lines = network.commands(fix, subject, snapshot)
            return Rendered(summary, commands=lines, notes=network.notes(subject) if lines else ())
        case ComposeFix(summary) | CommandFix(summary, _) | NetworkFix(summary, _):
            return Rendered(summary, commands=fix.lines if isinstance(fix, CommandFix) else ())
        case DaemonFix():
            return _of_daemon(fix, snapshot)
        case FileFix() | AuditFix() | MembersFix():
            return _of_host(fix, snapshot)
        case BuildFix(summary, lines):
            return Rendered(summary, dockerfile=lines, notes=(REBUILD,))


def _of_host(fix: FileFix | AuditFix | MembersFix, snapshot: Snapshot) -> Rendered:
    match fix:
        case FileFix(summary, note=note):
            return Rendered(summary, commands=host_lines.of_file(fix), notes=(note,) if note else ())
        case AuditFix(summary):
            return Rendered(summary, commands=host_lines.of_audit(fix, snapshot))
        case MembersFix(summary):
            return Rendered(summary, commands=host_lines.of_members(snapshot), notes=host_lines.notes_of_members())


def render_all(fixes: Mapping[str, Fix], container: Container, snapshot: Snapshot, spoken: Spoken = str) -> Rendered:
    """All fixes of one container together, by the name of the check that each answers, most important first.

    Every changed line of `diff_lines` names its checks. Fixes that are no change of the service are left out.
    """
    written = {name: fix for name, fix in fixes.items() if isinstance(fix, ComposeFix)}
    changes = {name: fix.changes for name, fix in written.items()}
    present = _present(container, snapshot)
    after = patch.apply(present.service, merged(changes.values()))
    summary = say("All changes of this container together: %(count)s.", count=len(changes))
    rendered = _rendered(summary, present, after, spoken)
    lines = annotated(rendered.diff_lines, present.service, changes, lambda s: present.file(s, spoken))
    steps = tuple(Step(name, fix.certainty, fix.breaks) for name, fix in written.items())
    return msgspec.structs.replace(
        rendered, diff_lines=lines, steps=in_order_of_certainty(steps), compose_commented=commented(lines)
    )


def in_order_of_certainty(steps: Iterable[Step]) -> tuple[Step, ...]:
    """What can be done at once first; within a certainty as the fixes came, the most important first."""
    return tuple(sorted(steps, key=lambda step: list(Certainty).index(step.certainty)))


def rebuilt(container: Container, snapshot: Snapshot) -> Service:
    """The container's service as it is, with what the snapshot knows of its image and Engine left out."""
    service = compose.service(container, _image(container, snapshot), snapshot.engine)
    return {key: _with_names(value, snapshot) for key, value in service.items()}


def _present(container: Container, snapshot: Snapshot) -> Present:
    name = container.name.replace("/", "-")
    missing = compose.missing(container, _image(container, snapshot), snapshot.engine)
    labels = {} if isinstance(container.labels, Unknown) else dict(container.labels)
    identity = {label: labels[label] for label in IDENTITY if label in labels}
    return Present(_service_name(container), name, rebuilt(container, snapshot), missing, identity)


def _rendered(summary: Message, present: Present, service: Service, spoken: Spoken) -> Rendered:
    before, after = present.file(present.service, spoken), present.file(service, spoken)
    return Rendered(
        summary,
        compose_before=before,
        compose_after=after,
        compose_diff=patch.unified(before, after, FILE),
        diff_lines=patch.lines(before, after),
        run_before=present.line(present.service),
        run_after=present.line(service),
        notes=present.missing,
    )


def _of_daemon(fix: DaemonFix, snapshot: Snapshot) -> Rendered:
    written = daemon_json.written(fix, snapshot)
    return Rendered(
        fix.summary,
        daemon_json=written.json or None,
        daemon_diff=written.diff or None,
        commands=written.commands,
        notes=written.notes,
        daemon_file=written.file,
        daemon_lines=written.lines,
    )


def _service_name(container: Container) -> str:
    labels = {} if isinstance(container.labels, Unknown) else dict(container.labels)
    return labels.get("com.docker.compose.service") or container.name.replace("/", "-")


def _image(container: Container, snapshot: Snapshot) -> Image | None:
    images: Iterable[Image] = () if isinstance(snapshot.images, Unknown) else snapshot.images
    return next((image for image in images if image.id == container.image_id), None)


def _with_names(value: Any, snapshot: Snapshot) -> Any:
    """Another container is meant by its name: its id ends with its next deployment."""
    if not isinstance(value, str) or not value.startswith("container:"):
        return value
    others: Iterable[Container] = () if isinstance(snapshot.containers, Unknown) else snapshot.containers
    id_ = value.removeprefix("container:")
    return next((f"container:{other.name}" for other in others if other.id == id_), value)
