"""Layers and images as archives, made in memory, for tests that need no Engine: what a real one may send, and worse."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import tarfile
import time
from collections.abc import Callable, Iterable, Sequence

import zstandard

from secdash.facts.images.bounds import Budget
from secdash.facts.images.layer import Layer
from secdash.facts.images.sources import Stream
from secdash.facts.images.tar import entries

Pack = Callable[[bytes], bytes]

KEY = b"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"


def a_file(name: str, content: bytes = b"", **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    return _entry(name, tarfile.REGTYPE, content, **{"mode": 0o644, **fields})


def a_folder(name: str, **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    return _entry(name, tarfile.DIRTYPE, b"", **{"mode": 0o755, **fields})


def a_link(name: str, target: str, *, hard: bool = False, **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    return _entry(name, tarfile.LNKTYPE if hard else tarfile.SYMTYPE, b"", linkname=target, **fields)


def a_capability(*bits: int, revision: int = 2) -> dict[str, str]:
    """PAX records of security.capability with these permitted, as GNU tar and the Engine write them."""
    words = [sum(1 << bit % 32 for bit in bits if bit // 32 == half) for half in (0, 1)]
    head = struct.pack("<I", revision << 24 | 1)
    body = b"".join(struct.pack("<II", word, 0) for word in words[: 1 if revision == 1 else 2])
    raw = head + body + (struct.pack("<I", 0) if revision == 3 else b"")
    return {"SCHILY.xattr.security.capability": raw.decode("utf-8", "surrogateescape")}


def a_tar(*members: tuple[tarfile.TarInfo, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for entry, content in members:
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def legacy_export(*layers: bytes, order: Sequence[int] = ()) -> bytes:
    """`docker save` before 25: a folder a layer, and links for layers that repeat. `order` is that of the stream."""
    folders = [f"{number:064x}" for number in range(len(layers))]
    members = [a_file("manifest.json", _manifest(f"{folder}/layer.tar" for folder in folders))]
    for number in order or range(len(layers)):
        first = layers.index(layers[number])
        members += [a_folder(folders[number]), a_file(f"{folders[number]}/VERSION", b"1.0")]
        if first == number:
            members.append(a_file(f"{folders[number]}/layer.tar", layers[number]))
        else:
            members.append(a_link(f"{folders[number]}/layer.tar", f"../{folders[first]}/layer.tar"))
    return a_tar(*members, a_file("repositories", b'{"app":{"1":"x"}}'))


def oci_export(*layers: bytes, pack: Pack = bytes, with_manifest: bool = True, others: Iterable[bytes] = ()) -> bytes:
    """The layout of 25 and later, and of containerd stores; an attestation stands in the index before the image."""
    packed = [pack(layer) for layer in layers]
    statement = b'{"_type":"https://in-toto.io/Statement/v0.1"}'
    attestation = json.dumps({"layers": [_descriptor(statement)]}).encode()
    image = json.dumps({"schemaVersion": 2, "layers": [_descriptor(layer) for layer in packed]}).encode()
    notes = {"vnd.docker.reference.type": "attestation-manifest"}
    inner = json.dumps({"manifests": [{**_descriptor(attestation), "annotations": notes}, _descriptor(image)]}).encode()
    blobs = {_blob(each): each for each in (statement, attestation, image, inner, *packed, *others)}
    members = [a_file(name, content) for name, content in sorted(blobs.items())]
    members.append(a_file("index.json", json.dumps({"manifests": [_descriptor(inner)]}).encode()))
    members.append(a_file("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'))
    if with_manifest:
        members.append(a_file("manifest.json", _manifest(_blob(layer) for layer in packed)))
    return a_tar(*members)


def zstd(data: bytes) -> bytes:
    return zstandard.compress(data, 3)


def two_gzip_members(data: bytes) -> bytes:
    return gzip.compress(data[:700]) + gzip.compress(data[700:])


def a_budget(**most: int) -> Budget:
    return Budget(time.monotonic() + 60, **most)


def a_stream(data: bytes, budget: Budget | None = None) -> Stream:
    return Stream(io.BytesIO(data).readinto, budget or a_budget())


def a_layer(*members: tuple[tarfile.TarInfo, bytes]) -> Layer:
    budget, layer = a_budget(), Layer()
    for entry, body in entries(a_stream(a_tar(*members), budget), budget, marked_end=False):
        layer.add(entry, body)
    return layer


def _entry(name: str, type_: bytes, content: bytes, **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.size = type_, len(content)
    for field, value in fields.items():
        setattr(entry, field, value)
    return entry, content


def _manifest(layers: Iterable[str]) -> bytes:
    return json.dumps([{"Config": "config.json", "RepoTags": ["app:1"], "Layers": list(layers)}]).encode()


def _descriptor(content: bytes) -> dict[str, object]:
    return {"digest": f"sha256:{hashlib.sha256(content).hexdigest()}", "size": len(content)}


def _blob(content: bytes) -> str:
    return f"blobs/sha256/{hashlib.sha256(content).hexdigest()}"
