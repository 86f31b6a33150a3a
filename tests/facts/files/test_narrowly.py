"""Looking at one file of a host: it reads as it does among all of them."""

from __future__ import annotations

import pytest

from secdash.facts.files.local import LocalFiles
from secdash.facts.files.seen import Process, Seen, Wanted
from secdash.facts.files.wanted import rounds
from secdash.facts.model import HostFacts
from secdash.facts.parse.host import parse_host
from secdash.facts.places import PLACES
from secdash.facts.unasked import Part, part_of
from tests.flows import host_tree

CERTIFICATE = "/etc/docker/certs.d/registry.example.com/ca.crt"


class Counted:
    """A reader that counts what it is asked for."""

    def __init__(self, root) -> None:
        self._files = LocalFiles(str(root))
        self.count = 0

    def look(self, wanted: Wanted):
        self.count += len(wanted.entries) + len(wanted.texts) + len(wanted.folders)
        return self._files.look(wanted)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A host with something in every place, a certificate, and the audit's rules."""
    root = tmp_path_factory.mktemp("host")
    for places in PLACES.values():
        host_tree.put(root, places[0])
    host_tree.put(root, CERTIFICATE, "x")
    host_tree.put(root, "/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    host_tree.put(root, "/etc/group", "root:x:0:\n")
    host_tree.put(root, "/etc/audit/audit.rules", "-w /etc/docker -p rwxa\n-w /usr/bin/dockerd -p rwxa\n")
    return root


def facts(root, only="") -> tuple[HostFacts, int]:
    reader = Counted(root)
    seen = rounds(reader, Seen("local", Process(("dockerd",))), only=only)
    found = parse_host(seen)
    assert isinstance(found, HostFacts)
    return found, reader.count


def test_each_file_alone_reads_as_among_all_and_asks_for_less(root):
    whole, of_all = facts(root)
    assert CERTIFICATE in {file.key for file in whole.files}

    for file in whole.files:
        alone, of_one = facts(root, file.key)
        assert file in alone.files
        assert alone.audit_rules == whole.audit_rules
        assert of_one < of_all


def test_what_is_passed_over_is_marked_and_not_missing(root):
    alone, _count = facts(root, "/etc/docker/daemon.json")

    marked = [part_of(why) for _role, why in alone.unread]
    assert marked
    assert set(marked) == {Part.EVERY_FILE}
