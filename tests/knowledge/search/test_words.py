"""Words as they are looked for, and what somebody typed as terms: pure, and for any text at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.plain import text_of
from knowledge.search.query import MOST_TERMS, parse
from knowledge.search.stems import stem
from knowledge.search.words import LONGEST_LINE, LONGEST_WORD, chunks, folded, line


def wholes(text):
    return [whole for chunk in chunks(text) for whole in chunk.wholes]


def pieces(text):
    return [piece for chunk in chunks(text) for piece in chunk.pieces]


def terms(text, language="en"):
    return ["+".join(piece.exact for piece in term.pieces) for term in parse(text, language).terms]


@pytest.mark.parametrize(
    ("text", "whole", "cut"),
    [
        ("--cap-add", "cap-add", ["cap", "add"]),
        ("no-new-privileges", "no-new-privileges", ["no", "new", "privileges"]),
        ("docker.sock", "docker.sock", ["docker", "sock"]),
        ("/etc/subuid", "etc/subuid", ["etc", "subuid"]),
        ("daemon.json", "daemon.json", ["daemon", "json"]),
        ("seccomp=unconfined", "seccomp=unconfined", ["seccomp", "unconfined"]),
        ("CAP_NET_RAW", "cap_net_raw", ["cap", "net", "raw"]),
        ("(0.0.0.0).", "0.0.0.0", ["0", "0", "0", "0"]),  # noqa: S104
    ],
)
def test_a_technical_word_is_kept_whole_and_split(text, whole, cut):
    assert wholes(text)[0] == whole
    assert pieces(text) == cut


def test_the_parts_of_a_path_and_of_an_option_are_technical_words_too():
    assert wholes("/var/run/docker.sock") == ["var/run/docker.sock", "docker.sock"]
    assert wholes("--cap-add=NET_ADMIN") == ["cap-add=net_admin", "cap-add", "net_admin"]
    assert "readonly" in wholes("read-only")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Mémoire", "memoire"),
        ("ÉTÉ", "ete"),
        ("cœur", "coeur"),
        ("Straße", "strasse"),
        ("ﬁchier", "fichier"),
        ("İ", "i"),
    ],
)
def test_case_accents_and_ligatures_are_folded(text, plain):
    assert folded(text) == plain


def test_an_elided_article_is_a_word_of_its_own():
    assert pieces("l’hôte d'un") == ["l", "hote", "d", "un"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "limit limits limiting limited"),
        ("en", "capability capabilities"),
        ("en", "privilege privileges privileged"),
        ("fr", "limite limites limiter limitée limitées limite"),
        ("fr", "réseau réseaux"),
        ("fr", "capacité capacités capacite capacites"),
        ("fr", "privilège privilèges privilégié privilégiés"),
        ("fr", "conteneur conteneurs container containers"),
    ],
)
def test_forms_of_a_word_have_one_stem(language, words):
    assert len({stem(folded(word), language) for word in words.split()}) == 1


@given(st.text(max_size=200), st.sampled_from(["en", "fr"]))
def test_a_line_holds_nothing_but_words_between_single_spaces(text, language):
    kept = line(text, language)

    assert kept == f" {' '.join(kept.split())} "
    assert not set(kept) & set("\"'()*{}\0\\^&!<>")
    for word in kept.split():
        assert word.count("~") == (0 if word.startswith("|") else 1)
        assert max(len(part) for part in word.removeprefix("|").split("~")) <= LONGEST_WORD


@given(st.text(max_size=200))
def test_every_word_is_found_where_it_stands_and_folding_again_changes_nothing(text):
    for chunk in chunks(text):
        assert 0 <= chunk.start < chunk.end <= len(text)
        again = next(chunks(text[chunk.start : chunk.end]))
        assert (again.wholes, again.pieces) == (chunk.wholes, chunk.pieces)
        assert [folded(piece) for piece in chunk.pieces] == list(chunk.pieces)


def test_the_longest_text_stays_within_what_a_database_takes():
    assert len(line("".join(f"{number}x " for number in range(100_000)), "en")) <= LONGEST_LINE + 2


@given(st.text(max_size=300), st.sampled_from(["en", "fr"]))
def test_whatever_is_typed_is_a_query(text, language):
    query = parse(text, language)

    assert len(query.terms) <= MOST_TERMS
    assert all(term.pieces for term in query.terms)
    assert [term for term in query.terms if term.beginning] in ([], [query.terms[-1]] if query.terms else [])


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("limiter la mémoire", ["limiter", "memoire"]),
        ("how to limit the memory", ["limit", "memory"]),
        ("the", ["the"]),
        ('"to be" root', ["to+be", "root"]),
        ("« l’hôte » root", ["l+hote", "root"]),
        ('"docker socket', ["docker", "socket"]),
        ("memory memory", ["memory"]),
        ("CAP_NET_RAW cap_add", ["net+raw", "cap+add"]),
        ("?!", []),
        ("root AND NOT (docker OR *)", ["root", "not", "docker"]),
    ],
)
def test_common_words_are_not_asked_for_and_operators_are_words(typed, asked):
    assert terms(typed) == asked


def test_the_last_word_may_go_on_unless_it_is_quoted():
    assert [term.beginning for term in parse("docker capab", "en").terms] == [False, True]
    assert [term.beginning for term in parse('docker "capab"', "en").terms] == [False, False]


def test_the_text_of_a_section_is_its_words_in_their_blocks():
    html = (
        '<p>One<a class="footnote-ref" href="#x"><sup>1</sup></a> <b>tw</b>o &lt;three&gt;</p>'
        "<ul><li>four</li><li>five</li></ul>"
        '<figure class="code"><figcaption><span>Shell</span></figcaption><pre><code><span>docker</span> ps</code></pre>'
        '</figure><img src="/a.png" alt="A picture">'
    )
    assert text_of(html) == "One two <three> four five docker ps A picture"
