"""In place of msgspec: records made of their annotations, and the JSON that msgspec would write of them."""

from __future__ import annotations

import json as plain
from types import SimpleNamespace
from typing import Any

MISSING = object()


class Struct:
    """A record with the fields that are annotated. `tag` goes into its JSON as "type"."""

    __struct_fields__: Any = ()
    __struct_tag__: Any = ""

    def __init_subclass__(cls, *, frozen: bool = False, tag: bool = False) -> None:
        super().__init_subclass__()
        own = [name for name in cls.__annotations__ if not name.startswith("__")]
        cls.__struct_fields__ = tuple(dict.fromkeys([*cls.__struct_fields__, *own]))
        cls.__struct_tag__ = cls.__name__ if tag else ""

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self.__struct_fields__
        given = {**dict(zip(fields, values, strict=False)), **named}
        if len(values) > len(fields) or len(given) != len(values) + len(named) or not given.keys() <= set(fields):
            raise TypeError(f"{type(self).__name__} does not have these fields")
        for name in fields:
            value = given[name] if name in given else _default(type(self), name)
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("records are frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and astuple(self) == astuple(other)

    def __hash__(self) -> int:
        return hash(astuple(self))


def _default(kind: type, name: str) -> Any:
    value = getattr(kind, name, MISSING)
    if value is MISSING:
        raise TypeError(f"{kind.__name__} needs {name}")
    return value.copy() if isinstance(value, dict | list) else value


def astuple(record: Any) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in record.__struct_fields__)


def replace(record: Any, **changes: Any) -> Any:
    return type(record)(**{**{name: getattr(record, name) for name in record.__struct_fields__}, **changes})


def encode(value: Any, *, order: str = "") -> bytes:
    return plain.dumps(_json(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _json(value: Any) -> Any:
    if isinstance(value, Struct):
        tag = {"type": value.__struct_tag__} if value.__struct_tag__ else {}
        return {**tag, **{name: _json(getattr(value, name)) for name in value.__struct_fields__}}
    if isinstance(value, dict):
        return {_text(name): _json(value[name]) for name in sorted(value)}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    """Without halves of signs, which no decoder takes: names of files may hold some."""
    return text.encode(errors="replace").decode()


def decoder(kind: Any) -> Any:
    """Nothing is decoded on the host."""
    return kind


structs = SimpleNamespace(astuple=astuple, replace=replace)
json = SimpleNamespace(Decoder=decoder, encode=encode)
