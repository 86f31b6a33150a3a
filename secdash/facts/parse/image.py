"""An image, from its inspect answer and its history; and what the history gives away."""

from __future__ import annotations

from secdash.facts import redact
from secdash.facts.model import HistoryStep, Image, Unknown
from secdash.facts.parse.keys import image_key
from secdash.facts.parse.parts import command, env, healthcheck, labels, read_command, told_secrets
from secdash.facts.parse.reading import (
    Field,
    Node,
    first_text,
    in_any_order,
    in_order,
    mapping,
    names,
    optional,
    pairs,
    read_all,
    text,
    whole,
)

NO_REFERENCE = "<none>"


def references(value: object) -> tuple[str, ...]:
    """Older Engines write "<none>:<none>" for none."""
    return tuple(name for name in in_any_order(text)(value) if not name.startswith(NO_REFERENCE))


def step(value: object) -> HistoryStep:
    found = mapping(value)
    created_by, secret = redact.masked_step(text(found.get("CreatedBy", "")))
    return HistoryStep(created_by, whole(found.get("Size", 0)), secret)


TOP_LEVEL = {
    "tags": optional("RepoTags", references, ()),
    "digests": optional("RepoDigests", references, ()),
    "created": Field("Created", text, absent=""),
    "size": Field("Size", whole),
    "architecture": Field("Architecture", text),
    "os": Field("Os", text),
}

# The image specification, and the Engine since API 1.50, leave out what is empty.
CONFIG = {
    "user": optional("User", text, ""),
    "env": optional("Env", env, ()),
    "labels": optional("Labels", labels, ()),
    "secret_labels": optional("Labels", lambda value: redact.secret_names(pairs(value)), ()),
    "entrypoint": optional("Entrypoint", command, None),
    "working_dir": optional("WorkingDir", text, ""),
    "exposed_ports": optional("ExposedPorts", names, ()),
    "volumes": optional("Volumes", names, ()),
    "on_build": optional("OnBuild", in_order(lambda value: redact.masked_text(text(value))), ()),
    "healthcheck": optional("Healthcheck", healthcheck, ()),
}


def parse_image(listed: object, inspect: object, history: object) -> Image:
    """Any of it may be missing, wrong or a Failure. The key is not yet made unique among the host's images."""
    id_ = first_text(Node(listed).at("Id"), Node(inspect).at("Id"))
    facts = {**read_all(Node(inspect), TOP_LEVEL), **read_all(Node(inspect).at("Config"), CONFIG)}
    facts["command"] = read_command(Node(inspect).at("Config"))
    for name in ("tags", "digests"):
        if isinstance(facts[name], Unknown):
            facts[name] = TOP_LEVEL[name].read(Node(listed))
    steps = Node(history, "history").read(in_order(step))
    known_names = [() if isinstance(facts[name], Unknown) else facts[name] for name in ("tags", "digests")]
    key = image_key(id_, *known_names)
    told = Node(inspect).at("Config").read(told_secrets)
    return Image(id=id_, name=_short(id_) if key == id_ else key, key=key, history=steps, told_secrets=told, **facts)


def _short(id_: str) -> str:
    return id_.removeprefix("sha256:")[:12]
