"""What a rebuilding knows: the container, and where they are known the image it comes from and the Engine below it."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from secdash.facts.model import Container, Engine, Fact, Image, Unknown

T = TypeVar("T")
Keys = dict[str, Any]


class About(msgspec.Struct, frozen=True):
    container: Container
    image: Image | None = None
    engine: Engine | None = None

    @property
    def on_podman(self) -> bool:
        """Podman answers with its own defaults where Docker says nothing."""
        return self.engine is not None and self.engine.podman

    def of_image(self, name: str) -> Any:
        """The image's fact of that name; None where it is not known, so that nothing equals it."""
        return seen(getattr(self.image, name), None) if self.image else None

    def of_engine(self, name: str) -> Any:
        return seen(getattr(self.engine, name), None) if self.engine else None


def seen(fact: Fact[T], otherwise: T) -> T:
    """The value; for what is unknown the value that is left out of the file. `compose.missing` then names the fact."""
    return otherwise if isinstance(fact, Unknown) else fact


def filled(**keys: Any) -> Keys:
    """Only the keys that say something: no empty list or text, no zero, no False, no None."""
    return {key: value for key, value in keys.items() if value}
