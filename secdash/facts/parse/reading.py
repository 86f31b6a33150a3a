"""Reading decoded JSON that may be anything: a value of the expected shape, or Unknown with the path in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from secdash.facts.answers import Failure
from secdash.facts.message import say
from secdash.facts.model import Unknown

T = TypeVar("T")
D = TypeVar("D")
R = TypeVar("R", bound=msgspec.Struct)
Shape = Callable[[object], T]

LARGEST = 2**63 - 1


class Malformed(Exception):
    """A value is not of the shape that was asked for."""


class Gap(Enum):
    """ABSENT: the key is not there. NOT_ALLOWED: it has no documented meaning when it is not."""

    ABSENT = "absent"
    NOT_ALLOWED = "not allowed"


ABSENT, NOT_ALLOWED = Gap.ABSENT, Gap.NOT_ALLOWED


class Node:
    """A place in an Engine's answer: what is there, and the path that leads to it."""

    __slots__ = ("_names", "value")

    def __init__(self, value: object, *names: str) -> None:
        self.value = value
        self._names = names

    @property
    def path(self) -> str:
        """Put together where somebody asks: most values are as they should be."""
        return ".".join(self._names)

    def at(self, *names: str) -> Node:
        """The place below. Where this one is no object, what is below it is missing, and says so with its own path."""
        value = self.value
        for name in names:
            if isinstance(value, dict):
                value = value.get(name, ABSENT)
            elif not isinstance(value, Failure):
                value = ABSENT
        return Node(value, *self._names, *names)

    def read(self, shape: Shape[T], *, absent: D | Gap = NOT_ALLOWED, null: D | Gap = NOT_ALLOWED) -> T | D | Unknown:
        """The value in that shape; `absent` and `null` are what the Engine means by leaving it out or saying null."""
        value = self.value
        if isinstance(value, Failure):
            return Unknown(value.why)
        if value is ABSENT:
            return self._missing() if isinstance(absent, Gap) else absent
        if value is None and not isinstance(null, Gap):
            return null
        try:
            return shape(value)
        except Malformed:
            return Unknown(say("The Engine wrote %(path)s in a form that secdash does not know.", path=self.path))

    def _missing(self) -> Unknown:
        return Unknown(say("The Engine's answer does not have %(path)s.", path=self.path))


class Field(msgspec.Struct, frozen=True):
    """Where a fact stands below a node, its shape, and what the Engine means by leaving it out or saying null."""

    path: str
    shape: Shape[Any]
    absent: Any = NOT_ALLOWED
    null: Any = NOT_ALLOWED

    def read(self, node: Node) -> Any:
        """Most values are there and as they should be: these are read without a node of their own."""
        names, value = _names(self.path), node.value
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None and not isinstance(value, Failure):
            try:
                return self.shape(value)
            except Malformed:
                pass
        return node.at(*names).read(self.shape, absent=self.absent, null=self.null)


@lru_cache(maxsize=1024)
def _names(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def optional(path: str, shape: Shape[Any], empty: Any) -> Field:
    """A field that the Engine documents as left out, or null, when it is empty."""
    return Field(path, shape, absent=empty, null=empty)


def read_all(node: Node, fields: Mapping[str, Field]) -> dict[str, Any]:
    return {name: field.read(node) for name, field in fields.items()}


def first_text(*nodes: Node) -> str:
    """The first that holds a text with something in it; "" where none does."""
    return next((node.value for node in nodes if isinstance(node.value, str) and node.value), "")


def text(value: object) -> str:
    if not isinstance(value, str):
        raise Malformed
    return value


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Malformed
    return value


def whole(value: object) -> int:
    """An integer as the Engine counts, in 64 bits; true and 1.0 are none."""
    if not isinstance(value, int) or isinstance(value, bool) or not -LARGEST <= value <= LARGEST:
        raise Malformed
    return value


def mapping(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Malformed
    return value


def items(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise Malformed
    return list(value)


def in_order(shape: Shape[T]) -> Shape[tuple[T, ...]]:
    """A list whose order means something."""
    return lambda value: tuple(shape(item) for item in items(value))


def in_any_order(shape: Shape[str]) -> Shape[tuple[str, ...]]:
    """A list in which the Engine's order means nothing: equal sets read equal."""
    return lambda value: tuple(sorted(shape(item) for item in items(value)))


def records(shape: Shape[R]) -> Shape[tuple[R, ...]]:
    """A list of objects in which the Engine's order means nothing."""
    return lambda value: in_record_order(shape(item) for item in items(value))


def in_record_order(found: Iterable[R]) -> tuple[R, ...]:
    return tuple(sorted(found, key=msgspec.structs.astuple))


def names(value: object) -> tuple[str, ...]:
    """The keys of an object whose values say nothing, like ExposedPorts."""
    return tuple(sorted(mapping(value)))


def pairs(value: object) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, text(item)) for name, item in mapping(value).items()))


def listed_id(entry: object) -> str:
    """Of a line of a listing; "" where it has none."""
    id_ = entry.get("Id") if isinstance(entry, dict) else None
    return id_ if isinstance(id_, str) else ""
