"""Names from hosts are harmless in mail, chats and pages, whatever they are."""

from __future__ import annotations

import pytest

from secdash.messaging import dialects
from secdash.messaging.dialects import Dialect, harmless
from secdash.messaging.letters import Letter, Line, told

NASTY = [
    "@channel",
    "@everyone look",
    "<!here>",
    "<!subteam^S123>",
    "<@U012AB3CD>",
    "[win](https://evil.example)",
    "[win][1]",
    "https://evil.example/x",
    "<https://evil.example|docs>",
    "`` `@here` ``",
    "a`@here`b",
    "<script>alert(1)</script>",
    "x\r\nBcc: all@example.org",
    "a\u202eb",
    "&lt;!here&gt;",
    "![x](//evil.example/x.png)",
]


def english(line: Line) -> str:
    return line.plural if line.plural and line.number != 1 else line.text


def a_letter(name):
    return Letter(told("%(host)s is unreachable", host=name), (told("%(host)s is lost", host=name).item("/hosts/x/"),))


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("dialect", [Dialect.PLAIN, Dialect.MARKDOWN, Dialect.HTML])
def test_nothing_in_a_name_acts(name, dialect):
    body = dialects.body(a_letter(name), dialect, english, origin="https://secdash.example")
    own = body.replace("https://secdash.example/hosts/x/", "")

    assert "://" not in own
    assert "](" not in own
    assert "][" not in own
    assert "<!" not in own
    assert "<@" not in own
    assert "<script" not in own
    for word in ("@channel", "@everyone", "@here", "@U012AB3CD", "@example.org"):
        assert word not in own


@pytest.mark.parametrize("name", NASTY)
def test_a_subject_is_one_line(name):
    subject = dialects.subject(a_letter(name), english)

    assert subject.isprintable() or "\u200b" in subject
    assert not set(subject) & set("\r\n\t\0\x1b\u202e")


def test_a_name_cannot_end_the_code_that_it_stands_in():
    body = dialects.body(a_letter("a` @here `b"), Dialect.MARKDOWN, english, origin="")

    assert body.count("`") == 2


def test_a_name_is_escaped_in_html_and_links_lead_to_us_alone():
    body = dialects.body(a_letter('"><img src=x>'), Dialect.HTML, english, origin="https://secdash.example")

    assert "<img" not in body
    assert body.count("href=") == 1
    assert 'href="https://secdash.example/hosts/x/"' in body


def test_ordinary_names_stay_readable():
    assert harmless("shop-web-1") == "shop-web-1"
    assert harmless("registry.example.org:5000/shop/web:1.2") == "registry.example.org:5000/shop/web:1.2"


def test_what_is_longer_than_anybody_reads_is_cut():
    assert len(harmless("x" * 4000)) == dialects.LONGEST_VALUE
    assert len(dialects.subject(a_letter("x" * 4000), english)) == dialects.LONGEST_TITLE


def test_percent_signs_in_names_are_only_signs():
    assert "100%(n)s" in dialects.subject(a_letter("100%(n)s"), english)
