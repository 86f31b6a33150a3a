"""The sentences for failed connections in both languages; `test_trying` makes each failure happen."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from django.utils import translation

from secdash.environment import BASE
from secdash.facts import trouble
from secdash.facts.connect import too_old
from secdash.facts.message import Message
from secdash.web.saying import said
from tests.facts.sentences import SENTENCES
from tests.facts.troubles import TROUBLES

HOST, PORT, USER, PATH, DAY = "{host}", "{port}", "{user}", "{path}", "{day}"
SAID = {
    "not-an-address": trouble.NOT_AN_ADDRESS,
    "no-such-name": trouble.unknown_name(HOST).message,
    "forbidden-address": trouble.forbidden_address(HOST, HOST).message,
    "closed-port": trouble.closed_port(HOST, PORT).message,
    "silent-handshake": trouble.slow_handshake(HOST, PORT).message,
    "tls-to-plain-port": trouble.no_tls(HOST, PORT).message,
    "wrong-authority": trouble.wrong_authority(HOST).message,
    "their-certificate-expired": trouble.their_certificate_expired(HOST).message,
    "wrong-host-name": trouble.wrong_host_name(HOST).message,
    "our-certificate-refused": trouble.our_certificate_refused(HOST).message,
    "our-certificate-expired": trouble.our_certificate_expired(HOST, DAY).message,
    "our-certificate-missing": trouble.our_certificate_missing(HOST).message,
    "no-certificates": trouble.no_certificates(HOST).message,
    "unreadable-authority": trouble.unreadable_authority(HOST).message,
    "unreadable-pair": trouble.unreadable_pair(HOST).message,
    "plain-to-tls-port": trouble.SPEAKS_TLS,
    "silent-ssh": trouble.slow_ssh(HOST, PORT).message,
    "no-ssh": trouble.no_ssh(HOST, PORT).message,
    "no-key": trouble.no_key(HOST).message,
    "unreadable-key": trouble.unreadable_key(HOST).message,
    "unconfirmed-host-key": trouble.unconfirmed_host_key(HOST).message,
    "changed-host-key": trouble.changed_host_key(HOST).message,
    "our-key-refused": trouble.our_key_refused(HOST, USER).message,
    "no-forwarding": trouble.no_forwarding(HOST, USER, PATH).message,
    "no-remote-socket": trouble.no_remote_socket(HOST, PATH).message,
    "no-socket-there": trouble.no_socket_there(HOST, PATH).message,
    "remote-socket-denied": trouble.remote_socket_denied(HOST, USER, PATH).message,
    "socket-not-opened": trouble.socket_not_opened(HOST, USER, PATH).message,
    "not-docker": trouble.NOT_DOCKER,
    "too-old": too_old((1, 12)).message,
    "broke-off": trouble.BROKE_OFF,
}


def test_every_trouble_of_the_table_is_looked_at():
    assert SAID.keys() == TROUBLES.keys()


@pytest.mark.parametrize("name", TROUBLES)
def test_each_trouble_is_said_word_for_word_in_both_languages(name):
    english, french = TROUBLES[name]

    assert str(SAID[name]) == english
    with translation.override("fr"):
        assert said(SAID[name]) == french


# --- and no other sentence is said on the way ----------------------------------------------------------------------

SPEAKERS = (
    *("trouble", "doors", "wire", "negotiating", "answer", "collect", "helper"),
    *("files/ssh", "files/shell", "files/as_root", "files/archive", "files/reading", "files/machine"),
)
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|(?<=speaks API )[\d.]+|(?<=needs )[\d.]+")


def said_in(module: str) -> Iterator[str]:
    """The English of every `say` there."""
    for node in ast.walk(ast.parse((BASE / "secdash" / "facts" / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
            yield ast.literal_eval(node.args[0])


def shape(sentence: str) -> str:
    return PLACE.sub("…", sentence)


@pytest.mark.parametrize("module", SPEAKERS)
def test_every_sentence_is_in_a_table(module):
    known = {shape(english) for english, _french in TROUBLES.values()} | {shape(english) for english in SENTENCES}

    assert {sentence for sentence in said_in(module) if shape(sentence) not in known} == set()


def test_no_table_holds_what_nobody_says():
    everything = {sentence for module in SPEAKERS for sentence in said_in(module)}

    assert set(SENTENCES) <= everything


@pytest.mark.parametrize("english", SENTENCES)
def test_each_sentence_is_said_word_for_word_in_french(english):
    values = {name: f"{{{name}}}" for name in re.findall(r"%\((\w+)\)s", english)}
    message = Message(english, tuple(values.items()))

    with translation.override("fr"):
        assert said(message) == (SENTENCES[english] % values if values else SENTENCES[english])
