"""A Compose file around one service, as YAML that Compose reads back to the same values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, and never writes the references that YAML makes for a repeated value."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


class _Quoted(str):
    """A text in double quotes, as Compose files have it where YAML 1.1 would read 22:22 as a number in base 60."""

    __slots__ = ()


QUOTED = ("ports", "user")


def _quote(dumper: yaml.SafeDumper, value: _Quoted) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')


_Dumper.add_representer(_Quoted, _quote)


def to_yaml(name: str, service: Mapping[str, Any], *, comments: Sequence[str] = ()) -> str:
    """The file; `comments` stand at its top. Networks and named volumes are those that exist on the host already."""
    content = {"services": {name: {key: _literal(value, key in QUOTED) for key, value in service.items()}}} | _existing(
        service
    )
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=False
    )
    return "".join(f"# {_one_line(comment)}\n" for comment in comments) + text


def _one_line(comment: str) -> str:
    return " ".join(comment.split())


def _literal(value: Any, quoted: bool = False) -> Any:
    """Compose puts variables where it sees a dollar; what the Engine told is meant as it stands."""
    if isinstance(value, str):
        text = value.replace("$", "$$")
        return _Quoted(text) if quoted else text
    if isinstance(value, list | tuple):
        return [_literal(item, quoted) for item in value]
    if isinstance(value, dict):
        return {key: _literal(item, quoted) for key, item in value.items()}
    return value


def _existing(service: Mapping[str, Any]) -> dict[str, Any]:
    """Top-level entries for what the service uses by name."""
    external = {"external": True}
    networks = dict.fromkeys(service.get("networks", ()), external)
    volumes = {name: external for name in map(_volume_name, service.get("volumes", ())) if name}
    return {key: names for key, names in (("networks", networks), ("volumes", volumes)) if names}


def _volume_name(entry: str | Mapping[str, Any]) -> str:
    if isinstance(entry, str):
        source, separator, _ = entry.partition(":")
        return source if separator and not source.startswith(("/", ".", "~")) else ""
    return str(entry.get("source", "")) if entry.get("type") == "volume" else ""
