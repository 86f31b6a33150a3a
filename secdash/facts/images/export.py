"""`docker save` as it passes: an archive of layers in any order, with a manifest anywhere that tells their order.

Three shapes are known: the Engine's own of before 25 (ID/layer.tar, with links between equal layers), the OCI layout
of later ones (blobs/sha256/…), and the same from a containerd store, where layers are packed (OCI image layout 1.1).
"""

from __future__ import annotations

import posixpath
from typing import Any

import orjson

from secdash.facts.images.bounds import TOO_LARGE, Budget, Unreadable
from secdash.facts.images.inventory import inventory
from secdash.facts.images.layer import Layer
from secdash.facts.images.sources import GZIP, ZSTD, Source, Window, unpacked
from secdash.facts.images.tar import FILE, LINK, SYMLINK, Entry, entries
from secdash.facts.message import say
from secdash.facts.model import ImageFiles

LARGEST_DOCUMENT = 2**20
MOST_DOCUMENTS = 4 * 2**20  # bytes, together
MOST_LINKS = 10_000
MOST_LAYERS = 10_000
LONGEST_CHAIN = 16  # of links to links

USTAR, USTAR_AT = b"ustar", 257
ATTESTATION = "attestation-manifest"
NO_MANIFEST = say("The archive of this image does not say which layers it is made of.")
MISSING_LAYER = say("The archive of this image lacks one of the layers that it is made of.")


def read_export(source: Source, budget: Budget) -> ImageFiles:
    """The facts of the image in this archive. Raises Unreadable."""
    archive = _Archive(budget)
    for entry, body in entries(source, budget, marked_end=True):
        archive.add(entry, body)
    return inventory(archive.stack())


class _Archive:
    """What has been seen of the archive: layers by path, links, and the documents that describe it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._layers: dict[str, Layer] = {}
        self._links: dict[str, str] = {}
        self._documents: dict[str, bytes] = {}
        self._room = MOST_DOCUMENTS

    def add(self, entry: Entry, body: Window) -> None:
        if entry.type in (LINK, SYMLINK) and len(self._links) < MOST_LINKS:
            self._links[entry.name] = _target(entry)
        elif entry.type == FILE and entry.size:
            self._add_file(entry.name, body)

    def _add_file(self, name: str, body: Window) -> None:
        first = body.read(512)
        packed = first.startswith((GZIP, ZSTD))
        if packed or first[USTAR_AT:].startswith(USTAR) or not first.strip(b"\0"):
            if len(self._layers) >= MOST_LAYERS:
                raise Unreadable(TOO_LARGE, lasting=True)
            self._layers[name] = _layer(unpacked(body, first, self._budget), self._budget, packed)
        elif first.lstrip()[:1] in (b"{", b"["):
            self._keep_document(name, first, body)

    def _keep_document(self, name: str, first: bytes, body: Window) -> None:
        size = len(first) + body.left
        if size <= min(LARGEST_DOCUMENT, self._room):
            self._room -= size
            self._documents[name] = first + body.read(body.left)

    def stack(self) -> list[Layer]:
        """The image's layers, lowest first. Raises Unreadable where the manifest or one of them is missing."""
        names = self._of_manifest() or self._of_index("index.json", set())
        if names is None:
            raise Unreadable(NO_MANIFEST, lasting=True)
        found = [self._layers.get(self._followed(name)) for name in names]
        if None in found:
            raise Unreadable(MISSING_LAYER, lasting=True)
        return [layer for layer in found if layer]

    def _followed(self, name: str) -> str:
        for _ in range(LONGEST_CHAIN):
            if name not in self._links:
                break
            name = self._links[name]
        return name

    def _document(self, name: str) -> Any:
        try:
            return orjson.loads(self._documents.get(name, b"null"))
        except orjson.JSONDecodeError:
            return None

    def _of_manifest(self) -> list[str] | None:
        """Docker's own manifest.json; one image was asked for, so the first is that."""
        images = self._document("manifest.json")
        first = images[0] if isinstance(images, list) and images else None
        layers = first.get("Layers") if isinstance(first, dict) else None
        return [name for name in layers if isinstance(name, str)] if isinstance(layers, list) else None

    def _of_index(self, name: str, seen: set[str]) -> list[str] | None:
        """The first manifest below an OCI index whose layers are all here: other platforms may be named only."""
        document = None if name in seen else self._document(name)
        seen.add(name)
        if not isinstance(document, dict):
            return None
        if isinstance(layers := document.get("layers"), list):
            names = [_blob(layer) for layer in layers]
            return names if all(self._followed(each) in self._layers for each in names) else None
        manifests = document.get("manifests")
        below = [_blob(each) for each in manifests if not _attests(each)] if isinstance(manifests, list) else []
        return next((found for each in below if (found := self._of_index(each, seen)) is not None), None)


def _layer(source: Source, budget: Budget, packed: bool) -> Layer:
    """A packed layer must have its end mark: zstd does not say when its frame was cut."""
    layer = Layer()
    for entry, body in entries(source, budget, marked_end=packed):
        layer.add(entry, body)
    return layer


def _target(entry: Entry) -> str:
    """Where a link leads: a symbolic one from its own folder, a hard one from the root."""
    folder = posixpath.dirname(entry.name) if entry.type == SYMLINK else ""
    return posixpath.normpath(posixpath.join("/", folder, entry.link)).lstrip("/")


def _blob(descriptor: Any) -> str:
    """The path of a blob in an OCI layout; "" for what is no descriptor."""
    digest = descriptor.get("digest") if isinstance(descriptor, dict) else None
    return f"blobs/{digest.replace(':', '/', 1)}" if isinstance(digest, str) else ""


def _attests(descriptor: Any) -> bool:
    """BuildKit's attestations stand beside the images of an index, and their layers are statements, not files."""
    notes = descriptor.get("annotations") if isinstance(descriptor, dict) else None
    return isinstance(notes, dict) and notes.get("vnd.docker.reference.type") == ATTESTATION
