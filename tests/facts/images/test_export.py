"""The shapes of `docker save`, and archives that are not what they should be."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secdash.facts.images import sources
from secdash.facts.images.bounds import Unreadable
from secdash.facts.images.export import read_export
from secdash.facts.model import ImageFiles, SecretFile, SetuidFile
from tests.engine.archives import (
    KEY,
    a_budget,
    a_file,
    a_folder,
    a_link,
    a_stream,
    a_tar,
    legacy_export,
    oci_export,
    two_gzip_members,
    zstd,
)

BASE = a_tar(
    a_folder("usr"),
    a_file("usr/tool", b"x" * 2000, mode=0o4755),
    a_file("usr/other", b"x", mode=0o4755),
    a_file("srv/key", KEY),
)
ABOVE = a_tar(a_file("usr/tool", b"y", mode=0o755), a_file("etc/os-release", b"ID=debian\nVERSION_ID=12\n"))
EMPTY = a_tar()

EXPORTS: dict[str, bytes] = {
    "legacy": legacy_export(BASE, EMPTY, ABOVE),
    "legacy, top first": legacy_export(BASE, EMPTY, ABOVE, order=(2, 1, 0)),
    "legacy, equal layers": legacy_export(EMPTY, BASE, EMPTY, ABOVE, EMPTY),
    "oci": oci_export(BASE, EMPTY, ABOVE),
    "oci, gzip": oci_export(BASE, EMPTY, ABOVE, pack=gzip.compress),
    "oci, gzip in pieces": oci_export(BASE, EMPTY, ABOVE, pack=two_gzip_members),
    "oci, gzip with padding": oci_export(BASE, EMPTY, ABOVE, pack=lambda data: gzip.compress(data) + bytes(99)),
    "oci, zstd": oci_export(BASE, EMPTY, ABOVE, pack=zstd),
    "oci, zstd frames": oci_export(BASE, EMPTY, ABOVE, pack=lambda data: zstd(data[:900]) + zstd(data[900:])),
    "oci, index only": oci_export(BASE, EMPTY, ABOVE, pack=gzip.compress, with_manifest=False),
    "oci, with a stranger": oci_export(BASE, EMPTY, ABOVE, others=[a_tar(a_file("x", mode=0o4755)), b"what is this"]),
}


def read(data: bytes, **most: int) -> ImageFiles:
    budget = a_budget(**most)
    return read_export(a_stream(data, budget), budget)


def why(data: bytes, **most: int) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(data, **most)
    return caught.value


@pytest.mark.parametrize("name", EXPORTS)
def test_reads_every_shape_alike(name: str) -> None:
    found = read(EXPORTS[name])

    assert found.setuid == (SetuidFile("/usr/other", 0o4755, 0),)
    assert found.secrets == (SecretFile("/srv/key", "a private key"),)
    assert getattr(found.distribution, "version", "") == "12"


@pytest.mark.parametrize("name", EXPORTS)
def test_a_stream_that_breaks_off_is_no_inventory(name: str) -> None:
    data = EXPORTS[name].rstrip(b"\0")
    for length in (0, 100, 512, len(data) // 3, len(data) // 2, len(data) - 600):
        error = why(data[:length])
        assert not error.lasting


def test_what_the_engine_adds_when_it_fails_halfway_is_no_archive() -> None:
    half = EXPORTS["oci"][: 512 * 6]
    assert "damaged" in str(why(half + b'{"message":"layer does not exist"}'.ljust(512)))


def manifest(content: bytes) -> bytes:
    return a_tar(a_file("layer.tar", BASE), a_file("manifest.json", content))


@pytest.mark.parametrize(
    "content",
    [b"[]", b"[{}]", b"[1]", b"{not json", b'[{"Layers": 5}]', b'{"Layers": ["layer.tar"]}', b"[" * 5000, b"x"],
)
def test_a_manifest_that_tells_nothing_is_no_manifest(content: bytes) -> None:
    error = why(manifest(content))
    assert "does not say which layers" in str(error)
    assert error.lasting


@pytest.mark.parametrize("layers", [["other.tar"], ["layer.tar", "other.tar"]])
def test_a_layer_that_is_not_there_is_missed(layers: list[str]) -> None:
    assert "lacks one of the layers" in str(why(manifest(json.dumps([{"Layers": layers}]).encode())))


def test_links_in_a_circle_lead_nowhere() -> None:
    data = a_tar(
        a_link("a/layer.tar", "../b/layer.tar"),
        a_link("b/layer.tar", "../a/layer.tar"),
        a_file("manifest.json", b'[{"Layers": ["a/layer.tar"]}]'),
    )
    assert "lacks one of the layers" in str(why(data))


def test_a_link_that_climbs_out_of_the_archive_ends_at_its_root() -> None:
    data = a_tar(
        a_file("etc/layer.tar", BASE),
        a_link("a/layer.tar", "../../../../etc/layer.tar"),
        a_file("manifest.json", b'[{"Layers": ["a/layer.tar"]}]'),
    )
    assert len(read(data).setuid) == 2


@pytest.mark.parametrize("index", [{"manifests": [{}, 5, {"digest": 7}]}, {"layers": [{"digest": "sha256:0"}]}, []])
def test_an_index_of_nonsense_is_no_manifest(index: object) -> None:
    assert "does not say which layers" in str(why(a_tar(a_file("index.json", json.dumps(index).encode()))))


def test_an_index_that_contains_itself_is_visited_once() -> None:
    itself = {"digest": "index.json"}
    data = a_tar(
        a_file("index.json", json.dumps({"manifests": [itself] * 9}).encode()), a_file("blobs/index.json", b"{}")
    )
    assert "does not say which layers" in str(why(data))


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_a_bomb_is_stopped_by_its_budget(pack: Callable[[bytes], bytes]) -> None:
    bomb = a_tar(a_file("zeros", bytes(40 * 2**20)))
    packed = oci_export(bomb, pack=pack)
    assert len(packed) < 2**18
    assert why(packed, most_bytes=8 * 2**20).lasting


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_damage_within_a_packed_layer_is_seen(pack: Callable[[bytes], bytes]) -> None:
    packed = bytearray(pack(BASE))
    packed[30:60] = b"\xff" * 30
    assert "damaged" in str(why(oci_export(BASE, pack=lambda _data: bytes(packed))))
    cut = pack(BASE)[:-20]
    assert "ended early" in str(why(oci_export(BASE, pack=lambda _data: cut)))


def test_zstd_may_not_ask_for_more_memory_than_we_have() -> None:
    import zstandard

    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=26)
    wide = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = wide.compress(BASE) + wide.flush()
    assert sources.WIDEST_WINDOW < 2**26
    assert "damaged" in str(why(oci_export(BASE, pack=lambda _data: packed)))


def test_documents_are_kept_within_bounds() -> None:
    documents = [a_file(f"{number}/json", b"{" + b" " * 2**20) for number in range(3)]
    assert "does not say which" in str(why(a_tar(*documents)))


@given(
    at=st.integers(0, len(EXPORTS["oci, zstd"]) - 1),
    new=st.binary(min_size=1, max_size=30),
    name=st.sampled_from(list(EXPORTS)),
)
def test_no_damage_raises_anything_but_unreadable(at: int, new: bytes, name: str) -> None:
    data = EXPORTS[name]
    with suppress(Unreadable):
        read(data[:at] + new + data[at + len(new) :])
