"""The listings. One is only as good as whole: an entry without a name of its own makes the whole listing unknown,
because what is missing from a listing is taken for gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from secdash.facts import redact
from secdash.facts.answers import ContainerAnswers, Failure, ImageAnswers
from secdash.facts.message import say
from secdash.facts.model import Container, Image, Network, Service, Subnet, Unknown, Volume
from secdash.facts.parse.container import parse_container
from secdash.facts.parse.image import parse_image
from secdash.facts.parse.keys import container_key, image_key, with_own_keys
from secdash.facts.parse.parts import labels
from secdash.facts.parse.reading import (
    Field,
    Malformed,
    Node,
    flag,
    items,
    mapping,
    names,
    optional,
    pairs,
    read_all,
    records,
    text,
)

A = TypeVar("A")
S = TypeVar("S", Container, Image, Network, Volume, Service)
K = TypeVar("K", Container, Image, Network)


def masked_options(value: object) -> tuple[tuple[str, str], ...]:
    return redact.masked_pairs(pairs(value))


def subnet(value: object) -> Subnet:
    """Podman writes "<nil>" for the gateway of an internal network."""
    found = mapping(value)
    gateway = text(found.get("Gateway") or "")
    return Subnet(
        text(found.get("Subnet") or ""),
        gateway="" if gateway == "<nil>" else gateway,
        ip_range=text(found.get("IPRange") or ""),
        spare=pairs(found.get("AuxiliaryAddresses") or {}),
    )


NETWORK = {
    "driver": Field("Driver", text),
    "scope": Field("Scope", text),
    "internal": Field("Internal", flag),
    "ipv6": Field("EnableIPv6", flag),
    "options": optional("Options", masked_options, ()),
    "containers": Field("Containers", names, null=()),
    "subnets": optional("IPAM.Config", records(subnet), ()),
    "labels": optional("Labels", labels, ()),
    "attachable": Field("Attachable", flag, absent=False),
}

VOLUME = {
    "driver": Field("Driver", text),
    "options": optional("Options", masked_options, ()),
    "mountpoint": Field("Mountpoint", text),
}


def parse_containers(answers: Sequence[ContainerAnswers] | Failure, *, podman: bool) -> tuple[Container, ...] | Unknown:
    def one(answer: ContainerAnswers) -> Container:
        identified(answer.listed, "Id")
        return parse_container(answer.listed, answer.inspect, answer.top, answer.execs, podman, answer.changes)

    return whole_listing(answers, one, lambda container: container.id)


def renew_containers(
    found: Sequence[ContainerAnswers | Container] | Failure, *, podman: bool
) -> tuple[Container, ...] | Unknown:
    """A whole listing of which only some were read: the others stay as they were, under the keys they have now."""

    def one(thing: ContainerAnswers | Container) -> Container:
        if isinstance(thing, Container):
            return _under(container_key(thing.name, thing.labels), thing)
        identified(thing.listed, "Id")
        return parse_container(thing.listed, thing.inspect, thing.top, thing.execs, podman, thing.changes)

    return whole_listing(found, one, lambda container: container.id)


def renew_images(found: Sequence[ImageAnswers | Image] | Failure) -> tuple[Image, ...] | Unknown:
    """As `renew_containers`."""

    def one(thing: ImageAnswers | Image) -> Image:
        if isinstance(thing, Image):
            names = [() if isinstance(names, Unknown) else names for names in (thing.tags, thing.digests)]
            return _under(image_key(thing.id, *names), thing)
        identified(thing.listed, "Id")
        return parse_image(thing.listed, thing.inspect, thing.history)

    return whole_listing(found, one, lambda image: image.id)


def _under(key: str, thing: K) -> K:
    """The very same record where it has that key already: it need not be compared then."""
    return thing if thing.key == key else msgspec.structs.replace(thing, key=key)


def parse_images(answers: Sequence[ImageAnswers] | Failure) -> tuple[Image, ...] | Unknown:
    def one(answer: ImageAnswers) -> Image:
        identified(answer.listed, "Id")
        return parse_image(answer.listed, answer.inspect, answer.history)

    return whole_listing(answers, one, lambda image: image.id)


def parse_networks(answers: Sequence[object] | Failure) -> tuple[Network, ...] | Unknown:
    """Of inspect answers; a network that was read before stays as it was, under the key that it has now."""

    def one(answer: object) -> Network:
        if isinstance(answer, Network):
            return _under(answer.name, answer)
        id_, name = identified(answer, "Id"), identified(answer, "Name")
        return Network(id=id_, name=name, key=name, **read_all(Node(answer), NETWORK))

    return whole_listing(answers, one, lambda network: network.id)


def parse_volumes(answer: object) -> tuple[Volume, ...] | Unknown:
    def one(found: object) -> Volume:
        name = identified(found, "Name")
        return Volume(name=name, key=name, **read_all(Node(found), VOLUME))

    listed = Node(answer).at("Volumes").read(items, null=[])
    return listed if isinstance(listed, Unknown) else whole_listing(listed, one, lambda volume: volume.name)


def identified(entry: object, key: str) -> str:
    """What the Engine calls the entry. Raises Malformed where it does not say."""
    name = text(mapping(entry).get(key))
    if not name:
        raise Malformed
    return name


def whole_listing(
    entries: Sequence[A] | Failure, one: Callable[[A], S], id_of: Callable[[S], str]
) -> tuple[S, ...] | Unknown:
    if isinstance(entries, Failure):
        return Unknown(entries.why)
    try:
        subjects = [one(entry) for entry in entries]
    except Malformed:
        return Unknown(say("The Engine listed something without saying what it is called."))
    return with_own_keys(subjects, map(id_of, subjects))
