"""The fix of a finding about the host, as its page shows it."""

from __future__ import annotations

import html
import re

from django.template.loader import render_to_string

from secdash.checks import CATALOGUE
from secdash.facts.model import DaemonConfiguration, Setting, Snapshot, Subject
from secdash.posture.mending import Mending, mending
from secdash.posture.replay import Replay
from tests.build import UNSEEN, a_file, a_host, a_snapshot, an_engine

PLACE = "/srv/docker/daemon.json"
TEXT = '{\n  "userland-proxy": true,\n  "labels": ["<b>token=•••"]\n}\n'


def mended(check: str, subject: Subject, snapshot: Snapshot) -> Mending:
    found = mending(CATALOGUE[check], subject, Replay(snapshot, []), whole=False)
    assert found
    return found


def shown(check: str, subject: Subject, snapshot: Snapshot) -> str:
    """The words of the fragment, as a reader has them."""
    markup = render_to_string("posture/_mending.html", {"mending": mended(check, subject, snapshot)})
    assert "<b>token" not in markup
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def configured(*settings: Setting, text: object = TEXT) -> Snapshot:
    daemon = DaemonConfiguration(PLACE, text, settings)  # type: ignore[arg-type]
    return a_snapshot(engine=an_engine(security_options=()), host=a_host(daemon=daemon))


def test_shows_what_changes_in_the_hosts_own_file_and_the_whole_of_it() -> None:
    snapshot = configured()
    text = shown("userland-proxy-on", snapshot.engine, snapshot)

    assert PLACE in text
    assert '"userland-proxy": true' in text
    assert '"userland-proxy": false' in text
    assert text.count('"labels": ["<b>token=•••"]') == 2
    assert "put yours back" in text
    assert mended("userland-proxy-on", snapshot.engine, snapshot).daemon_name == "daemon.json"


def test_shows_the_keys_alone_where_the_file_was_not_read() -> None:
    snapshot = configured(text=UNSEEN)
    text = shown("userland-proxy-on", snapshot.engine, snapshot)

    assert '"userland-proxy": false' in text
    assert f"has not read {PLACE}" in text
    assert "Whole file" not in text


def test_names_the_unit_where_an_option_of_it_is_in_the_way() -> None:
    snapshot = configured(Setting("userland-proxy", True, "unit"))
    text = shown("userland-proxy-on", snapshot.engine, snapshot)

    assert "--userland-proxy=false is given where the daemon is started" in text
    assert '"labels"' not in text


def test_shows_the_commands_for_a_file() -> None:
    file = a_file(mode=0o606)
    text = shown("daemon-json-loose-mode", file, a_snapshot(host=a_host(files=(file,))))

    assert "sudo chmod 0604 /etc/docker/daemon.json" in text
