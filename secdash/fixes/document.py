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


# Compose writers quote these: YAML 1.1 reads 22:22 as a number in base 60, and a version or a mode as a number.
QUOTED_CHARACTERS = frozenset(":")


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    short = len(value) < 40 and "/" not in value and any(character in QUOTED_CHARACTERS for character in value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if short else None)


_Dumper.add_representer(str, _text)


def to_yaml(name: str, service: Mapping[str, Any], *, comments: Sequence[str] = ()) -> str:
    """The file; `comments` stand at its top. Networks and named volumes are those that exist on the host already."""
    content = {"services": {name: _literal(dict(service))}} | _existing(service)
    text: str = yaml.dump(
        content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000, default_flow_style=False
    )
    return "".join(f"# {_one_line(comment)}\n" for comment in comments) + text


def _one_line(comment: str) -> str:
    return " ".join(comment.split())


def _literal(value: Any) -> Any:
    """Compose puts variables where it sees a dollar; what the Engine told is meant as it stands."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, list | tuple):
        return [_literal(item) for item in value]
    if isinstance(value, dict):
        return {key: _literal(item) for key, item in value.items()}
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
